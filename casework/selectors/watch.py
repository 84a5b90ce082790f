"""What needs watching: jobs that are late, mail that is stuck or refused."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from casework.models import Deadline, ExportJob, Notice, Reminder

#: The sender runs every minute; a notice still waiting after so long is stuck.
STUCK_AFTER = timedelta(hours=1)
EXPORT_AFTER = timedelta(minutes=15)


def late_deadlines(today: date) -> QuerySet[Deadline]:
    """Past and not yet swept: the night's job has not run."""
    rows = Deadline.objects.filter(due_on__lt=today, met_at=None, lapsed_at=None, withdrawn_at=None)
    return rows.select_related("case").order_by("due_on", "pk")


def late_reminders(today: date) -> QuerySet[Reminder]:
    return Reminder.objects.filter(on__lt=today, done_at=None).order_by("on", "pk")


def stuck_notices(at: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(mail_state=Notice.Mail.QUEUED, next_try_at__lt=at - STUCK_AFTER)


def refused_mail() -> QuerySet[Notice]:
    return Notice.objects.filter(mail_state=Notice.Mail.REFUSED)


def waiting_exports(at: datetime) -> QuerySet[ExportJob]:
    waiting = (ExportJob.State.QUEUED, ExportJob.State.RUNNING)
    return ExportJob.objects.filter(state__in=waiting, created_at__lt=at - EXPORT_AFTER)


@dataclass(frozen=True, slots=True)
class Troubles:
    """Counts, each stopping at CAP + 1."""

    deadlines: int
    reminders: int
    stuck: int
    refused: int
    exports: int

    @property
    def any(self) -> bool:
        return bool(self.deadlines or self.reminders or self.stuck or self.refused or self.exports)


CAP = 999


def _bounded(rows: QuerySet) -> int:  # type: ignore[type-arg]
    return rows.order_by()[: CAP + 1].count()


def troubles(at: datetime, today: date) -> Troubles:
    return Troubles(
        _bounded(late_deadlines(today)),
        _bounded(late_reminders(today)),
        _bounded(stuck_notices(at)),
        _bounded(refused_mail()),
        _bounded(waiting_exports(at)),
    )

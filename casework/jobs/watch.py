"""What needs watching: jobs that are late, mail that is stuck or refused, cases overdue, what contradicts what."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from celery import current_app
from django.db import connection
from django.db.models import Count, Min, QuerySet

from accounts.models import Organisation
from casework.models import Case, Deadline, ExportJob, Finding, JobRun, Notice, Reminder
from kernel.acts import Turn

#: The sender runs every minute; a notice still waiting after so long is stuck.
STUCK_AFTER = timedelta(hours=1)
EXPORT_AFTER = timedelta(minutes=15)
#: A job this much past its time has been missed; a missed one is made up for by the next.
JOB_AFTER = timedelta(minutes=15)


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


def overdue_cases(today: date) -> QuerySet[Case]:
    """Past a day still owed, whoever's turn it is. The offices are named so that their index is walked."""
    offices = Organisation.objects.values("pk")
    return Case.objects.filter(office__in=offices, turn__in=(Turn.OFFICE.value, Turn.APPLICANT.value), due_on__lt=today)


def overdue_by_office(today: date) -> list[Any]:
    """Office, how many cases, the earliest day; the most first."""
    rows = overdue_cases(today).order_by().values("office__name")
    return list(rows.annotate(cases=Count("pk"), since=Min("due_on")).order_by("-cases", "office__name"))


def findings() -> QuerySet[Finding]:
    return Finding.objects.select_related("case").order_by("pk")


@dataclass(frozen=True, slots=True)
class Job:
    """One scheduled job: its last run, and whether it should have run since."""

    name: str
    run: JobRun | None
    late: bool

    @property
    def interrupted(self) -> bool:
        return self.run is not None and self.run.ended_at is None


def jobs(at: datetime) -> list[Job]:
    """Every scheduled job. One that never ran is late only where the others have been running for a day."""
    runs = {run.name: run for run in JobRun.objects.all()}
    settled = any(run.began_at < at - timedelta(days=1) for run in runs.values())
    found = []
    for name, entry in sorted(current_app.conf.beat_schedule.items()):
        run, schedule = runs.get(entry["task"]), entry["schedule"]
        if run is None:
            late = settled
        elif isinstance(schedule, int | float):
            late = at - run.began_at > timedelta(seconds=schedule) + JOB_AFTER
        else:
            last, wait, _ = schedule.remaining_delta(run.began_at)
            late = last + wait + JOB_AFTER < at
        found.append(Job(name, run, late or bool(run and run.error)))
    return found


@dataclass(frozen=True, slots=True)
class Troubles:
    """Counts, each stopping at CAP + 1."""

    deadlines: int
    reminders: int
    stuck: int
    refused: int
    exports: int
    jobs: int
    overdue: int
    findings: int

    def counts(self) -> dict[str, int]:
        return asdict(self)

    @property
    def any(self) -> bool:
        return any(self.counts().values())


def deadlocks() -> tuple[int, datetime | None]:
    """How often two acts waited for one another, and since when PostgreSQL has counted (40P01). The order in which rows are taken
    (accounts.locks) leaves none: each is worth a look at the log.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks, stats_reset FROM pg_stat_database WHERE datname = current_database()")
        count, since = cursor.fetchone()
    return int(count), since


CAP = 999


def _bounded(rows: QuerySet) -> int:
    return rows.order_by()[: CAP + 1].count()


def troubles(at: datetime, today: date) -> Troubles:
    return Troubles(
        _bounded(late_deadlines(today)),
        _bounded(late_reminders(today)),
        _bounded(stuck_notices(at)),
        _bounded(refused_mail()),
        _bounded(waiting_exports(at)),
        sum(one.late for one in jobs(at)),
        _bounded(overdue_cases(today)),
        _bounded(Finding.objects.all()),
    )

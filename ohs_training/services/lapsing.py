"""What happens when a day passes, and whom to remind: handlers of the scheme's deadlines."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from accounts.models import Organisation
from accounts.rights import holders
from casework.cases.doing import perform
from casework.deadlines.handlers import Handler, Lapse, Remind
from casework.errors import NotAllowed, Refused
from casework.models import Case, Deadline, Reminder
from casework.models.notice import page
from casework.notices.outbox import Told, notify_each
from casework.notices.telling import late_applicant, remind_applicant, tell_applicant
from kernel.dates import roc
from ohs_training.models import Accreditation
from ohs_training.permissions import ANSWER_ORDER, FILE_ACCREDITATION, FILE_CLASS, REPORT
from ohs_training.services import accrediting, applying, filing, inspecting, planning


def _remind(right: str) -> Remind:
    body = "「{label}」期限為 {day}（{citation}）。"
    return remind_applicant("ohs_training.soon", right=right, subject="期限將屆（{label}）", body=body)


def _late(right: str) -> Lapse:
    body = "「{label}」期限為 {day}，已逾期（{citation}）；仍應儘速辦理。"
    return late_applicant("ohs_training.late", right=right, subject="已逾期限（{label}）", body=body)


def _accreditations(deadlines: Sequence[Deadline]) -> dict[int | None, Accreditation]:
    rows = Accreditation.objects.select_related("organisation", "case__organisation", "case__office")
    return dict(rows.in_bulk([one.thing_id for one in deadlines]))


def _remind_renewal(pairs: list[tuple[Deadline, Reminder]], at: datetime) -> None:
    """180, 120 and 100 days before the end as preparation, at 90 the clause itself."""
    rows, told = _accreditations([deadline for deadline, _ in pairs]), []
    for deadline, reminder in pairs:
        one = rows.get(deadline.thing_id)
        if one is None or one.state != Accreditation.State.IN_FORCE:
            continue
        body = f"認可期間至 {roc(one.ends_on)} 止；有繼續辦理之必要者，應於 {roc(deadline.due_on)} 以前重新申請認可（要點五第2項）。"
        told += [
            Told(user, "請準備重新申請認可", body, f"remind:{reminder.pk}", None, page("ohs_training:home"))
            for user in _people(one.organisation)
        ]
    notify_each(told, code="ohs_training.renewal_soon", at=at)


def _people(organisation: Organisation):  # type: ignore[no-untyped-def]
    return holders(FILE_ACCREDITATION, organisation)


def _renewal_late(deadlines: list[Deadline], at: datetime) -> None:
    rows, told = _accreditations(deadlines), []
    for deadline in deadlines:
        one = rows.get(deadline.thing_id)
        if one is None or one.state != Accreditation.State.IN_FORCE:
            continue
        body = f"已逾 {roc(deadline.due_on)} 之重新申請期日；認可期間至 {roc(one.ends_on)} 止，仍得申請，將註記逾期。"
        told += [
            Told(user, "已逾重新申請認可期日", body, f"late:{deadline.pk}", None, page("ohs_training:home"))
            for user in _people(one.organisation)
        ]
    notify_each(told, code="ohs_training.renewal_late", at=at)


def _expired(deadlines: list[Deadline], at: datetime) -> None:
    for one in _accreditations(deadlines).values():
        with suppress(NotAllowed):
            perform(one.case, "expire", by=None, at=at)


def _begin(deadlines: list[Deadline], at: datetime) -> None:
    for case, why in _moved(deadlines, at, "start"):
        tell_applicant(case, "ohs_training.not_begun", "尚未開訓", why, right=FILE_CLASS, at=at)


def _end(deadlines: list[Deadline], at: datetime) -> None:
    _moved(deadlines, at, "end")


def _moved(deadlines: list[Deadline], at: datetime, act: str) -> list[tuple[Case, str]]:
    """The class goes on by itself where nobody pressed; one that cannot stays where it is and shows it. Those refused, with why."""
    refused = []
    for deadline in deadlines:
        if deadline.case is None:
            continue
        try:
            perform(deadline.case, act, by=None, at=at)
        except NotAllowed:
            continue
        except Refused as error:
            refused.append((deadline.case, error.message))
    return refused


def _missed(deadlines: list[Deadline], at: datetime) -> None:
    for deadline in deadlines:
        if deadline.case is not None:
            with suppress(NotAllowed):
                perform(deadline.case, "miss", by=None, at=at)
    _late(ANSWER_ORDER)(deadlines, at)


HANDLERS = (
    Handler(applying.SUPPLY, _late(FILE_ACCREDITATION), _remind(FILE_ACCREDITATION), owed_after=True),
    Handler(applying.ENTRY, _late(FILE_ACCREDITATION), _remind(FILE_ACCREDITATION), owed_after=True),
    Handler(applying.REAPPLY, _renewal_late, _remind_renewal, owed_after=True),
    Handler(accrediting.EXPIRE, _expired),
    Handler(planning.FILE_BY, _late(FILE_CLASS), _remind(FILE_CLASS)),
    Handler(planning.CHANGE_BY),
    Handler(filing.START, _begin),
    Handler(filing.END, _end),
    *(
        Handler(code, _late(REPORT), _remind(REPORT), owed_after=True)
        for code in (filing.CERTIFY, filing.ENTER, filing.REGISTER)
    ),
    Handler(filing.RESIT, None, _remind(REPORT)),
    Handler(filing.CONFIRM, None, _remind(REPORT)),
    Handler(inspecting.ANSWER, _missed, _remind(ANSWER_ORDER), owed_after=True),
)

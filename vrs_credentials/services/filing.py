"""Filing 送審, supplements 補件 and withdrawing: the same for every kind of case of the scheme."""

from collections.abc import Sequence
from datetime import date, datetime

from accounts.models import User
from casework.cases import corrections
from casework.cases.doing import Doing
from casework.cases.moving import set_people
from casework.deadlines.keeping import meet_deadline, set_deadline
from casework.errors import Refused
from casework.models import Case
from kernel.dates import roc
from kernel.outcome import Outcome
from vrs_credentials.models import SessionCase
from vrs_credentials.services.closing import release
from vrs_credentials.services.office import tell_applicant, tell_office

SUPPLEMENT = "vrs_credentials.supplement"


def file_application(doing: Doing) -> None:
    """Note the day of filing and who stands in the case, tell office and applicant."""
    case = doing.case
    case.filed_at, case.received_on = doing.at, doing.day
    doing.move()
    person = case.person
    set_people(case, [(person.national_id, person.name)] if person and person.national_id else [])
    body = f"「{case.title}」已送審，案號 {case.number}，請檢查送審文件。"
    tell_office(case, "filed", "新收件", body, at=doing.at)
    body = f"案號 {case.number}，由{case.office.name}辦理，進度可在「我的申請」查看。"
    tell_applicant(case, "receipt", "已收到您的申請", body, at=doing.at)


def ask_supplement(
    doing: Doing, *, items: Sequence[corrections.Item], message: str, due_on: date | None = None
) -> None:
    """Ask for a supplement item by item, by the day the officer names."""
    if due_on is None:
        raise Refused("請填寫補件期限。", field="due_on")
    send_supplement(doing, items, message, due_on=due_on, rule="VRS-03", citation="說明書貳、一（缺件另行通知）")


def send_supplement(
    doing: Doing, items: Sequence[corrections.Item], message: str, *, due_on: date, rule: str, citation: str,
    outcome: Outcome | None = None, remind_days: Sequence[int] = (7, 1),
) -> None:  # fmt: skip
    """Open the request, set its day, tell the applicant; a case on the agenda of a session leaves it."""
    case, at = doing.case, doing.at
    corrections.ask(case, items=items, message=message, due_on=due_on, by=doing.by, at=at)
    lines = "\n".join(f"．{item['label']}：{item['problem']}" for item in items)
    doing.reason = message or lines
    doing.move()
    SessionCase.objects.filter(case=case, decision="").delete()
    set_deadline(
        code=SUPPLEMENT, rule=rule, label="補件期限", citation=citation, counted_from=doing.day, due_on=due_on, at=at,
        case=case, outcome=outcome, remind_days=remind_days,
    )  # fmt: skip
    tell_applicant(case, "supplement", "請補件", f"{lines}\n{message}\n\n請於 {roc(due_on)} 前補件。", at=at)


def all_answered(case: Case, by: User | None, at: datetime) -> None:
    """Refuse while an item of the supplement has no answer."""
    if left := corrections.unanswered(case):
        raise Refused(f"尚有 {len(left)} 項補件未回復。")


def supply_application(doing: Doing) -> None:
    """Close the request for a supplement and give the case back to the office."""
    case = doing.case
    corrections.close(case, by=doing.by, at=doing.at)
    doing.move()
    meet_deadline(code=SUPPLEMENT, at=doing.at, case=case)
    tell_office(case, "supplied", "已補件", f"「{case.title}」已完成補件，請繼續檢查。", at=doing.at)


def withdraw_application(doing: Doing) -> None:
    """Free what the case held; the applicant gives a reason or none."""
    release(doing.case, doing.at)


def end_application(doing: Doing) -> None:
    """End an application whose certificate was revoked, and tell the applicant why."""
    release(doing.case, doing.at)
    doing.move()
    tell_applicant(doing.case, "ended_by_revocation", "申請案已終止", doing.reason, at=doing.at)

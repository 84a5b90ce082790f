"""The branch reviews 審查: its own checks, corrections, the signatures, the decision."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from accounts.models import User
from casework.cases import attachments, corrections
from casework.cases.chain import next_step
from casework.cases.changing import rewrite
from casework.cases.doing import Doing
from casework.cases.events import record
from casework.cases.signoffs import sign, why_not_sign
from casework.deadlines.keeping import meet_deadline, set_deadline, withdraw_all, withdraw_deadline
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case, SignOff
from casework.notices.telling import tell_applicant, tell_office
from kernel.dates import roc, taipei_day
from kernel.outcome import Outcome
from ojt_accounts import documents
from ojt_accounts.models import Application, Pledge
from ojt_accounts.permissions import PREPARE, SET_ACCOUNT, SIGN_OFFICER
from ojt_accounts.rules.terms import correction_term
from ojt_accounts.selectors import application_of, checks_left, findings, live_pledges
from ojt_accounts.services.filing import CORRECT, HANDLE, set_handling
from ojt_accounts.services.seating import reserve_seats
from ojt_accounts.services.signing import chains, decided, forms_due


def record_checks(doing: Doing, **data: Any) -> None:
    """The officer's own look-ups: latest grade (OA-05), premiums (OA-06), the letter's addressee (OA-16)."""
    application, letter = application_of(doing.case), data.pop("letter_to_us", None)
    if letter is not None:
        data["letter_confirmed_at"] = (application.letter_confirmed_at or doing.at) if letter else None
    doing.changes += rewrite(application, data)
    application.save()
    doing.internal = True
    doing.move()  # an event of its own, beside the letter's
    if letter:
        for paper in doing.case.attachments.filter(field="letter", removed_at=None, confirmed_at=None):
            attachments.mark_confirmed(paper, case=doing.case, by=doing.by, at=doing.at, clause="OA-16")


def confirm_papers(doing: Doing, *, papers: Sequence[int], pledges: Sequence[int]) -> None:
    """Per document: true copy with seal (OA-15); per pledge: signed or sealed by hand (OA-23)."""
    case, by = doing.case, {"by": doing.by, "at": doing.at}
    for attachment in case.attachments.filter(pk__in=papers, removed_at=None, confirmed_at=None):
        attachments.mark_confirmed(attachment, case=case, clause="OA-15", **by)
    waiting = application_of(case).pledges.filter(removed_at=None, scan__isnull=False, scan_confirmed_at=None)
    for pledge in waiting.filter(pk__in=pledges).select_related("scan"):
        Pledge.objects.filter(pk=pledge.pk).update(scan_confirmed_at=doing.at)
        attachments.mark_confirmed(pledge.scan, case=case, clause="OA-23", **by)
        label = f"確認切結書簽章：{pledge.name}"
        record(case, "pledge.confirmed", label, clause="OA-23", internal=True, **by)


def ask_correction(
    doing: Doing, *, items: Sequence[corrections.Item], message: str, due_on: date | None = None
) -> None:
    """通知補正, item by item, with a term (the officer's own day, else the usual one); the case goes back to the unit."""
    case, on = doing.case, doing.day
    term = correction_term(on, on=on, law=law_in_force())
    due_on = due_on or date.fromisoformat(term.result["due_on"])
    doing.reason = message
    corrections.ask(case, items=items, message=message, due_on=due_on, by=doing.by, at=doing.at)
    meet_deadline(code=HANDLE, at=doing.at, case=case)
    set_deadline(
        code=CORRECT,
        rule="OA-01",
        label="補正期限",
        citation=term.lines[0].citation,
        counted_from=on,
        due_on=due_on,
        at=doing.at,
        case=case,
        outcome=term,
        remind_days=(7, 3, 1),
    )
    lines = "\n".join(f"．{item['label']}：{item['problem']}" for item in items if item["problem"].strip())
    body = f"{lines}\n\n請於 {roc(due_on)} 前補正。\n{message}".strip()
    tell_applicant(case, "ojt_accounts.correction", "請補正", body, right=PREPARE, at=doing.at)


def term_is_over(case: Case, by: User | None, at: datetime) -> None:
    """Until its last day the correction is the unit's."""
    request = corrections.open_request(case)
    if request and request.due_on and taipei_day(at) <= request.due_on:
        raise Refused(f"補正期限至 {roc(request.due_on)} 止，期滿未補正始得續行審查。")


def resume_review(doing: Doing) -> None:
    """逾期續審: the unit let the term pass; the branch goes on with the papers it has."""
    case = doing.case
    corrections.close(case, by=doing.by, at=doing.at, as_it_stands=True)
    withdraw_deadline(code=CORRECT, at=doing.at, case=case)
    set_handling(case, at=doing.at)
    body = "補正期限已過，分署依現有文件審查。"
    tell_applicant(case, "ojt_accounts.resumed", "逾期未補正，續行審查", body, right=PREPARE, at=doing.at)


# --- signatures 簽核 ---------------------------------------------------------------------------------------------------------


def step_due(right: str) -> Callable[[Case, User | None, datetime], None]:
    """Ask whether on some form the step that is due is this right's, and the person has not signed that form."""

    def ask(case: Case, by: User | None, at: datetime) -> None:
        reasons = []
        for _, states in chains(application_of(case)):
            due = next_step(states)
            if due is None or due.step.right != right:
                reasons.append(f"目前輪到「{due.step.label}」核章。" if due else "已全部核章。")
            elif why := why_not_sign(case, states, by):
                reasons.append(why)
            else:
                return
        raise Refused(reasons[0] if reasons else "沒有要簽核的表單。")

    return ask


def papers_checked(case: Case, by: User | None, at: datetime) -> None:
    """What the officer must have read and looked up before anybody signs."""
    application = application_of(case)
    if not application.letter_confirmed_at:
        raise Refused("請先確認公文受文者為本分署（申請須知第1頁一）。")
    unconfirmed = case.attachments.filter(removed_at=None, confirmed_at=None).exclude(field__in=["pledge", "letter"])
    if first := unconfirmed.first():
        raise Refused(f"請先逐件確認「與正本相符」：{first.label}（申請須知第1頁※三）。")
    if pledge := next((p for p in live_pledges(application) if p.scan_id and not p.scan_confirmed_at), None):
        raise Refused(f"請先確認{pledge.label}的切結書確有簽名或蓋章（申請須知第5頁）。")
    left = checks_left(application)
    if "grade" in left:
        raise Refused("請先登錄最近一次辦訓等級查核結果（申請須知第1頁※一）。")
    if "premiums" in left:
        raise Refused("請先登錄勞保費查核結果（申請須知第1頁※二）。")


def sign_forms(
    doing: Doing, *, codes: Sequence[str], decision: str = SignOff.Decision.APPROVE, comment: str = ""
) -> None:
    """Sign (or return to the officer) the chosen forms at the step of this act's right; the last 決行 approves the case."""
    case, application = doing.case, application_of(doing.case)
    chosen = [form for form in forms_due(application, doing.act.right) if form.code in codes]
    if not chosen:
        raise Refused("請選擇要簽核的表單。", field="codes")
    if decision == SignOff.Decision.APPROVE:
        if judged := _not_met(application, on=doing.day):
            raise Refused("尚有不符規定事項：" + "".join(one.sentence for one in judged), outcomes=judged)
        papers_checked(case, doing.by, doing.at)
    for form in chosen:
        sign(
            case, form=form.code, form_label=form.label, chain=form.chain, digest=form.digest, by=doing.by, at=doing.at,
            decision=decision, comment=comment, clause=doing.act.clause,
        )  # fmt: skip
    if decision == SignOff.Decision.RETURN:
        body = f"{doing.by}退回「{case.title}」：{comment}"
        tell_office(case, "ojt_accounts.returned", "簽核退回", body, right=SIGN_OFFICER, at=doing.at)
    if all(decided(states) for _, states in chains(application)):
        doing.then("approve")
    else:
        _pass_on(case, application, at=doing.at)


def _not_met(application: Application, *, on: date) -> list[Outcome]:
    return [one for one in findings(application, on=on, law=law_in_force()) if one.met is False]


def _pass_on(case: Case, application: Application, *, at: datetime) -> None:
    """Whose signature is due now: the case stands on their list and they are told. The officer's own step is the desk's."""
    due = [step.step for _, states in chains(application) if (step := next_step(states))]
    first = next((step for step in due if step.right != SIGN_OFFICER), None)
    if first is None or any(step.right == SIGN_OFFICER for step in due):
        case.awaiting = ""
    elif case.awaiting != first.right:
        case.awaiting = first.right
        body = f"「{case.title}」請{first.label}簽核。"
        tell_office(case, "ojt_accounts.to_sign", "待簽核", body, right=first.right, at=at)
    case.save()


# --- the decision ------------------------------------------------------------------------------------------------------------


def all_signed(case: Case, by: User | None, at: datetime) -> None:
    if left := [form.label for form, states in chains(application_of(case)) if not decided(states)]:
        raise Refused("尚未全部核章：" + "、".join(left) + "。")


def approve_application(doing: Doing) -> None:
    """核定: the seats are taken, the unit form is issued, the unit and who sets the accounts are told."""
    case, application = doing.case, application_of(doing.case)
    judged = findings(application, on=doing.day, law=law_in_force())
    doing.outcomes += [*judged, reserve_seats(application, at=doing.at)]
    case.decided_on = doing.day
    doing.move()  # the paper comes after the decision
    meet_deadline(code=HANDLE, at=doing.at, case=case)
    documents.issue_unit_form(case, application, by=doing.by, at=doing.at)
    if application.kind == Application.Kind.CANCELLATION:
        body = "申請已核定，分署將依各註銷單停止所列計畫或帳號的權限，設定後另行通知。"
    else:
        body = "申請已核定，分署將於設定帳號後通知各申請人；還沒有密碼的人會收到密碼設定連結。"
    tell_applicant(case, "ojt_accounts.approved", "已核定", body, right=PREPARE, at=doing.at)
    body = f"「{case.title}」已核定，請設定帳號。"
    tell_office(case, "ojt_accounts.to_set", "待設定帳號", body, right=SET_ACCOUNT, at=doing.at)


def refuse_application(doing: Doing) -> None:
    """不予核准, with reasons and every rule that was not met."""
    case = doing.case
    judged = _not_met(application_of(case), on=doing.day)
    doing.outcomes += judged
    case.decided_on = doing.day
    withdraw_all(at=doing.at, case=case)
    clauses = "".join(f"\n．{one.sentence}" for one in judged)
    tell_applicant(
        case, "ojt_accounts.refused", "不予核准", f"理由：{doing.reason}{clauses}", right=PREPARE, at=doing.at
    )

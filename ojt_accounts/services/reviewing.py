"""The branch reviews 審查: its own checks, corrections, the signatures, the decision."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from casework.cases import attachments, corrections
from casework.cases.chain import next_step
from casework.cases.changing import rewrite
from casework.cases.events import record
from casework.cases.moving import lock, move, require
from casework.cases.signoffs import sign
from casework.deadlines.keeping import meet_deadline, set_deadline, withdraw_all, withdraw_deadline
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case, SignOff
from casework.notices.telling import tell_applicant, tell_office
from kernel.dates import roc, taipei_day
from ojt_accounts import documents
from ojt_accounts.models import Application, Pledge
from ojt_accounts.permissions import PREPARE, SET_ACCOUNT, SIGN_OFFICER
from ojt_accounts.rules.terms import correction_term
from ojt_accounts.selectors import application_of, checks_left, findings, live_pledges
from ojt_accounts.services.filing import CORRECT, HANDLE, set_handling
from ojt_accounts.services.seating import reserve_seats
from ojt_accounts.services.signing import decided, forms_to_sign, states_of

CLAUSE = "OA-21 依序簽核"


def _reviewing(case: Case, *, by: User, right: str, version: int | None) -> tuple[Case, Application]:
    case = lock(case, version=version)
    require(by, right, case)
    if case.state != "filed":
        raise Refused("案件不在審查中。")
    return case, application_of(case)


@transaction.atomic
def record_checks(case: Case, *, by: User, at: datetime, version: int | None = None, **data: Any) -> None:
    """The officer's own look-ups: latest grade (OA-05), premiums (OA-06), the letter's addressee (OA-16)."""
    case, application = _reviewing(case, by=by, right=SIGN_OFFICER, version=version)
    letter = data.pop("letter_to_us", None)
    if letter is not None:
        data["letter_confirmed_at"] = (application.letter_confirmed_at or at) if letter else None
    changes = rewrite(application, data)
    application.save()
    if letter:
        for paper in case.attachments.filter(field="letter", removed_at=None, confirmed_at=None):
            attachments.confirm_copy(paper, by=by, at=at, clause="OA-16")
        case = lock(case)
    record(
        case,
        "checks.recorded",
        "登錄查核結果",
        by=by,
        at=at,
        changes=changes,
        clause="OA-05、OA-06、OA-16",
        internal=True,
    )


@transaction.atomic
def confirm_papers(
    case: Case, *, papers: Sequence[int], pledges: Sequence[int], by: User, at: datetime, version: int | None = None
) -> None:
    """Per document: true copy with seal (OA-15); per pledge: signed or sealed by hand (OA-23)."""
    case, application = _reviewing(case, by=by, right=SIGN_OFFICER, version=version)
    for attachment in case.attachments.filter(pk__in=papers, removed_at=None, confirmed_at=None):
        attachments.confirm_copy(attachment, by=by, at=at, clause="OA-15")
    for pledge in application.pledges.filter(
        pk__in=pledges, removed_at=None, scan__isnull=False, scan_confirmed_at=None
    ):
        Pledge.objects.filter(pk=pledge.pk).update(scan_confirmed_at=at)
        if pledge.scan is not None:
            attachments.confirm_copy(pledge.scan, by=by, at=at, clause="OA-23")
        case = lock(case)
        record(case, "pledge.confirmed", f"確認切結書簽章：{pledge.name}", by=by, at=at, clause="OA-23", internal=True)


@transaction.atomic
def ask_correction(
    case: Case,
    *,
    items: Sequence[corrections.Item],
    message: str,
    due_on: date | None = None,
    by: User,
    at: datetime,
    version: int | None = None,
) -> None:
    """通知補正, item by item, with a term (the officer's own day, else the usual one); the case goes back to the unit."""
    case, _ = _reviewing(case, by=by, right=SIGN_OFFICER, version=version)
    on = taipei_day(at)
    term = correction_term(on, on=on, law=law_in_force())
    due_on = due_on or date.fromisoformat(term.result["due_on"])
    corrections.ask(case, items=items, message=message, due_on=due_on, by=by, at=at)
    move(case, "ask_correction", by=by, at=at, reason=message)
    meet_deadline(code=HANDLE, at=at, case=case)
    set_deadline(
        code=CORRECT,
        rule="OA-01",
        label="補正期限",
        citation=term.lines[0].citation,
        counted_from=on,
        due_on=due_on,
        at=at,
        case=case,
        outcome=term,
        remind_days=(7, 3, 1),
    )
    lines = "\n".join(f"．{item['label']}：{item['problem']}" for item in items if item["problem"].strip())
    body = f"{lines}\n\n請於 {roc(due_on)} 前補正。\n{message}".strip()
    tell_applicant(case, "ojt_accounts.correction", "請補正", body, right=PREPARE, at=at)


def term_is_over(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 逾期續審: until its last day the correction is the unit's."""
    request = corrections.open_request(case)
    if request and request.due_on and taipei_day(at) <= request.due_on:
        raise Refused(f"補正期限至 {roc(request.due_on)} 止，期滿未補正始得續行審查。")


@transaction.atomic
def resume_review(case: Case, *, by: User, at: datetime, version: int | None = None) -> None:
    """逾期續審: the unit let the term pass; the branch goes on with the papers it has."""
    case = lock(case, version=version)
    move(case, "resume", by=by, at=at)
    corrections.close(case, by=by, at=at, as_it_stands=True)
    withdraw_deadline(code=CORRECT, at=at, case=case)
    set_handling(case, at=at)
    body = "補正期限已過，分署依現有文件審查。"
    tell_applicant(case, "ojt_accounts.resumed", "逾期未補正，續行審查", body, right=PREPARE, at=at)


def officer_ready(application: Application) -> str:
    """What the officer must still do before signing; empty when ready."""
    case = application.case
    if not application.letter_confirmed_at:
        return "請先確認公文受文者為本分署（申請須知第1頁一）。"
    unconfirmed = case.attachments.filter(removed_at=None, confirmed_at=None).exclude(field__in=["pledge", "letter"])
    if first := unconfirmed.first():
        return f"請先逐件確認「與正本相符」：{first.label}（申請須知第1頁※三）。"
    if pledge := next((p for p in live_pledges(application) if p.scan_id and not p.scan_confirmed_at), None):
        return f"請先確認{pledge.label}的切結書確有簽名或蓋章（申請須知第5頁）。"
    left = checks_left(application)
    if "grade" in left:
        return "請先登錄最近一次辦訓等級查核結果（申請須知第1頁※一）。"
    if "premiums" in left:
        return "請先登錄勞保費查核結果（申請須知第1頁※二）。"
    return ""


@transaction.atomic
def sign_forms(
    case: Case,
    *,
    codes: Sequence[str],
    by: User,
    at: datetime,
    decision: str = SignOff.Decision.APPROVE,
    comment: str = "",
    version: int | None = None,
) -> Case:
    """Sign (or return to the officer) the chosen forms at the step that is due for each; the last 決行 approves the case."""
    case = lock(case, version=version)
    if case.state != "filed":
        raise Refused("案件不在審查中。")
    application = application_of(case)
    known = {form.code: form for form in forms_to_sign(application)}
    chosen = [known[code] for code in codes if code in known]
    if not chosen:
        raise Refused("請選擇要簽核的表單。", field="codes")
    law, on = law_in_force(), taipei_day(at)
    if decision == SignOff.Decision.APPROVE:
        judged = [one for one in findings(application, on=on, law=law) if one.met is False]
        if judged:
            raise Refused("尚有不符規定事項：" + "".join(one.sentence for one in judged), outcomes=judged)
        if why := officer_ready(application):
            raise Refused(why)
    for form in chosen:
        sign(
            case,
            form=form.code,
            form_label=form.label,
            chain=form.chain,
            digest=form.digest,
            by=by,
            at=at,
            decision=decision,
            comment=comment,
            clause=CLAUSE,
        )
    if decision == SignOff.Decision.RETURN:
        body = f"{by.name}退回「{case.title}」：{comment}"
        tell_office(case, "ojt_accounts.returned", "簽核退回", body, right=SIGN_OFFICER, at=at)
    if all(decided(states_of(case, form)) for form in forms_to_sign(application)):
        _approve(case, application, by=by, at=at)
    else:
        _pass_on(case, application, by=by, at=at)
    return case


def _pass_on(case: Case, application: Application, *, by: User, at: datetime) -> None:
    """Whose signature is due now: the case stands on their list and they are told. The officer's own step is the desk's."""
    due = [step.step for form in forms_to_sign(application) if (step := next_step(states_of(case, form)))]
    first = next((step for step in due if step.right != SIGN_OFFICER), None)
    if first is None or any(step.right == SIGN_OFFICER for step in due):
        case.awaiting = ""
    elif case.awaiting != first.right:
        case.awaiting = first.right
        body = f"「{case.title}」請{first.label}簽核。"
        tell_office(case, "ojt_accounts.to_sign", "待簽核", body, right=first.right, at=at)
    case.save()


def all_signed(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 核定."""
    application = application_of(case)
    open_forms = [f.label for f in forms_to_sign(application) if not decided(states_of(case, f))]
    if open_forms:
        raise Refused("尚未全部核章：" + "、".join(open_forms) + "。")


def _approve(case: Case, application: Application, *, by: User, at: datetime) -> None:
    law, on = law_in_force(), taipei_day(at)
    outcomes = findings(application, on=on, law=law)
    seats = reserve_seats(application, at=at)
    move(case, "approve", by=by, at=at, outcomes=[*outcomes, seats])
    case.decided_on, case.awaiting = on, SET_ACCOUNT
    case.save()
    meet_deadline(code=HANDLE, at=at, case=case)
    documents.issue_unit_form(case, application, by=by, at=at)
    if application.kind == Application.Kind.CANCELLATION:
        body = "申請已核定，分署將依各註銷單停止所列計畫或帳號的權限，設定後另行通知。"
    else:
        body = "申請已核定，分署將於設定帳號後通知各申請人；還沒有密碼的人會收到密碼設定連結。"
    tell_applicant(case, "ojt_accounts.approved", "已核定", body, right=PREPARE, at=at)
    body = f"「{case.title}」已核定，請設定帳號。"
    tell_office(case, "ojt_accounts.to_set", "待設定帳號", body, right=SET_ACCOUNT, at=at)


@transaction.atomic
def refuse(case: Case, *, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    """不予核准, with reasons and every rule that was not met."""
    case = lock(case, version=version)
    application = application_of(case)
    on = taipei_day(at)
    judged = [one for one in findings(application, on=on, law=law_in_force()) if one.met is False]
    move(case, "refuse", by=by, at=at, reason=reason, outcomes=judged)
    case.decided_on = on
    case.save()
    withdraw_all(at=at, case=case)
    clauses = "".join(f"\n．{one.sentence}" for one in judged)
    tell_applicant(case, "ojt_accounts.refused", "不予核准", f"理由：{reason}{clauses}", right=PREPARE, at=at)
    return case

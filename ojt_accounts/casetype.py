"""The account application as casework knows it: its acts on both sides, its panels, its deadlines."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from accounts.clock import now, today
from accounts.models import User
from accounts.rights import can
from casework.cases import corrections
from casework.cases.casetypes import Act, CaseType, Identifier, Panel, Target
from casework.cases.chain import StepState, next_step
from casework.cases.signoffs import why_not_sign
from casework.deadlines.handlers import Handler
from casework.deadlines.things import Things
from casework.errors import Refused
from casework.forms import CorrectionForm
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.notices.kinds import PROGRESS, REMINDER, classify
from kernel.characters import same_name
from kernel.dates import roc_moment
from kernel.identifiers import mask_email
from ojt_accounts.forms import reviewing as forms
from ojt_accounts.models import AccountForm, Application, Registration, TrainingAccount, UnitForm
from ojt_accounts.permissions import (
    PREPARE,
    REFUSE,
    SET_ACCOUNT,
    SIGN_APPROVER,
    SIGN_CHIEF,
    SIGN_OFFICER,
    VIEW_OFFICE,
    VIEW_OWN,
)
from ojt_accounts.rules.papers import PAPERS
from ojt_accounts.selectors import (
    accounts_of,
    application_of,
    differences,
    findings,
    known_holders,
    live_forms,
    live_pledges,
    seats_taken,
    shown,
    standing_missing,
)
from ojt_accounts.services import filing, reminding, reviewing, setting
from ojt_accounts.services.signing import forms_to_sign, states_of
from ojt_accounts.states import APPLICATION, KIND

# --- acts ----------------------------------------------------------------------------------------------------------------


def _in_state(*states: str) -> Any:
    def why(case: Case, user: User) -> str:
        if case.state in states:
            return ""
        return f"案件目前為「{APPLICATION.state(case.state).label}」。"

    return why


def _why_sign(right: str) -> Any:
    """On only when the step that is due on some form is this right's, and the person has not signed that form."""

    def why(case: Case, user: User) -> str:
        if case.state != "filed":
            return f"案件目前為「{APPLICATION.state(case.state).label}」。"
        application, reasons = application_of(case), []
        rows = list(case.signoffs.select_related("person"))
        for form in forms_to_sign(application):
            states = states_of(case, form, rows)
            due = next_step(states)
            if due is None or due.step.right != right:
                reasons.append(f"目前輪到「{due.step.label}」核章。" if due else "已全部核章。")
                continue
            if reason := why_not_sign(case, states, user):
                reasons.append(reason)
                continue
            return reviewing.officer_ready(application) if right == SIGN_OFFICER else ""
        return reasons[0] if reasons else "沒有要簽核的表單。"

    return why


def _why_file(case: Case, user: User) -> str:
    if case.state != "draft":
        return _in_state("draft")(case, user)
    application = application_of(case)
    checklist, *others = findings(application, on=today(), law=law_in_force())
    if wrong := next((line for line in checklist.refusals if line.inputs["target"] == "kind"), None):
        return f"{wrong.text}。"
    if missing := len(checklist.refusals) + bool(standing_missing(application)):
        return f"尚缺 {missing} 項，請看檢核表。"
    # the officer's own checks (OA-05, OA-06) come after filing
    refused = [one for one in others if one.met is False and one.rule in ("OA-03", "OA-04", "OA-07")]
    return f"不符規定：{refused[0].sentence}" if refused else ""


def _why_refile(case: Case, user: User) -> str:
    if case.state != "correction":
        return _in_state("correction")(case, user)
    left = corrections.unanswered(case)
    return f"尚有 {len(left)} 項補正未回復。" if left else ""


def _why_resume(case: Case, user: User) -> str:
    if case.state != "correction":
        return _in_state("correction")(case, user)
    try:
        reviewing.term_is_over(case, user, now())
    except Refused as error:
        return error.message
    return ""


def _sign(case: Case, **given: Any) -> None:
    reviewing.sign_forms(case, **given)


ACTS = (
    Act(
        "file", "送件", PREPARE, filing.file_application, _why_file, confirm="送出後即由分署審查，除補正外不能再修改。"
    ),
    Act("refile", "補正完成，重新送件", PREPARE, filing.refile, _why_refile),
    Act(
        "withdraw",
        "撤回申請",
        PREPARE,
        filing.withdraw,
        _in_state("draft", "filed", "correction"),
        forms.WithdrawForm,
        "danger",
    ),
    Act(
        "checks",
        "登錄查核結果",
        SIGN_OFFICER,
        reviewing.record_checks,
        _in_state("filed"),
        forms.ChecksForm,
        "secondary",
    ),
    Act(
        "confirm",
        "確認文件與簽章",
        SIGN_OFFICER,
        reviewing.confirm_papers,
        _in_state("filed"),
        forms.ConfirmForm,
        "secondary",
    ),
    Act(
        "ask_correction",
        "通知補正",
        SIGN_OFFICER,
        reviewing.ask_correction,
        _in_state("filed"),
        CorrectionForm,
        "secondary",
    ),
    Act("sign_officer", "承辦人核章", SIGN_OFFICER, _sign, _why_sign(SIGN_OFFICER), forms.sign_form(SIGN_OFFICER)),
    Act("sign_chief", "科室主管簽核", SIGN_CHIEF, _sign, _why_sign(SIGN_CHIEF), forms.sign_form(SIGN_CHIEF)),
    Act("sign_approver", "決行", SIGN_APPROVER, _sign, _why_sign(SIGN_APPROVER), forms.sign_form(SIGN_APPROVER)),
    Act("refuse", "不予核准", REFUSE, reviewing.refuse, _in_state("filed"), forms.RefuseForm, "danger"),
    Act(
        "resume",
        "逾期未補正，續行審查",
        SIGN_OFFICER,
        reviewing.resume_review,
        _why_resume,
        tone="secondary",
        confirm="以現有文件續行審查，申請單位不能再補正。",
    ),
    Act("set", "設定帳號", SET_ACCOUNT, setting.set_accounts, _in_state("setting"), forms.SetForm),
    Act("drop", "不予設定", SET_ACCOUNT, setting.drop_accounts, _in_state("setting"), forms.DropForm, "danger"),
)


# --- what the case page shows --------------------------------------------------------------------------------------------------


def _panels(case: Case, user: User) -> Sequence[Panel]:
    application = application_of(case)
    rows = list(case.signoffs.select_related("person"))
    before = {d.field: d.before for d in differences(application)}
    unit = getattr(application, "unit_form", None)
    registration = Registration.objects.filter(organisation=case.organisation_id, branch=case.office_id).first()
    seats = {"taken": seats_taken(registration), "cap": law_in_force().at("oa.account_cap", today()).value}
    panels = [
        Panel("申請內容", "ojt_accounts/panels/application.html", {"application": application, "seats": seats}),
        Panel("帳號申請單", "ojt_accounts/panels/accounts.html", {"forms": _account_forms(case, application, user)}),
    ]
    if unit:
        fields = [_field(unit, name, before) for name in UnitForm.FIELDS if name != "postal_code"]
        context = {"fields": fields, "changes": len(before), "renewal": application.kind == Application.Kind.RENEWAL}
        panels.append(Panel("訓練機構名稱申請表", "ojt_accounts/panels/unit_form.html", context))
    if pledges := live_pledges(application):
        panels.append(Panel("保密切結書", "ojt_accounts/panels/pledges.html", {"pledges": pledges}))
    if case.filed_at and case.state != "draft":
        chains = [{"form": form, "steps": _steps(states_of(case, form, rows))} for form in forms_to_sign(application)]
        panels.append(Panel("簽核", "ojt_accounts/panels/signoffs.html", {"chains": chains}))
    return panels


def _account_forms(case: Case, application: Application, user: User) -> list[AccountForm]:
    """Each with what the office must see before it signs: who has the identifier, and the address this form would replace."""
    found, office = live_forms(application), can(user, VIEW_OFFICE, case)
    for form, known in known_holders(case, [form for form in found if form.set_on is None]):
        if known.email.casefold() != form.email.casefold():
            if office:
                form.replaces = known.email  # type: ignore[attr-defined]
            elif form.account_id:
                form.replaces = mask_email(known.email)  # type: ignore[attr-defined]
        if office and not same_name(known.name, form.name):
            form.known_name = known.name  # type: ignore[attr-defined]
    return found


def _field(unit: UnitForm, name: str, before: Mapping[str, str]) -> dict[str, Any]:
    """A row of the unit form, marked where it is not what it was (OA-02)."""
    mark = "*" if name in UnitForm.MANDATORY else ""
    row = {
        "label": f"{UnitForm._meta.get_field(name).verbose_name}{mark}",
        "value": _shown(unit, name),
        "changed": "",
        "before": "",
    }
    names = ("address", "postal_code") if name == "address" else (name,)
    for one in names:
        if one in before:
            row |= {"changed": "yes", "before": before[one]}
    return row


def _steps(states: Sequence[StepState]) -> list[dict[str, str]]:
    """Items of components/signoff.html."""
    due = next_step(states)
    return [
        {
            "label": one.step.label,
            "state": "done" if one.signoff else "current" if one is due else "todo",
            "person": one.signoff.person.name if one.signoff else "",
            "when": roc_moment(one.signoff.at) if one.signoff else "",
            "decision": "" if one.signoff or one is not due else "待簽核",
            "comment": one.signoff.comment if one.signoff else "",
        }
        for one in states
    ]


def _shown(unit: UnitForm, name: str) -> str:
    if name == "address":
        return f"{unit.postal_code} {unit.address}".strip()
    return shown(name, getattr(unit, name))


def _targets(case: Case) -> Sequence[Target]:
    """What a correction can ask for, each with the page where the unit mends it."""
    application = application_of(case)
    number = [case.number]
    found = [
        *(
            Target(f"paper.{code}", label, f"{reverse('ojt_accounts:papers', args=number)}#{code}")
            for code, label in PAPERS.items()
        ),
        Target("standing", "資格與公文資料", reverse("ojt_accounts:papers", args=number)),
    ]
    if hasattr(application, "unit_form"):
        page = reverse("ojt_accounts:unit", args=number)
        found += [
            Target(f"unit.{name}", f"機構申請表：{UnitForm._meta.get_field(name).verbose_name}", f"{page}#id_{name}")
            for name in UnitForm.FIELDS
        ]
    found += [
        Target(
            form.code, f"帳號申請單：{form.label}", reverse("ojt_accounts:account", args=[case.number, form.position])
        )
        for form in live_forms(application)
    ]
    page = reverse("ojt_accounts:pledges", args=number)
    found += [
        Target(pledge.code, f"切結書：{pledge.label}", f"{page}#pledge-{pledge.pk}")
        for pledge in live_pledges(application)
    ]
    return found


def _identifiers(case: Case) -> Sequence[Identifier]:
    application = application_of(case)
    return [
        *(
            Identifier(form.code.replace(".", "-"), f"{form.label}（帳號申請單）", form.national_id)
            for form in live_forms(application)
        ),
        *(
            Identifier(p.code.replace(".", "-"), f"{p.label}（切結書）", p.national_id)
            for p in live_pledges(application)
            if p.national_id
        ),
    ]


def _applicant_url(case: Case) -> str:
    if case.state in ("draft", "correction"):
        return reverse("ojt_accounts:checklist", args=[case.number])
    return reverse("casework:case", args=[case.number])


def _export_row(case: Case) -> dict[str, Any]:
    application = application_of(case)
    forms_ = live_forms(application)
    return {
        "申請項目": application.get_kind_display(),
        "計畫年度": application.program_year,
        "帳號申請單數": len(forms_),
        "申請人": "、".join(form.name for form in forms_),
    }


def _consistency() -> Sequence[str]:
    """Accounts in use without a user, seats above the cap, open accounts of people who are closed."""
    cap = law_in_force().at("oa.account_cap", today()).value
    wrong = [
        f"{account.registration} {account}：使用中但沒有可用的使用者"
        for account in TrainingAccount.objects.filter(state=TrainingAccount.State.OPEN).select_related(
            "user", "registration__organisation", "registration__branch"
        )
        if account.user is None or not account.user.is_active
    ]
    over = TrainingAccount.objects.exclude(state=TrainingAccount.State.CLOSED).filter(seat__gt=cap)
    return [*wrong, *(f"{account.registration} {account}：席次 {account.seat} 超過上限 {cap}" for account in over)]


# --- deadlines -----------------------------------------------------------------------------------------------------------------

HANDLERS = (
    Handler(filing.HANDLE, reminding.officer_late, reminding.remind_officer, owed_after=True),
    Handler(filing.CORRECT, reminding.unit_late, reminding.remind_unit, owed_after=True),
    Handler(setting.RIGHTS_END, reminding.rights_ended, reminding.remind_rights),
)
THINGS = (
    Things(
        "ojt_accounts.trainingaccount",
        lambda user: accounts_of(user).exclude(state=TrainingAccount.State.CLOSED).values_list("pk", flat=True),
        "ojt_accounts:unit_home",
    ),
)
NOTICES = (
    *classify(
        REMINDER,
        *(
            f"ojt_accounts.{one}"
            for one in ("correct_soon", "rights_end_soon", "handle_soon", "handle_late", "rollover")
        ),
    ),
    *classify(PROGRESS, "ojt_accounts.receipt"),
)

KINDS = (
    CaseType(
        kind=KIND,
        label="在職訓練系統帳號申請",
        series="OA",
        machine=APPLICATION,
        view_rights=(VIEW_OFFICE, VIEW_OWN),
        guards={
            "may_file": filing.may_file,
            "term_is_over": reviewing.term_is_over,
            "all_signed": reviewing.all_signed,
            "all_set": setting.all_set,
        },
        acts=ACTS,
        findings=lambda case, on, law: findings(application_of(case), on=on, law=law),
        panels=_panels,
        targets=_targets,
        identifiers=_identifiers,
        applicant_url=_applicant_url,
        export_row=_export_row,
        consistency=_consistency,
    ),
)

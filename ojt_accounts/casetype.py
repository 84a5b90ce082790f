"""The account application as casework knows it: its panels, its deadlines, what a correction may ask for."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from accounts.clock import today
from accounts.models import User
from accounts.rights import can
from casework.cases.casetypes import CaseType, Identifier, Panel, Target
from casework.cases.chain import StepState, next_step
from casework.deadlines.handlers import Handler
from casework.deadlines.things import Things
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.notices.kinds import PROGRESS, REMINDER, classify
from kernel.characters import same_name
from kernel.dates import roc_moment
from kernel.identifiers import mask_email
from ojt_accounts.acts import APPLICATION
from ojt_accounts.models import AccountForm, Application, Registration, TrainingAccount, UnitForm
from ojt_accounts.permissions import VIEW_OFFICE, VIEW_OWN
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
)
from ojt_accounts.services import filing, reminding, setting
from ojt_accounts.services.signing import chains

# --- what the case page shows --------------------------------------------------------------------------------------------------


def _panels(case: Case, user: User) -> Sequence[Panel]:
    application = application_of(case)
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
        rows = [{"form": form, "steps": _steps(states)} for form, states in chains(application)]
        panels.append(Panel("簽核", "ojt_accounts/panels/signoffs.html", {"chains": rows}))
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
        kind=APPLICATION.kind,
        label="在職訓練系統帳號申請",
        series="OA",
        table=APPLICATION,
        view_rights=(VIEW_OFFICE, VIEW_OWN),
        findings=lambda case, on, law: findings(application_of(case), on=on, law=law),
        panels=_panels,
        targets=_targets,
        identifiers=_identifiers,
        applicant_url=_applicant_url,
        export_row=_export_row,
        consistency=_consistency,
    ),
)

"""The unit prepares its application 填報: every save is an act on a case in the unit's hands."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts import crypto
from accounts.identity import every_number, same_person, under_every_number
from accounts.locks import locking
from accounts.models import County, Organisation, User
from accounts.rights import can
from accounts.services.addresses import taken
from casework.cases.casetypes import casetype
from casework.cases.changing import rewrite
from casework.cases.doing import Doing
from casework.cases.events import record
from casework.cases.moving import open_case
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from kernel.dates import taipei_day
from kernel.identifiers import mask_person_id
from ojt_accounts.models import AccountForm, Application, Intake, Registration, TrainingAccount, UnitForm
from ojt_accounts.permissions import PREPARE
from ojt_accounts.rules import accounts as account_rules
from ojt_accounts.rules import papers
from ojt_accounts.selectors import closing_facts, live_forms, person_of, registration_of, under_way, unproven_here
from ojt_accounts.services.attaching import sync_pledges, unconfirm_letter
from ojt_accounts.states import KIND


def not_released(unit: Organisation) -> None:
    """Refuse once the branch has given the unit's number back (services.releasing)."""
    if not unit.is_active:
        raise Refused("貴單位的登錄已由分署釋出統一編號，不能再申請；如有疑問，請洽所在地的分署。")


def hold_unit(pk: int | None) -> None:
    """The unit, held before any case of it: its applications are opened one after the other, and never while it is released."""
    not_released(locking(Organisation.objects).only("pk", "is_active").get(pk=pk))


@transaction.atomic
def start(
    *, unit: Organisation, kind: str, program_year: int, county: County, intake: Intake | None, by: User, at: datetime
) -> Application:
    """Open a draft at the branch in charge of the county of training (OA-17); prefilled from the last approved form."""
    if not can(by, PREPARE, unit):
        raise NotPermitted("您沒有為這個單位申請的權限。")
    branch = county.branch
    if branch is None:
        raise Refused("這個縣市尚未設定轄區分署。", field="county")
    hold_unit(unit.pk)
    registration = Registration.objects.filter(organisation=unit, branch=branch, registered_on__isnull=False).first()
    fits = papers.kind_fits(
        kind, registered=registration is not None, branch=branch.label, on=taipei_day(at), law=law_in_force()
    )
    if not fits.met:
        raise Refused(fits.sentence, field="kind", outcomes=[fits])
    if kind == Application.Kind.NEW_UNIT:
        open_one = under_way(unit).filter(case__office=branch, program_year=program_year).first()
        if open_one:
            raise Refused(
                f"貴單位在{branch.label} {program_year} 年度已有新單位申請案（案號 {open_one.case.number}，"
                f"{casetype(KIND).table.state(open_one.case.state).label}），請由「我的申請」接續辦理；要重新申請，請先撤回該案。",
                field="kind",
            )
    if kind != Application.Kind.CANCELLATION:
        if intake is None or intake.branch_id != branch.pk or intake.program_year != program_year:
            raise Refused(f"請選擇{branch.label} {program_year} 年度的受理期間。", field="intake")
        if not intake.opens_on <= taipei_day(at) <= intake.closes_on:
            raise Refused("這個受理期間目前未開放。", field="intake")
    label = Application.Kind(kind).label
    case = open_case(
        kind=KIND,
        title=f"{unit.name} {program_year}年度{label}",
        office=branch,
        organisation=unit,
        person=None,
        by=by,
        at=at,
    )
    application = Application.objects.create(
        case=case,
        kind=kind,
        program_year=program_year,
        county=county,
        intake=intake if kind != Application.Kind.CANCELLATION else None,
    )
    if kind != Application.Kind.CANCELLATION:
        _prefill(application, unit, registration, at)
    return application


def _prefill(application: Application, unit: Organisation, registration: Registration | None, at: datetime) -> None:
    """Copy last year: the approved form and the lasting particulars; a new unit starts from what is known of it."""
    if registration and registration.form:
        UnitForm.objects.create(application=application, saved_at=at, **registration.form)
        last = Application.objects.filter(case=registration.form_case).first()
        if last:
            application.unit_kind, application.founded_on = last.unit_kind, last.founded_on
            application.save(update_fields=["unit_kind", "founded_on"])
    else:
        UnitForm.objects.create(
            application=application,
            full_name=unit.name,
            unified_number=unit.unified_number,
            address=unit.address,
            postal_code=unit.postal_code,
        )


def save_unit_form(doing: Doing, *, data: Mapping[str, Any]) -> None:
    """Save the whole unit form (validated by its form class) and bring the pledges in step."""
    application = doing.case.ojt_application
    form, _ = UnitForm.objects.get_or_create(application=application)
    given = {name: data[name] for name in UnitForm.FIELDS if name in data}
    doing.changes += rewrite(form, given, labels=UnitForm.LABELS)
    form.saved_at = doing.at
    form.save()
    sync_pledges(application, at=doing.at)


def check_account_form(
    application: Application, data: Mapping[str, Any], *, position: int | None, on: date, by: User | None = None
) -> TrainingAccount | None:
    """What the row's neighbours say of an account form; returns the existing account it is for. Raises Refused at a field.

    `by`: who writes it; of their own particulars they are told which were meant.
    """
    alike = every_number(data["national_id"])
    for other in live_forms(application):
        if other.position != position and other.national_id_index in alike:
            raise Refused("這個人在本案已有一張申請單（一人一張）。", field="national_id")
    registration = registration_of(application)
    existing = (
        registration.accounts.exclude(state=TrainingAccount.State.CLOSED).filter(national_id_index__in=alike).first()
        if registration
        else None
    )
    if data["request"] != AccountForm.Request.OPEN:
        if existing is None:
            raise Refused("查無這個人在本分署的帳號，請確認身分證字號，或改選「申請」。", field="national_id")
        if data["request"] == AccountForm.Request.GRANT:
            _address_is_free(application, data, position=position, person=existing.user)
        else:
            _takes_something_away(application, existing, data, on=on)
        return existing
    if existing:
        raise Refused(f"這個人已有帳號 {existing.account_name}，請改選「賦予」。", field="request")
    law = law_in_force()
    outcome = account_rules.account_name(account_rules.WordFacts(data["account_name"]), on=on, law=law)
    if not outcome.met:
        raise Refused(outcome.sentence, field="account_name", outcomes=[outcome])
    known = person_of(application.case, data)
    named = User.objects.filter(account_name__iexact=data["account_name"]).first()
    if known and (named is None or named.pk != known.pk):
        raise Refused(NOT_THIS_NAME, field="account_name")
    if named and (known is None or named.pk != known.pk):
        if named in unproven_here(application.case):
            which = f"（姓名「{named.name}」、電子郵件「{named.email}」）" if named == by else ""
            raise Refused(
                f"這是貴單位聯絡人登入用的帳號；聯絡人本人申請時，姓名、電子郵件與身分證字號須與登錄時相同{which}。",
                field="account_name",
            )
        raise Refused(NOT_THIS_NAME, field="account_name")
    for other in live_forms(application):
        if other.position != position and other.account_name.lower() == data["account_name"].lower():
            raise Refused("本案另一張申請單已使用這個帳號。", field="account_name")
    _address_is_free(application, data, position=position, person=known)
    return None


#: Said alike of a name somebody has and of a person who has another: it tells no unit whom the portal knows.
NOT_THIS_NAME = "不能使用這個帳號。申請人在本入口已有帳號時，請填寫原有的帳號；沒有時，請換一個。"


def _address_is_free(
    application: Application, data: Mapping[str, Any], *, position: int | None, person: User | None
) -> None:
    if taken(data["email"], besides=person):
        raise Refused("這個電子郵件不能使用，請填寫申請人本人的電子郵件（每人一個）。", field="email")
    for other in live_forms(application):
        if other.position != position and other.email.lower() == data["email"].lower():
            raise Refused("本案另一張申請單已使用這個電子郵件。", field="email")


def _takes_something_away(
    application: Application, account: TrainingAccount, data: Mapping[str, Any], *, on: date
) -> None:
    """註銷單: what is ticked must be there to be taken away (OA-14)."""
    year = application.program_year
    facts = closing_facts(
        account, program_year=year, plans=data["plans"], whole_account=data.get("whole_account", False), on=on
    )
    if facts.held and not account_rules.closing(facts).withdrawn:
        held = account_rules.plans_in_words(facts.held)
        raise Refused(f"這個人 {year} 年度沒有所勾計畫的權限。現有權限：{held}。", field="plans")


def save_account_form(doing: Doing, *, data: Mapping[str, Any], position: int | None) -> None:
    """Add (position None) or change one person's account form."""
    application = doing.case.ojt_application
    if application.kind == Application.Kind.CANCELLATION and data["request"] != AccountForm.Request.CLOSE:
        raise Refused("註銷案只能填「註銷」。", field="request")
    account = check_account_form(application, data, position=position, on=doing.day, by=doing.by)
    fields = {
        "request": data["request"],
        "plans": list(data["plans"]),
        "name": data["name"],
        "national_id": data["national_id"],
        "national_id_index": crypto.index(data["national_id"]),
        "email": data["email"],
        "phone": data["phone"],
        "account_name": account.account_name if account else data["account_name"],
        "account": account,
        "reason": data.get("reason", ""),
        "whole_account": data.get("whole_account", False),
    }
    if position is None:
        position = (application.account_forms.order_by("-position").values_list("position", flat=True).first() or 0) + 1
        form = AccountForm.objects.create(application=application, position=position, **fields)
    else:
        form = application.account_forms.get(position=position, removed_at=None)
        for name, value in fields.items():
            setattr(form, name, value)
        form.save()
    asked = sum(f.request == AccountForm.Request.OPEN for f in live_forms(application))
    _seats_allow(application, asked=asked, on=doing.day)
    sync_pledges(application, at=doing.at)
    changes = [
        {"label": "申請人", "before": "", "after": form.name},
        {"label": "身分證字號", "before": "", "after": mask_person_id(form.national_id)},
        {"label": "帳號", "before": "", "after": form.account_name},
    ]
    label = f"填寫帳號{form.get_request_display()}單：{form.name}"
    record(doing.case, doing.act.code, label, by=doing.by, at=doing.at, changes=changes)


def _seats_allow(application: Application, *, asked: int, on: date) -> None:
    registration = registration_of(application)
    taken = list(registration.accounts.exclude(state=TrainingAccount.State.CLOSED)) if registration else []
    facts = account_rules.SeatFacts(taken=len(taken), asked=asked)
    outcome = account_rules.seats(facts, on=on, law=law_in_force())
    if not outcome.met:
        names = "、".join(f"{a.name}（{a.account_name}）" for a in taken)
        raise Refused(outcome.sentence + (f"目前帳號：{names}。" if names else ""), field="request", outcomes=[outcome])


def remove_account_form(doing: Doing, *, position: int) -> None:
    """Take one person's form out of the application; the row stays."""
    application = doing.case.ojt_application
    form = application.account_forms.filter(position=position, removed_at=None).first()
    if form is None:
        return
    form.removed_at = doing.at
    form.save(update_fields=["removed_at"])
    sync_pledges(application, at=doing.at)
    label = f"刪除帳號{form.get_request_display()}單：{form.name}"
    record(doing.case, doing.act.code, label, by=doing.by, at=doing.at)


def copy_accounts(doing: Doing) -> int:
    """Copy last year: a 賦予 form for every account in use that has no form here yet. Says how many.

    Of a 註銷 the act's reason stands on every form.
    """
    application = doing.case.ojt_application
    registration = registration_of(application)
    closing = application.kind == Application.Kind.CANCELLATION
    request = AccountForm.Request.CLOSE if closing else AccountForm.Request.GRANT
    there = under_every_number({form.national_id_index: form for form in live_forms(application)})
    position = application.account_forms.order_by("-position").values_list("position", flat=True).first() or 0
    made = 0
    accounts = (
        registration.accounts.filter(state=TrainingAccount.State.OPEN).select_related("user") if registration else ()
    )
    alike = same_person(account.national_id_index for account in accounts)
    for account in accounts:
        number = account.user.national_id if account.user else None
        if (
            account.national_id_index in there
            or not number
            or crypto.index(number) not in alike[account.national_id_index]
        ):
            continue
        rights = account.plan_rights.filter(withdrawn_on=None).order_by("-program_year")
        asked = rights.filter(program_year=application.program_year) if closing else rights.none()
        last = asked.first() or rights.first()
        plans = list(rights.filter(program_year=last.program_year).values_list("plan", flat=True)) if last else []
        position, made = position + 1, made + 1
        AccountForm.objects.create(
            application=application,
            position=position,
            request=request,
            plans=plans or ["industry_talent"],
            name=account.name,
            national_id=number,
            national_id_index=crypto.index(number),
            email=account.user.email,
            phone=account.user.phone,
            account_name=account.account_name,
            account=account,
            reason=doing.reason if closing else "",
        )
    if made:
        sync_pledges(application, at=doing.at)
        record(doing.case, doing.act.code, f"自現有帳號帶入 {made} 張申請單", by=doing.by, at=doing.at)
    return made


def save_standing(doing: Doing, *, data: Mapping[str, Any]) -> None:
    """The particulars on the papers: kind, founding, TTQS, the official letter (OA-03, OA-04, OA-16)."""
    application = doing.case.ojt_application
    doing.changes += rewrite(application, data)
    application.save()
    if {change["field"] for change in doing.changes} & {"letter_number", "letter_on"}:
        unconfirm_letter(application)

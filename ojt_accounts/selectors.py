"""Querysets for screens, and the bridge from rows to the facts rules ask for."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Count, F, Max, Prefetch, Q, QuerySet

from accounts import crypto
from accounts.identity import bears, holders, under_every_number
from accounts.models import Organisation, User
from casework.cases.changing import in_words
from casework.models import Case
from kernel.characters import fold, same_name
from kernel.identifiers import mask_person_id
from kernel.jsonable import jsonable
from kernel.law import Law
from kernel.outcome import Outcome
from ojt_accounts.models import (
    AccountForm,
    Application,
    Intake,
    PlanRight,
    Pledge,
    Registration,
    TrainingAccount,
    UnitForm,
)
from ojt_accounts.params import PLANS
from ojt_accounts.rules import accounts as account_rules
from ojt_accounts.rules import papers, standing
from ojt_accounts.states import EDITABLE, UNDECIDED

BLANK = "（空白）"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of the unit form that is not what it was (OA-02)."""

    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who must sign a pledge, with everything they are at once (OA-08). `key` is who, `name` only how they are called."""

    key: str
    name: str
    national_id: str
    phone: str
    capacities: tuple[str, ...]

    @property
    def mark(self) -> str:
        """What tells them from another of the same name."""
        if self.national_id:
            return mask_person_id(self.national_id)
        return "、".join(Pledge.CAPACITIES[one] for one in self.capacities)


def application_of(case: Case) -> Application:
    """The case's application with its forms; its case is the one at hand, never another of the same row."""
    rows = Application.objects.select_related("intake", "county", "unit_form").prefetch_related("account_forms")
    application = rows.get(case=case)
    application.case = case
    return application


def live_forms(application: Application) -> list[AccountForm]:
    found = [form for form in application.account_forms.all() if form.removed_at is None]
    for form, apart in zip(found, told_apart((one.name, one.account_name) for one in found), strict=True):
        form.apart = apart
    return found


def live_pledges(application: Application) -> list[Pledge]:
    found = list(application.pledges.filter(removed_at=None).select_related("wording", "scan"))
    marks = ((one.name, one.masked_national_id or one.capacity_labels) for one in found)
    for pledge, apart in zip(found, told_apart(marks), strict=True):
        pledge.apart = apart
    return found


def told_apart(people: Iterable[tuple[str, str]]) -> list[str]:
    """For each (name, mark) the mark where the name stands twice, however it is spelled, else nothing."""
    rows = list(people)
    times = Counter(fold(name) for name, _ in rows)
    return [mark if times[fold(name)] > 1 else "" for name, mark in rows]


def registration_of(application: Application) -> Registration | None:
    case = application.case
    return Registration.objects.filter(organisation=case.organisation_id, branch=case.office_id).first()


def registered(unit: Organisation | int | None, branch: Organisation | int | None) -> bool:
    """Whether the branch has approved a unit form of the unit: only then it is 舊單位 there."""
    return Registration.objects.filter(organisation=unit, branch=branch, registered_on__isnull=False).exists()


def under_way(unit: Organisation) -> QuerySet[Application]:
    """New-unit applications of the unit that nobody has decided yet."""
    return (
        Application.objects.filter(case__organisation=unit, case__state__in=UNDECIDED, kind=Application.Kind.NEW_UNIT)
        .select_related("case__office")
        .order_by("pk")
    )


def intakes(branch: Organisation, *, on: date) -> QuerySet[Intake]:
    """Intakes a unit can still apply in."""
    return Intake.objects.filter(branch=branch, opens_on__lte=on, closes_on__gte=on)


# --- the unit form ---------------------------------------------------------------------------------------------------


def form_values(form: UnitForm) -> dict[str, Any]:
    return {name: jsonable(getattr(form, name)) for name in UnitForm.FIELDS}


def shown(name: str, value: Any) -> str:
    """A unit-form value as a person reads it; empty where nothing is written."""
    return in_words(UnitForm, name, value, UnitForm.LABELS)


def differences(application: Application) -> list[Difference]:
    """What the unit form changes against the unit's last approved form at this branch; empty for a new unit (OA-02)."""
    registration = registration_of(application)
    if registration is None or not registration.form or not hasattr(application, "unit_form"):
        return []
    new = form_values(application.unit_form)
    return [
        Difference(
            name,
            str(UnitForm._meta.get_field(name).verbose_name),
            shown(name, registration.form.get(name)) or BLANK,
            shown(name, new[name]) or BLANK,
        )
        for name in UnitForm.FIELDS
        if (registration.form.get(name) or None) != (new[name] or None)
    ]


def unit_form_needed(application: Application) -> bool:
    return papers.unit_form_needed(application.kind, unit_changed=bool(differences(application)))  # type: ignore[arg-type]


# --- people ------------------------------------------------------------------------------------------------------------


def pledge_people(application: Application, changes: Sequence[Difference] | None = None) -> list[Person]:
    """Who must sign: contact and custodian (new unit, or when the unit form says anything new), every account applicant; each
    person once.

    The unit form gives contact and custodian by name alone. Such a name is the one applicant who bears it, unless the unit
    says it is somebody else, or the identifier on their pledge says so; of two applicants that identifier says which.
    """
    if application.kind == Application.Kind.CANCELLATION:
        return []
    applicants = [form for form in live_forms(application) if form.request != AccountForm.Request.CLOSE]
    found: dict[str, Person] = {}
    unit = getattr(application, "unit_form", None)
    changed = {d.field for d in (differences(application) if changes is None else changes)}
    rows = list(application.pledges.order_by(F("removed_at").desc(nulls_first=True), "-pk")) if unit else []
    for role in Pledge.OFFICES:
        name, phone = (getattr(unit, role, ""), getattr(unit, f"{role}_phone", ""))
        if name and (application.kind == Application.Kind.NEW_UNIT or changed):
            form = _applicant_named(name, applicants, rows)
            both = role == Pledge.CUSTODIAN and Pledge.CONTACT in found and same_name(found[Pledge.CONTACT].name, name)
            key = form.code if form else Pledge.CONTACT if both else role
            before = found.get(key)
            capacities = (*before.capacities, role) if before else (role,)
            found[key] = Person(key, name, "", before.phone if before else phone, capacities)
    for form in applicants:
        before = found.get(form.code)
        capacities = (*before.capacities, "applicant") if before else ("applicant",)
        phone = before.phone if before and before.phone else form.phone
        found[form.code] = Person(form.code, form.name, form.national_id, phone, capacities)
    return list(found.values())


def _applicant_named(name: str, applicants: Sequence[AccountForm], rows: Sequence[Pledge]) -> AccountForm | None:
    """The account form of the contact or custodian, where they are an applicant too. `rows`: pledges, the standing ones first."""
    for row in rows:
        if row.person in Pledge.OFFICES and same_name(row.name, name):
            if row.national_id_index:
                return next((form for form in applicants if form.national_id_index == row.national_id_index), None)
            if row.namesake and row.removed_at is None:
                return None
    named = [form for form in applicants if same_name(form.name, name)]
    return named[0] if len(named) == 1 else None


def unproven_here(case: Case) -> QuerySet[User]:
    """People of the applying unit whose identifier is not proven: contacts who registered themselves."""
    return User.objects.filter(
        national_id_proven_at=None, groups__held_role__organisation=case.organisation_id
    ).distinct()


def people_of_forms(case: Case, forms: Sequence[Mapping[str, Any]]) -> list[User | None]:
    """The user each account form speaks of: whose number is proven; whom an earlier decision gave an account of this unit; or
    the unit's own contact with that name, account and address. A claim made elsewhere takes no account.

    As many questions for ten forms as for one.
    """
    indexes = [crypto.index(form["national_id"]) for form in forms]
    keys = {index: key for index, (key, _) in holders(indexes).items()}
    proven = User.objects.in_bulk(keys.values())
    accounts = TrainingAccount.objects.filter(
        registration__organisation=case.organisation_id, national_id_index__in=indexes, user__isnull=False
    )
    former = {one.national_id_index: one.user for one in accounts.select_related("user").order_by("pk")}
    rest = any(index not in keys and index not in former for index in indexes)
    here = {_named(vars(one)): one for one in unproven_here(case)} if rest else {}

    def of(index: str, form: Mapping[str, Any]) -> User | None:
        if index in keys:
            return proven[keys[index]]
        own = former[index] if index in former else here.get(_named(form))
        return own if own and (not own.national_id or bears(own, form["national_id"])) else None

    return [of(index, form) for index, form in zip(indexes, forms, strict=True)]


def _named(data: Mapping[str, Any]) -> tuple[str, str, str]:
    return data["name"], data["account_name"].lower(), data["email"].lower()


def person_of(case: Case, data: Mapping[str, Any]) -> User | None:
    """The same for one form."""
    return people_of_forms(case, [data])[0]


def closed_elsewhere(user: User) -> bool:
    """Closed by a decision that is not this scheme's: a form of a unit opens nobody again."""
    ours = user.closed_by_scheme == TrainingAccount._meta.app_label
    return not user.is_active and user.closed_at is not None and not ours


def known_holders(case: Case, forms: Sequence[AccountForm]) -> list[tuple[AccountForm, User]]:
    """The forms that would open or grant an account to a person the portal knows already, each with that person."""
    asked = [form for form in forms if form.request != AccountForm.Request.CLOSE and form.account_id is None]
    names = ("national_id", "name", "account_name", "email")
    rows = [{name: getattr(form, name) for name in names} for form in asked]
    found = dict(zip((form.pk for form in asked), people_of_forms(case, rows) if rows else [], strict=True))
    granted = (form.account_id for form in forms if form.account_id and form.request != AccountForm.Request.CLOSE)
    accounts = TrainingAccount.objects.select_related("user").in_bulk(granted)
    found |= {form.pk: accounts[form.account_id].user for form in forms if form.account_id in accounts}
    return [(form, user) for form in forms if (user := found.get(form.pk))]


def holder_facts(form: AccountForm, user: User) -> account_rules.HolderFacts:
    label = f"帳號{form.get_request_display()}單（{form.label}）"
    return account_rules.HolderFacts(label, form.name, user.name, closed_elsewhere(user))


def closing_facts(
    account: TrainingAccount, *, program_year: int, plans: Sequence[str], whole_account: bool, on: date
) -> account_rules.ClosingFacts:
    rights = account.plan_rights.filter(withdrawn_on=None, ends_before__gt=on).order_by("program_year", "pk")
    held = tuple(rights.values_list("program_year", "plan"))
    return account_rules.ClosingFacts(program_year, tuple(plans), held, whole_account)


# --- facts for rules --------------------------------------------------------------------------------------------------


def plans_of(application: Application) -> list[str]:
    unit = getattr(application, "unit_form", None)
    wanted = {p for form in live_forms(application) for p in form.plans} | set(unit.plans if unit else ())
    return [p for p in PLANS if p in wanted]


def attached(application: Application) -> set[str]:
    return set(application.case.attachments.filter(removed_at=None, subject="").values_list("field", flat=True))


def checklist_facts(application: Application, changes: Sequence[Difference] | None = None) -> papers.ChecklistFacts:
    changes = differences(application) if changes is None else changes
    pledges = live_pledges(application)
    people = pledge_people(application, changes)
    marks = ((one.name, one.mark) for one in people)
    labels = {one.key: f"{one.name} {apart}".strip() for one, apart in zip(people, told_apart(marks), strict=True)}
    unit, case = getattr(application, "unit_form", None), application.case
    return papers.ChecklistFacts(
        kind=application.kind,  # type: ignore[arg-type]
        unit_kind=application.unit_kind,
        unit_changed=bool(changes),
        unit_form_filled=bool(unit and unit.saved_at),
        account_forms=len(live_forms(application)),
        papers=tuple(sorted(attached(application))),
        pledges_needed=tuple(labels.values()),
        pledges_signed=tuple(labels[one.person] for one in pledges if one.scan_id and one.person in labels),
        without_reason=tuple(
            form.label
            for form in live_forms(application)
            if form.request == AccountForm.Request.CLOSE and not form.reason and case.state in EDITABLE
        ),
        registered=registered(case.organisation_id, case.office_id) if case.state in UNDECIDED else None,
        branch=case.office.label if case.office else "分署",
    )


def change_facts(changes: Sequence[Difference]) -> papers.ChangeFacts:
    fields = {d.field for d in changes}
    return papers.ChangeFacts(tuple(d.label for d in changes), "contact" in fields, "custodian" in fields)


def seats_taken(registration: Registration | None) -> int:
    if registration is None:
        return 0
    return registration.accounts.exclude(state=TrainingAccount.State.CLOSED).count()


def seat_facts(application: Application) -> account_rules.SeatFacts:
    """Seats taken before this application's own, and how many it asks for."""
    registration = registration_of(application)
    asked = [form.national_id_index for form in live_forms(application) if form.request == AccountForm.Request.OPEN]
    taken = 0
    if registration is not None:
        open_accounts = registration.accounts.exclude(state=TrainingAccount.State.CLOSED)
        # decided, the people it asked for hold their seats already
        taken = open_accounts.exclude(national_id_index__in=under_every_number(dict.fromkeys(asked))).count()
    return account_rules.SeatFacts(taken=taken, asked=len(asked))


def standing_missing(application: Application) -> list[str]:
    """Labels of the particulars that OA-03, OA-04 and OA-16 are judged by and that are not filled in yet."""
    wanted = ["letter_number", "letter_on"]
    if application.kind != Application.Kind.CANCELLATION:
        wanted += ["unit_kind", "ttqs_valid_from", "ttqs_valid_until"]
        if application.unit_kind != "university":
            wanted.append("founded_on")
    left = [str(Application._meta.get_field(name).verbose_name) for name in wanted if not getattr(application, name)]
    if application.kind != Application.Kind.CANCELLATION and not all(application.ttqs):
        left.append("TTQS 版本與評核等級（機構申請表）")
    return left


def standing_outcomes(application: Application, *, on: date, law: Law) -> list[Outcome]:
    """OA-03 and OA-04 for every plan applied for."""
    if application.kind == Application.Kind.CANCELLATION or application.intake is None or standing_missing(application):
        return []
    closing, found = application.intake.closes_on, []
    edition, grade = application.ttqs
    for plan in plans_of(application):
        found.append(
            standing.ttqs(
                standing.TtqsFacts(
                    plan=plan,  # type: ignore[arg-type]
                    edition=edition,  # type: ignore[arg-type]
                    grade=grade,  # type: ignore[arg-type]
                    valid_from=application.ttqs_valid_from,  # type: ignore[arg-type]
                    valid_until=application.ttqs_valid_until,  # type: ignore[arg-type]
                    closing_on=closing,
                ),
                on=on,
                law=law,
            )
        )
        found.append(
            standing.unit_kind(
                standing.KindFacts(plan, application.unit_kind, closing, application.founded_on),  # type: ignore[arg-type]
                on=on,
                law=law,
            )
        )
    return found


def checks_left(application: Application) -> set[str]:
    """What the officer has to look up elsewhere and has not yet (OA-05, OA-06): grade, premiums."""
    if application.kind == Application.Kind.CANCELLATION:
        return set()
    left = set() if application.grade_checked_on else {"grade"}
    unknown = application.owes_premiums is None or application.premiums_checked_on is None
    return left | {"premiums"} if application.unit_kind == "union" and unknown else left


def findings(application: Application, *, on: date, law: Law) -> list[Outcome]:
    """Every rule that speaks on the application today, in the pack's order."""
    changes = differences(application)
    found = [papers.checklist(checklist_facts(application, changes), on=on, law=law)]
    if application.kind == Application.Kind.RENEWAL:
        found.append(papers.unit_changes(change_facts(changes), on=on, law=law))
    found += standing_outcomes(application, on=on, law=law)
    if application.kind != Application.Kind.CANCELLATION:
        waiting = checks_left(application)
        grade = standing.GradeFacts(application.latest_grade or None, waiting="grade" in waiting)  # type: ignore[arg-type]
        found.append(standing.training_grade(grade, on=on, law=law))
        if application.unit_kind:
            facts = standing.PremiumFacts(
                application.unit_kind,  # type: ignore[arg-type]
                application.owes_premiums,
                application.premiums_checked_on,
                waiting="premiums" in waiting,
            )
            found.append(standing.premiums(facts, on=on, law=law))
        found.append(account_rules.seats(seat_facts(application), on=on, law=law))
        for form, known in known_holders(application.case, live_forms(application)):
            found.append(account_rules.holder(holder_facts(form, known), on=on, law=law))
    return found


# --- the register ----------------------------------------------------------------------------------------------------


def with_seats(registrations: QuerySet[Registration]) -> QuerySet[Registration]:
    return registrations.annotate(
        seats=Count("accounts", filter=~Q(accounts__state=TrainingAccount.State.CLOSED), distinct=True),
        last_year=Max("accounts__plan_rights__program_year"),
    )


def rollover(branches: Iterable[int] | QuerySet[Organisation], *, program_year: int) -> QuerySet[TrainingAccount]:
    """Open accounts without any right in `program_year`: who has not been re-granted (OA-13)."""
    granted = PlanRight.objects.filter(program_year=program_year, withdrawn_on=None).values("account")
    return (
        TrainingAccount.objects.filter(registration__branch__in=branches, state=TrainingAccount.State.OPEN)
        .exclude(pk__in=granted)
        .select_related("registration__organisation", "registration__branch", "user")
        .annotate(last_year=Max("plan_rights__program_year"))
    )


def registered_units(branches: QuerySet[Organisation], asked: Mapping[str, Any]) -> QuerySet[Registration]:
    """The register of units. `asked`: q, branch, year, plan, state, each optional."""
    found = Registration.objects.filter(branch__in=branches, registered_on__isnull=False)
    if word := asked.get("q"):
        found = found.filter(
            Q(organisation__name__holding=word)
            | Q(organisation__unified_number=word)
            | Q(pk__in=_accounts_named(word).values("registration"))
        )
    if branch := asked.get("branch"):
        found = found.filter(branch=branch)
    narrowed = {name: asked[name] for name in ("year", "plan", "state") if name in asked}
    if narrowed:
        found = found.filter(pk__in=_narrowed(TrainingAccount.objects.all(), narrowed).values("registration"))
    return with_seats(found).select_related("organisation", "branch").order_by("branch", "organisation__name", "pk")


def registered_accounts(branches: QuerySet[Organisation], asked: Mapping[str, Any]) -> QuerySet[TrainingAccount]:
    """The register of accounts, with every right they ever had; `asked` as for units."""
    found = TrainingAccount.objects.filter(registration__branch__in=branches)
    if word := asked.get("q"):
        unit = Q(registration__organisation__name__holding=word) | Q(registration__organisation__unified_number=word)
        found = found.filter(unit | Q(pk__in=_accounts_named(word).values("pk")))
    if branch := asked.get("branch"):
        found = found.filter(registration__branch=branch)
    return (
        _narrowed(found, asked)
        .select_related("registration__organisation", "registration__branch")
        .prefetch_related("plan_rights")
        .order_by("registration__branch", "registration__organisation__name", "registration", "seat", "pk")
    )


def _accounts_named(word: str) -> QuerySet[TrainingAccount]:
    return TrainingAccount.objects.filter(Q(name__holding=word) | Q(account_name__istartswith=word))


def _narrowed(accounts: QuerySet[TrainingAccount], asked: Mapping[str, Any]) -> QuerySet[TrainingAccount]:
    if state := asked.get("state"):
        accounts = accounts.filter(state=state)
    rights = PlanRight.objects.filter(withdrawn_on=None)
    if year := asked.get("year"):
        rights = rights.filter(program_year=year)
    if plan := asked.get("plan"):
        rights = rights.filter(plan=plan)
    if year or plan:
        accounts = accounts.filter(pk__in=rights.values("account"))
    return accounts


def granted_count(branches: QuerySet[Organisation], *, program_year: int) -> tuple[int, int]:
    """(accounts in use, those with a right in the year)."""
    rows = TrainingAccount.objects.filter(registration__branch__in=branches, state=TrainingAccount.State.OPEN)
    granted = PlanRight.objects.filter(program_year=program_year, withdrawn_on=None).values("account")
    counts = rows.aggregate(used=Count("pk"), granted=Count("pk", filter=Q(pk__in=granted)))
    return counts["used"], counts["granted"]


# --- the unit's own page ---------------------------------------------------------------------------------------------


def registrations_of(unit: Organisation) -> QuerySet[Registration]:
    """The unit at each branch it is known to, with accounts and rights."""
    accounts = TrainingAccount.objects.order_by("state", "seat", "pk").prefetch_related("plan_rights")
    return (
        Registration.objects.filter(organisation=unit)
        .select_related("branch")
        .prefetch_related(Prefetch("accounts", accounts))
        .order_by("branch")
    )


def people_of(unit: Organisation) -> QuerySet[User]:
    """Who holds a role in the unit. Identifiers stay sealed."""
    held = Prefetch(
        "groups", Group.objects.filter(held_role__organisation=unit).select_related("held_role"), "held_here"
    )
    people = User.objects.filter(groups__held_role__organisation=unit).distinct().prefetch_related(held)
    return people.defer("national_id").order_by("name", "pk")


def open_intakes(*, on: date) -> QuerySet[Intake]:
    """What every branch takes in now."""
    return (
        Intake.objects.filter(opens_on__lte=on, closes_on__gte=on).select_related("branch").order_by("closes_on", "pk")
    )


def accounts_of(user: User) -> QuerySet[TrainingAccount]:
    """A person's own accounts, with their rights."""
    rows = TrainingAccount.objects.filter(user=user).select_related(
        "registration__organisation", "registration__branch"
    )
    return rows.prefetch_related("plan_rights").order_by("state", "pk")

"""A small world: one branch with its people, a unit with its contact, and applications brought as far as a test wants."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.clock import now
from accounts.models import County, Organisation, User
from accounts.services.roles import grant_role
from casework.cases.doing import perform
from casework.intake.sample import paper
from casework.models import Case
from casework.papers.wordings import sync_wordings
from kernel.dates import taipei_day
from ojt_accounts.models import Application, Intake, Registration
from ojt_accounts.rules.papers import papers_needed
from ojt_accounts.selectors import application_of, live_pledges
from ojt_accounts.services import preparing
from ojt_accounts.services.signing import forms_to_sign
from tests.factories import proven
from tests.kept import kept

_numbers = count(1)


def national_id(n: int) -> str:
    """The n-th valid number of letter A, male."""
    body = f"1{n:07d}"
    weights = (8, 7, 6, 5, 4, 3, 2, 1)
    total = 1 + sum(int(d) * w for d, w in zip(body, weights, strict=True))
    return f"A{body}{(10 - total % 10) % 10}"


def pdf(name: str = "文件.pdf", title: str = "公文") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, paper(title, ["測試用文件"]), content_type="application/pdf")


def person(name: str, **fields: Any) -> User:
    n = next(_numbers)
    return User.objects.create_user(f"user{n:05d}", name=name, email=f"user{n}@example.com", password="x", **fields)


def known(name: str, n: int, **fields: Any) -> User:
    """Somebody of another scheme with the n-th number, shown by a card, who has a password and an address of their own."""
    found = person(name, phone="0912-345-678", **fields)
    return proven(found, national_id(n))


@dataclass
class World:
    branch: Organisation
    county: County
    unit: Organisation
    contact: User
    officer: User
    chief: User
    approver: User
    admin: User
    intake: Intake


STAFF = {
    "officer": "branch_officer",
    "chief": "branch_chief",
    "approver": "branch_approver",
    "admin": "branch_account_admin",
}


def branch(name: str, code: str, at: datetime) -> tuple[Organisation, dict[str, User]]:
    made = Organisation.objects.create(
        name=f"勞動部勞動力發展署{name}",
        short_name=name,
        kind=Organisation.Kind.BRANCH,
        code=code,
        address="臺南市官田區工業路40號",
    )
    people = {}
    for key, role in STAFF.items():
        people[key] = person(f"{name}{key}")
        grant_role(user=people[key], role_code=role, organisation=made, by=None, at=at)
    return made, people


def unit(name: str, unified_number: str, at: datetime) -> tuple[Organisation, User]:
    made = Organisation.objects.create(name=name, kind=Organisation.Kind.UNIT, unified_number=unified_number)
    contact = person(f"{name}聯絡人")
    grant_role(user=contact, role_code="unit_contact", organisation=made, by=None, at=at)
    return made, contact


@kept
def world() -> World:
    at = now()
    today = taipei_day(at)
    sync_wordings(at=at)
    office, people = branch("雲嘉南分署", "BR-YCN", at)
    county = County.objects.create(code="67000", name="臺南市", branch=office)
    body, contact = unit("財團法人南瀛職業訓練基金會", "04595257", at)
    intake = Intake.objects.create(
        branch=office,
        program_year=today.year - 1911,
        name="上半年",
        opens_on=today - timedelta(days=30),
        closes_on=today + timedelta(days=30),
    )
    return World(office, county, body, contact, intake=intake, **people)


UNIT_FORM = {
    "plans": ["industry_talent"],
    "full_name": "財團法人南瀛職業訓練基金會",
    "unified_number": "04595257",
    "licence_number": "南市社字第1090001號",
    "category": "B",
    "ran_last_year": False,
    "ttqs_edition": "training_institution",
    "ttqs_grade": "bronze",
    "postal_code": "720201",
    "address": "臺南市官田區工業路1號",
    "in_charge": "林文山",
    "contact": "陳美惠",
    "contact_phone": "06-698-5945",
    "custodian": "王志明",
    "custodian_phone": "06-698-5946",
    "custodian_email": "custodian@example.com",
    "insurance_number": "04123456A",
}


def standing(today: date) -> dict[str, Any]:
    return {
        "unit_kind": "foundation",
        "founded_on": date(2010, 5, 1),
        "ttqs_valid_from": today - timedelta(days=200),
        "ttqs_valid_until": today + timedelta(days=200),
        "letter_number": "南瀛字第1150000123號",
        "letter_on": today,
    }


def account(n: int, **changes: Any) -> dict[str, Any]:
    return {
        "request": "open",
        "plans": ["industry_talent"],
        "name": f"申請人{n}",
        "national_id": national_id(n),
        "email": f"applicant{n}@example.com",
        "phone": "06-698-5945",
        "account_name": f"yct2026n{n}",
        **changes,
    }


@kept
def registered(w: World) -> Registration:
    """The unit as one the branch has registered before."""
    at = now()
    found, _ = Registration.objects.get_or_create(
        organisation=w.unit, branch=w.branch, defaults={"registered_on": taipei_day(at)}
    )
    return found


@kept
def drafted(w: World, *, numbers: tuple[int, ...] = (1,), kind: str = "new_unit") -> Case:
    """A draft with forms, papers and pledges complete."""
    intake = w.intake if kind != "cancellation" else None
    application = preparing.start(
        unit=w.unit,
        kind=kind,
        program_year=w.intake.program_year,
        county=w.county,
        intake=intake,
        by=w.contact,
        at=now(),
    )
    fill_in(w, application.case, numbers=numbers)
    return Case.objects.get(pk=application.case.pk)


def fill_in(w: World, case: Case, *, numbers: tuple[int, ...] = (1,)) -> None:
    """Everything a draft wants."""
    at = now()
    today = taipei_day(at)
    if application_of(case).kind != Application.Kind.CANCELLATION:
        perform(case, "unit_form.saved", data=UNIT_FORM, by=w.contact, at=at)
        perform(case, "standing.saved", data=standing(today), by=w.contact, at=at)
    else:
        letter = {"letter_number": "南瀛字第1150000124號", "letter_on": today}
        perform(case, "standing.saved", data=letter, by=w.contact, at=at)
    for n in numbers:
        perform(case, "account_form.saved", data=account(n), position=None, by=w.contact, at=at)
    complete_papers(w, case)


def complete_papers(w: World, case: Case) -> None:
    at = now()
    application = application_of(case)
    for code in papers_needed(application.kind, application.unit_kind):
        perform(case, "paper.added", paper=code, upload=pdf(), attested=True, by=w.contact, at=at)
    for pledge in live_pledges(application):
        number = pledge.national_id or national_id(9_000_000 + pledge.pk % 900_000)
        perform(
            case,
            "pledge.saved",
            pk=pledge.pk,
            national_id=number,
            address="臺南市新營區民治路36號",
            phone="06-698-5945",
            by=w.contact,
            at=at,
        )
        perform(case, "pledge.scanned", pk=pledge.pk, upload=pdf("切結書.pdf"), by=w.contact, at=at)


@kept
def filed(w: World, **given: Any) -> Case:
    case = drafted(w, **given)
    return perform(case, "file", by=w.contact, at=now()).case


def checked(w: World, case: Case) -> None:
    """Everything the officer confirms before signing."""
    at = now()
    application = application_of(case)
    checks: dict[str, Any] = {"letter_to_us": True}
    if application.kind != Application.Kind.CANCELLATION:
        checks |= {"latest_grade": "", "grade_checked_on": taipei_day(at)}
    perform(case, "checks", by=w.officer, at=at, **checks)
    perform(
        case,
        "confirm",
        papers=list(case.attachments.values_list("pk", flat=True)),
        pledges=[p.pk for p in live_pledges(application)],
        by=w.officer,
        at=at,
    )


def codes(case: Case) -> list[str]:
    return [form.code for form in forms_to_sign(application_of(case))]


def signed(w: World, case: Case, *people: User) -> Case:
    """Every form signed by each at their own step."""
    steps = {w.officer: "sign_officer", w.chief: "sign_chief", w.approver: "sign_approver"}
    for by in people:
        perform(case, steps[by], codes=codes(case), by=by, at=now())
    return Case.objects.get(pk=case.pk)


@kept
def approved(w: World, **given: Any) -> Case:
    case = filed(w, **given)
    checked(w, case)
    return signed(w, case, w.officer, w.chief, w.approver)


@kept
def done(w: World, **given: Any) -> Case:
    case = approved(w, **given)
    chosen = [form.code for form in forms_to_sign(application_of(case)) if form.account_form]
    return perform(case, "set", codes=chosen, set_on=taipei_day(now()), by=w.admin, at=now()).case

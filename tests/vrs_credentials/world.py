"""A small world: the commissioned body with its people, an institution, professionals, and cases brought as far as wanted."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.clock import now, today
from accounts.models import Membership, Organisation, User
from accounts.services.roles import grant_role
from casework.cases.doing import perform
from casework.intake.sample import paper
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.papers.wordings import sync_wordings
from tests.kept import kept
from vrs_credentials import permissions as rights
from vrs_credentials.models import Certificate, Course, Lecturer, LedgerEntry, Professional, Qualification
from vrs_credentials.selectors.papers import checklist, qualification_of
from vrs_credentials.services import (
    attending,
    certifying,
    courses,
    education,
    qualifying,
    renewing,
    reviewing,
    training,
    uploading,
)

_numbers = count(1)
LETTER = "勞動發特字第1150500001號"


def national_id(n: int) -> str:
    """The n-th valid number of letter A, male."""
    body = f"1{n:07d}"
    weights = (8, 7, 6, 5, 4, 3, 2, 1)
    total = 1 + sum(int(d) * w for d, w in zip(body, weights, strict=True))
    return f"A{body}{(10 - total % 10) % 10}"


def pdf(title: str = "文件", pages: int = 1) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{title}.pdf", paper(title, ["測試用文件"], pages), content_type="application/pdf")


def person(name: str, **fields: Any) -> User:
    n = next(_numbers)
    return User.objects.create_user(f"vrs{n:05d}", name=name, email=f"vrs{n}@example.com", password="x", **fields)


def professional(name: str = "王小明", n: int | None = None) -> User:
    user = person(name)
    user.set_national_id(national_id(n or next(_numbers)))
    user.save()
    Professional.objects.create(
        user=user,
        birth_on=date(1990, 5, 1),
        postal_code="100",
        address="臺北市中正區館前路77號",
        mobile="0912345678",
        joined_at=now(),
    )
    return user


@dataclass
class World:
    office: Organisation
    institution: Organisation
    handler: User
    secretary: User
    approver: User
    reviewers: list[User]
    clerk: User
    applicant: User


def office_people(office: Organisation, at: datetime) -> dict[str, User]:
    made = {}
    for role in (rights.HANDLER, rights.SECRETARY, rights.APPROVER):
        made[role] = person(f"{office.name}{role}")
        grant_role(user=made[role], role_code=role, organisation=office, by=None, at=at)
    return made


def reviewer(office: Organisation, name: str, employer: Organisation | None = None) -> User:
    user = person(name)
    grant_role(user=user, role_code=rights.REVIEWER, organisation=office, by=None, at=now())
    if employer:
        Membership.objects.create(user=user, organisation=employer, starts_on=date(2020, 1, 1))
    return user


def institution(name: str = "社團法人測試協會", number: str = "04595257") -> tuple[Organisation, User]:
    body = Organisation.objects.create(name=name, kind=Organisation.Kind.INSTITUTION, unified_number=number)
    clerk = person(f"{name}承辦人")
    grant_role(user=clerk, role_code=rights.INSTITUTION, organisation=body, by=None, at=now())
    return body, clerk


@kept
def world() -> World:
    at = now()
    sync_wordings(at=at)
    office = Organisation.objects.create(
        name="中華民國全國工業總會", kind=Organisation.Kind.COMMISSIONED, code="VRS-OFFICE", phone="02-27034529"
    )
    people = office_people(office, at)
    body, clerk = institution()
    return World(
        office, body, people[rights.HANDLER], people[rights.SECRETARY], people[rights.APPROVER],
        [reviewer(office, f"審查委員{n}") for n in "甲乙丙"], clerk, professional(),
    )  # fmt: skip


# --- qualification ----------------------------------------------------------------------------------------------------------

ANSWERS = {"chosen": "programme"}


@kept
def drafted(
    w: World, applicant: User | None = None, *, kind: str = "placement", clause: str = "7-1-4", **answers: Any
) -> Case:
    """A draft with all its papers."""
    who = applicant or w.applicant
    one = qualifying.start(
        person=who, kind=kind, clause=clause, answers={**ANSWERS, **answers}, background={}, at=now()
    )
    fill(one, who)
    return Case.objects.get(pk=one.case_id)


def fill(one: Qualification, who: User) -> None:
    outcome = checklist(one, on=today(), law=law_in_force())
    for code in outcome.result["documents"]:
        uploading.add_paper(
            one.case, code=code, label=code, uploads=[pdf(code)], by=who, at=now(), field="pledge" if code == "pledge" else "document",
            by_hand=True,
        )  # fmt: skip
    perform(one.case, "declare_no_bar", by=who, at=now())


@kept
def filed(w: World, applicant: User | None = None, **given: Any) -> Case:
    case = drafted(w, applicant, **given)
    return perform(case, "file", by=case.person, at=now()).case


@kept
def assigned(w: World, case: Case | None = None) -> Case:
    return perform(case or filed(w), "assign", reviewers=w.reviewers[:2], by=w.handler, at=now()).case


@kept
def opined(w: World, case: Case, *verdicts: str) -> Case:
    for who, verdict in zip(w.reviewers, verdicts or ("pass", "pass"), strict=False):
        perform(case, "opinion", verdict=verdict, comment="說明", by=who, at=now())
    return Case.objects.get(pk=case.pk)


@kept
def to_approve(w: World, case: Case | None = None) -> Case:
    case = opined(w, assigned(w, case))
    return perform(case, "pass_review", by=w.handler, at=now()).case


def approve(w: World, case: Case, **more: Any) -> Case:
    return perform(case, "approve", letter_number=LETTER, letter_on=today(), by=w.approver, at=now(), **more).case


@kept
def turned_down(w: World, case: Case | None = None, reason: str = "科系不符") -> Case:
    """The committee resolved against it; the ministry has the case."""
    case = opined(w, assigned(w, case), "doubt", "pass")
    session = reviewing.call_session(
        office=w.office, held_on=today(), place="會議室", chair="主席", by=w.secretary, at=now()
    )
    case = perform(case, "refer", session=session, by=w.handler, at=now()).case
    reviewing.keep_minutes(session, minutes="不通過", members="甲", by=w.secretary, at=now())
    return perform(case, "decide", decision="reject", reason=reason, by=w.secretary, at=now()).case


def reject(w: World, case: Case, reason: str = "科系不符") -> Case:
    return perform(case, "reject", letter_number=LETTER, letter_on=today(), reason=reason, by=w.approver, at=now()).case


def revoke(w: World, certificate: Certificate, reason: str = "查有準則第十四條情事") -> Certificate:
    given = {"letter_number": LETTER, "letter_on": today(), "by": w.approver, "at": now()}
    return certifying.revoke(certificate, reason=reason, **given)


@kept
def certified(w: World, applicant: User | None = None, **given: Any) -> Certificate:
    case = approve(w, to_approve(w, filed(w, applicant, **given)))
    return Certificate.objects.get(case=case)


# --- courses ----------------------------------------------------------------------------------------------------------------

LECTURER = {"name": "林講師", "clause": "2", "expertise": "社會工作十年", "degree": "社會工作碩士", "post": "督導"}


@kept
def lecturer(w: World, n: int = 900001) -> Lecturer:
    return courses.save_lecturer(w.institution, data={**LECTURER, "national_id": national_id(n)}, by=w.clerk, at=now())


def course_data(starts_on: date, **changes: Any) -> dict[str, Any]:
    return {
        "title": "職業重建專業課程", "is_public": True, "mode": "onsite", "slot": "full", "starts_on": starts_on, "ends_on": starts_on,
        "fee": 0, "place": "臺北市中正區", "audience": ["placement"], **changes,
    }  # fmt: skip


def a_set(hours: str = "6", group: str = "professional") -> dict[str, Any]:
    return {"group": group, "competence": "就業服務", "area": "就業開拓", "hours": Decimal(hours)}


@kept
def course_filed(
    w: World, *, starts_on: date | None = None, sets: Any = None, teacher: Lecturer | None = None, **changes: Any
) -> Course:
    day = starts_on or today() + timedelta(days=40)
    course = courses.start(
        w.institution,
        data=course_data(day, **changes),
        sets=sets or [a_set()],
        lecturers=[teacher or lecturer(w)],
        by=w.clerk,
        at=now(),
    )
    for code in ("course_summary", "flyer", "sign_in_sheet", "handout", "lecturer_profile"):
        uploading.add_paper(course.case, code=code, label=code, uploads=[pdf(code)], by=w.clerk, at=now())
    perform(course.case, "file", by=w.clerk, at=now())
    course.refresh_from_db()
    return course


@kept
def course_approved(w: World, **given: Any) -> Course:
    course = course_filed(w, **given)
    case = approve(w, to_approve(w, Case.objects.get(pk=course.case_id)))
    return Course.objects.get(case=case)


def roster(rows: list[tuple[str, str, str, str]], encoding: str = "utf-8-sig", flags: str = "否,否,否") -> bytes:
    """(day, name, id, hours) lines under the heading and the example."""
    lines = [
        "上課日期,學員姓名,學員身分證字號(或居留證號),時數,離島地區,國際性質,授課者,※表頭以及範例部分請勿刪除",
        "2015/1/1,王小明,A100000001,2,是,是,否,第一筆不能刪",
        *(",".join(row) + f",{flags}" for row in rows),
    ]
    return "\r\n".join(lines).encode(encoding)


def attended(w: World, course: Course, people: list[User], hours: str = "6") -> None:
    """Roster and sheet uploaded for every field."""
    case = Case.objects.get(pk=course.case_id)
    day = course.starts_on.isoformat()
    attending.keep_sheet(case, upload=pdf("簽到表"), by=w.clerk, at=now())
    content = roster([(day, one.name, one.national_id or "", hours) for one in people])
    attending.import_attendance(
        case, files=[(one, "名冊.csv", content) for one in course.fields.all()], by=w.clerk, at=now()
    )


def credited(w: World, course: Course, people: list[User], hours: str = "6") -> None:
    attended(w, course, people, hours)
    perform(course.case, "credit", by=w.handler, at=now())


# --- own education, renewal -------------------------------------------------------------------------------------------------


def education_data(**changes: Any) -> dict[str, Any]:
    return {
        "way": "seminar", "organiser": "職業重建學會", "title": "職業重建研討會", "group": "ethics", "competence": "專業倫理", "area": "倫理",
        "starts_on": today() - timedelta(days=10), "ended_on": today() - timedelta(days=9), "asked_hours": Decimal("6"),
        "kinds": ["placement"], **changes,
    }  # fmt: skip


def education_filed(w: World, applicant: User | None = None, **changes: Any) -> Case:
    who = applicant or w.applicant
    one = education.start(person=who, data=education_data(**changes), at=now())
    for code in ("evidence", "pledge"):
        uploading.add_paper(
            one.case, code=code, label=code, uploads=[pdf(code)], by=who, at=now(), field="pledge" if code == "pledge" else "document",
            by_hand=True,
        )  # fmt: skip
    return perform(one.case, "file", by=who, at=now()).case


def give_hours(certificate: Certificate, hours: dict[str, str], *, held_on: date, by: User) -> None:
    """Entries straight into the ledger, for tests of what follows from them."""
    for group, amount in hours.items():
        LedgerEntry.objects.create(
            certificate=certificate, group=group, base=Decimal(amount), weight=1, hours=Decimal(amount), held_on=held_on,
            source=LedgerEntry.Source.CORRECTION, title="既有時數", reason="移轉", approved_on=held_on, approved_at=now(), approved_by=by,
        )  # fmt: skip


def older(certificate: Certificate, starts_on: date) -> Certificate:
    """The certificate as if issued on an earlier day."""
    from vrs_credentials.rules.renewal import first_period

    first, last = first_period(starts_on, law=law_in_force())
    ends = last + timedelta(days=1)
    Certificate.objects.filter(pk=certificate.pk).update(
        starts_on=first, ends_before=ends, first_ends_before=ends, issued_on=first, letter_on=first
    )
    certificate.refresh_from_db()
    certifying.set_end(certificate, at=now(), law=law_in_force())
    return certificate


def renewal_filed(w: World, certificate: Certificate) -> Case:
    who = certificate.holder
    one = renewing.start_renewal(certificate, person=who, at=now())
    uploading.add_paper(
        one.case, code="pledge", label="切結書", uploads=[pdf("切結書")], by=who, at=now(), field="pledge", by_hand=True
    )
    return perform(one.case, "file", by=who, at=now()).case


def hours_filed(w: World, certificate: Certificate, hours: str = "36") -> Case:
    who = certificate.holder
    one = training.start(
        person=who, purpose="after", kind=certificate.kind, clause=certificate.clause, certificate=certificate, at=now()
    )
    data = {
        "course": "就業服務專業訓練", "hours": Decimal(hours), "trainer": "勞動力發展署", "class_name": "第一班",
        "starts_on": today() - timedelta(days=5), "ends_on": today() - timedelta(days=1), "disabilities": ["physical"],
    }  # fmt: skip
    row = perform(one.case, "save_record", position=None, data=data, by=who, at=now()).answer
    uploading.add_paper(
        one.case,
        code="certificate",
        label="結訓證書",
        uploads=[pdf("正面"), pdf("反面")],
        by=who,
        at=now(),
        subject=row.code,
    )
    uploading.add_paper(
        one.case,
        code="pledge",
        label="切結書",
        uploads=[pdf("切結書")],
        by=who,
        at=now(),
        field="pledge",
        by_hand=True,
    )
    return perform(one.case, "file", by=who, at=now()).case


def reported(w: World, case: Case) -> Case:
    return perform(case, "report", by=w.handler, at=now()).case


__all__ = ["checklist", "qualification_of"]

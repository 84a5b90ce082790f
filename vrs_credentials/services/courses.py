"""繼續教育課程 of an institution: data, lecturers, filing, approval (VRS-05 to VRS-07)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts import crypto
from accounts.identity import every_number
from accounts.locks import locking
from accounts.models import Organisation, User
from accounts.rights import can
from casework.cases import changing
from casework.cases.corrections import Item
from casework.cases.doing import Doing
from casework.cases.moving import next_number, open_case
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import taipei_day
from kernel.facts import Impossible
from kernel.outcome import Outcome
from vrs_credentials.models import Course, CourseField, Lecturer, LecturerPass
from vrs_credentials.permissions import KEEP_LECTURERS, file_right
from vrs_credentials.rules import courses as rules
from vrs_credentials.selectors.outcomes import course_outcomes
from vrs_credentials.services.deciding import decide_by_letter, tell_granted
from vrs_credentials.services.filing import file_application, send_supplement
from vrs_credentials.services.office import office
from vrs_credentials.states import COURSE_KIND

FIELDS = (
    "title", "is_public", "mode", "mode_reason", "slot", "starts_on", "ends_on", "fee", "place", "handling", "audience", "admission",
)  # fmt: skip
THERE_ALREADY = "這位講師已建檔，請直接以姓名或身分證字號查詢帶入。"
LECTURER_FIELDS = (
    "name", "phone", "email", "address", "clause", "certificate_number", "teachable_areas", "degree", "post", "expertise",
)  # fmt: skip


# --- lecturers ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_lecturer(
    institution: Organisation, *, data: Mapping[str, Any], lecturer: Lecturer | None = None, seen: str | None = None, by: User,
    at: datetime,
) -> Lecturer:  # fmt: skip
    """講師資料維護. A lecturer has one row whoever enters it; only who entered it may change it. `seen`: as what the form was drawn
    from, else `lecturer` as it was read."""
    if not can(by, KEEP_LECTURERS, institution):
        raise NotPermitted("您沒有維護講師資料的權限。")
    if lecturer is not None and lecturer.institution_id != institution.pk:
        raise Refused("這位講師由其他單位建檔，資料不能由貴單位修改。")
    outcome = rules.lecturer(
        rules.LecturerFacts(
            competence="", area="", clause=data["clause"], certificate_number=data.get("certificate_number", ""),
            teachable_areas=data.get("teachable_areas", ""), expertise=data.get("expertise", ""),
        ),
        on=taipei_day(at),
        law=law_in_force(),
    )  # fmt: skip
    if not outcome.met:
        raise Refused(outcome.sentence, field="clause", outcomes=[outcome])
    one = Lecturer(institution=institution)
    if lecturer is not None:
        one = locking(Lecturer.objects).get(pk=lecturer.pk)
        changing.unchanged(one, seen or changing.seen(lecturer))
    for name in LECTURER_FIELDS:
        setattr(one, name, data.get(name, ""))
    if data.get("national_id"):
        alike = Lecturer.objects.filter(national_id_index__in=every_number(data["national_id"]))
        if alike.exclude(pk=one.pk).exists():
            raise Refused(THERE_ALREADY, field="national_id")
        one.national_id, one.national_id_index = data["national_id"], crypto.index(data["national_id"])
    try:
        with transaction.atomic():
            one.save()
    except IntegrityError as error:
        raise Refused(THERE_ALREADY, field="national_id") from error
    return one


# --- course data ------------------------------------------------------------------------------------------------------------


def _fields(course: Course, sets: Sequence[Mapping[str, Any]]) -> None:
    if course.fields.filter(imports__isnull=False).exists():
        raise Refused("已有匯入的上課紀錄，課程領域不能再變更。")
    course.fields.all().delete()
    CourseField.objects.bulk_create(CourseField(course=course, position=n, **one) for n, one in enumerate(sets, 1))


@transaction.atomic
def start(
    institution: Organisation, *, data: Mapping[str, Any], sets: Sequence[Mapping[str, Any]], lecturers: Sequence[Lecturer],
    by: User, at: datetime,
) -> Course:  # fmt: skip
    if not can(by, file_right("course"), institution):
        raise NotPermitted("您沒有為這個單位申請課程的權限。")
    case = open_case(
        kind=COURSE_KIND,
        title=f"{institution.name} {data['title']}"[:200],
        office=office(),
        organisation=institution,
        by=by,
        at=at,
    )
    course = Course.objects.create(case=case, **{name: data[name] for name in FIELDS if name in data})
    _fields(course, sets)
    course.lecturers.set(lecturers)
    return course


def save_course(
    doing: Doing, *, data: Mapping[str, Any], sets: Sequence[Mapping[str, Any]], lecturers: Sequence[Lecturer]
) -> None:
    """Write the course's data; the case is named by them. 儲存只是暫存功能，並未真正送出."""
    case = doing.case
    course = Course.objects.get(case=case)
    for name in FIELDS:
        if name in data:
            setattr(course, name, data[name])
    course.save()
    _fields(course, sets)
    course.lecturers.set(lecturers)
    if case.organisation:
        case.title = f"{case.organisation.name} {course.title}"[:200]


# --- filing and approval --------------------------------------------------------------------------------------------------


def course_complete(case: Case, by: User | None, at: datetime) -> Sequence[Outcome]:
    """Refuse what VRS-05 and VRS-06 do on the day of (first) filing."""
    course = Course.objects.select_related("case").get(case=case)
    filed_on = taipei_day(case.filed_at) if case.filed_at else taipei_day(at)
    try:
        outcomes = course_outcomes(course, filed_on=filed_on, law=law_in_force())
    except Impossible as error:
        raise Refused(str(error)) from error
    if refused := [one for one in outcomes if one.met is False]:
        raise Refused("".join(dict.fromkeys(one.sentence for one in refused)), outcomes=refused)
    return outcomes


def file_course(doing: Doing) -> None:
    """Number the course 課程編號 by the day of filing; the series of a day is a row of its own, so a number is given once."""
    course = Course.objects.get(case=doing.case)
    if course.number is None:
        serial = int(next_number(f"C{doing.day:%Y%m%d}", at=doing.at).rpartition("-")[2])
        course.number = rules.course_number(doing.day, serial)
        course.save(update_fields=["number"])
    file_application(doing)


def ask_course_supplement(doing: Doing, *, items: Sequence[Item], message: str) -> None:
    """Ask for a supplement, item by item, within the days of VRS-07."""
    outcome = rules.supplement_due(rules.SupplementFacts(doing.day), on=doing.day, law=law_in_force())
    send_supplement(
        doing, items, message, due_on=date.fromisoformat(outcome.result["due_on"]), rule="VRS-07",
        citation="說明書肆、重要提醒1", outcome=outcome, remind_days=(1,),
    )  # fmt: skip


def approve_course(doing: Doing, *, letter_number: str, letter_on: date) -> None:
    """Pass the lecturers for what they teach here; attendance may be imported from now on."""
    letter = decide_by_letter(doing, letter_number, letter_on)
    course = Course.objects.get(case=doing.case)
    LecturerPass.objects.bulk_create(
        [
            LecturerPass(
                lecturer=lecturer, competence=field.competence, area=field.area, passed_on=doing.day, case=doing.case
            )
            for lecturer in course.lecturers.all()
            for field in course.fields.all()
        ],
        ignore_conflicts=True,
    )
    said = f"課程「{course.title}」（{course.number}）審核通過，課程結束後請匯入上課紀錄並上傳簽到表。"
    tell_granted(doing, letter, said)

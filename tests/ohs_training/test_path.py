"""One institution from application to accreditation; one class from filing to certificates, registers and the county's number."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from casework.cases import corrections
from casework.cases.doing import perform
from casework.deadlines.sweeping import sweep
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case, Deadline, Notice
from casework.papers.documents import bytes_of
from casework.papers.rendering import page_count
from ohs_training.models import Accreditation, Certificate, CertificateBatch
from ohs_training.selectors.chain import class_chain
from ohs_training.selectors.classes import class_of
from ohs_training.services import issuing, planning
from tests.ohs_training import world as w

pytestmark = pytest.mark.django_db


def due(case: Case, code: str) -> date:
    return Deadline.objects.get(case=case, code=f"ohs_training.{code}", met_at=None, withdrawn_at=None).due_on


def test_application_to_the_public_list() -> None:
    """OHS-02 to OHS-05."""
    here = w.world(accredited=False)
    case = w.applied(here)
    assert case.state == "filed"
    items = [{"target": "plan.aim", "label": "計畫目的", "problem": "請補充年度目標"}]
    perform(case, "ask_supplement", items=items, message="", due_on=date(2026, 9, 20), by=here.officer, at=w.APPLIED)
    item = case.correction_requests.get().items.get()
    corrections.answer(item, case=Case.objects.get(pk=case.pk), text="已補充", by=here.staff, at=w.APPLIED)
    perform(case, "supply", by=here.staff, at=w.APPLIED)
    with pytest.raises(Refused, match="最長為 3 年"):
        perform(
            case,
            "accredit",
            starts_on=date(2026, 9, 1),
            ends_on=date(2029, 9, 1),
            letter_number="甲",
            by=here.chief,
            at=w.APPLIED,
        )
    made = perform(
        case,
        "accredit",
        starts_on=date(2026, 9, 1),
        ends_on=date(2029, 8, 31),
        letter_number="甲",
        by=here.chief,
        at=w.APPLIED,
    ).answer
    assert due(case, "entry") == date(2026, 9, 11)
    reapply = Deadline.objects.get(thing_id=made.pk, code="ohs_training.reapply")
    assert reapply.due_on == date(2029, 6, 2)
    assert sorted((made.ends_on - r.on).days for r in reapply.reminders.all()) == [90, 100, 120, 180]
    perform(case, "announce", by=here.officer, at=w.APPLIED)
    perform(case, "enter", by=here.staff, at=w.APPLIED + timedelta(days=9))
    assert Accreditation.objects.get().announced_on == date(2026, 9, 1)
    assert case.documents.get(paper="ohs_accreditation").state == "issued"


@pytest.mark.quick
def test_a_class_from_filing_to_the_countys_number() -> None:
    """OHS-06 to OHS-14: three with something: late, failing then passing the resit, absent a fifth."""
    here = w.world()
    away = {3: {(w.FIRST, "morning")}}  # three of twelve hours: one fifth and more
    case = w.ended(here, away=away)
    training_class = class_of(case)
    assert due(case, "certify") == date(2026, 12, 28)
    assert due(case, "enter") == date(2026, 12, 23)
    assert due(case, "register") == date(2026, 12, 28)
    assert due(case, "resit") == date(2027, 12, 8)
    w.practised(here, case)
    w.photographed(here, case)
    late = w.at(w.SECOND + timedelta(days=3), "11:00")
    people = w.people(case)
    marks = [{"trainee": one.pk, "mark": 50 if one.seat == 2 else 80} for one in people if one.seat != 3]
    with pytest.raises(Refused, match="五分之一"):
        perform(
            case,
            "enter_marks",
            number=1,
            sat_on=date(2026, 12, 10),
            marks=[{"trainee": people[2].pk, "mark": 90}],
            examiner="監考官",
            by=here.authority,
            at=late,
        )
    perform(
        case,
        "enter_marks",
        number=1,
        sat_on=date(2026, 12, 10),
        marks=marks,
        examiner="監考官",
        by=here.authority,
        at=late,
    )
    assert Case.objects.get(pk=case.pk).state == "examined"
    perform(case, "issue", by=here.staff, at=late)
    batch = CertificateBatch.objects.get()
    assert batch.total == 13
    assert issuing.make_files(batch.pk, at=late) == 13
    assert CertificateBatch.objects.get().state == "done"
    numbers = list(Certificate.objects.values_list("number", flat=True))
    assert len(set(numbers)) == 13 and all(n.startswith("勞健證字第115") for n in numbers)
    assert page_count(bytes_of(Certificate.objects.first().document)) == 1
    perform(case, "enter", by=here.staff, at=late)
    perform(case, "report", report_number="健訓字第1150000001號", by=here.staff, at=late)
    perform(case, "close", acknowledgement="府勞安字第1150099999號", by=here.authority, at=late)
    case = Case.objects.get(pk=case.pk)
    assert case.state == "closed"
    # the resit, months after the case was closed, and one certificate more
    resit = w.at(date(2027, 5, 3), "10:00")
    perform(
        case,
        "enter_marks",
        number=2,
        sat_on=date(2027, 5, 1),
        marks=[{"trainee": people[1].pk, "mark": 75}],
        examiner="監考官",
        by=here.authority,
        at=resit,
    )
    perform(case, "issue_more", by=here.staff, at=resit)
    assert CertificateBatch.objects.latest("pk").total == 1
    assert Certificate.objects.count() == 14
    line = class_chain(training_class, on=date(2027, 5, 3), law=law_in_force(), only=people[2].pk).lines[0]
    assert line.chain is not None and line.chain.grounds.result["grounds"] == ["absent_one_fifth"]


def test_in_service_proofs_on_the_day() -> None:
    """OHS-12, OHS-17: in full or not at all."""
    here = w.world()
    case = w.ended(here, training="in_service", away={1: {(w.SECOND, "afternoon")}})
    perform(case, "issue_proofs", by=here.staff, at=w.at(w.SECOND, "16:10"))
    assert CertificateBatch.objects.get().total == 14
    assert set(Certificate.objects.values_list("kind", "issued_on")) == {("proof", w.SECOND)}
    assert due(case, "confirm") == date(2027, 1, 7)


def test_making_up_what_was_missed_opens_the_exam() -> None:
    """OHS-09: six of thirty-six hours on leave, made up course by course."""
    here = w.world()
    case = w.running(here, days=6)
    first, last = w.people(case)[0], w.FIRST + timedelta(days=5)
    w.attend(case, away={1: {(w.SECOND, "afternoon"), (last, "morning")}})
    asked = w.at(w.FIRST, "08:00")
    for day, start, end in ((w.SECOND, "13:00", "15:40"), (last, "09:00", "11:40")):
        perform(
            case, "ask_leave", trainee=first.pk, starts_at=w.at(day, start), ends_at=w.at(day, end), asked_at=asked, sick=False, reason="家中有事", proof=None,
            by=here.tutor, at=asked,
        )  # fmt: skip
    case = perform(case, "end", by=here.tutor, at=w.at(last, "16:00")).case
    training_class, later = class_of(case), w.at(date(2027, 1, 12), "10:00")

    def chain():  # type: ignore[no-untyped-def]
        return class_chain(training_class, on=date(2027, 1, 12), law=law_in_force(), only=first.pk).lines[0].chain

    assert chain().absence.result["make_up_due"] and not chain().absence.result["withdraw"] and not chain().may_sit
    perform(case, "tell_absent", by=here.tutor, at=later)
    assert case.events.get(code="absent.told").label == f"通知補課：{first.name}"

    def made_up(course: str, hours: int, day: date) -> None:
        perform(
            case,
            "make_up",
            trainee=first.pk,
            course=course,
            hours=Decimal(hours),
            held_on=day,
            teacher="甲",
            place="",
            by=here.tutor,
            at=later,
        )

    made_up("健康管理", 1, date(2027, 1, 10))
    made_up("臨場服務實作", 2, date(2027, 1, 10))
    made_up("職業安全衛生法規", 1, date(2027, 1, 11))
    assert not chain().may_sit
    with pytest.raises(Refused, match="不得早於開訓日 115/12/07"):
        made_up("職業病概論", 2, w.FIRST - timedelta(days=1))
    with pytest.raises(Refused, match="不得晚於今天"):
        made_up("職業病概論", 2, date(2027, 1, 13))
    made_up("職業病概論", 2, date(2027, 1, 12))
    assert chain().may_sit and chain().grounds.result["grounds"] != []  # practice is still to be approved


def test_the_sweep_begins_and_ends_a_class() -> None:
    here = w.world()
    case = w.acknowledged(here)
    sweep(on=w.FIRST, at=w.at(w.FIRST, "00:10"))
    case.refresh_from_db()
    assert case.state == "running"
    sweep(on=w.SECOND, at=w.at(w.SECOND, "00:10"))
    case.refresh_from_db()
    assert case.state == "running"
    after = w.SECOND + timedelta(days=1)
    sweep(on=after, at=w.at(after, "00:10"))
    case.refresh_from_db()
    assert case.state == "ended"
    assert due(case, "enter") == date(2026, 12, 23)


def test_an_accreditation_ends_by_itself() -> None:
    """OHS-05."""
    here = w.world()
    assert here.accreditation is not None
    last = here.accreditation.ends_on
    sweep(on=last, at=w.at(last, "00:10"))
    here.accreditation.refresh_from_db()
    assert here.accreditation.state == "in_force"
    after = last + timedelta(days=1)
    sweep(on=after, at=w.at(after, "00:10"))
    here.accreditation.refresh_from_db()
    assert here.accreditation.state == "expired"


def test_a_renewal_takes_over_where_the_first_ends() -> None:
    """OHS-05: decided before it begins; classes stand under the accreditation of their own days."""
    here, end = w.world(accredited=False), date(2026, 12, 31)
    first = w.accredit(here, ends_on=end)
    following = w.accredit(
        here, starts_on=date(2027, 1, 1), ends_on=date(2029, 12, 31), when=w.at(date(2026, 9, 25), "10:00")
    )
    when = w.at(date(2026, 12, 1), "10:00")
    case = w.planned(here, start=date(2027, 1, 4), when=when)
    assert class_of(case).accreditation == following
    assert perform(case, "file", by=here.staff, at=when).case.state == "filed"
    given = {
        "training": "professional",
        "audience": "nurse",
        "title": "跨年班",
        "county": here.county,
        "by": here.staff,
    }
    with pytest.raises(Refused, match="本班之認可至 115/12/31 止"):
        planning.start_class(unit=here.unit, starts_on=end, ends_on=date(2027, 1, 1), at=when, **given)
    with pytest.raises(Refused, match="本班之認可自 116/01/01 起"):
        perform(
            w.planned(here, start=date(2027, 2, 1), people=0, when=when),
            "save_plan",
            data={"starts_on": end},
            by=here.staff,
            at=when,
        )
    sweep(on=date(2027, 1, 1), at=w.at(date(2027, 1, 1), "00:10"))
    first.refresh_from_db(), following.refresh_from_db()
    assert (first.state, following.state) == ("expired", "in_force")
    told = Notice.objects.get(user=here.staff, code="ohs_training.expired")
    assert "續以 116/01/01 至 118/12/31 之認可辦理" in told.body

"""At the same instant: one outcome, numbers unique. Each with a control that shows the race."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from accounts import locks
from casework.cases import doing, moving
from casework.cases.doing import Doing, perform
from casework.errors import NotAllowed, Refused, Stale
from casework.models import Case, Document
from ohs_training.models import (
    Accreditation,
    Certificate,
    CertificateBatch,
    Revocation,
    SignRecord,
    Sitting,
    TrainingClass,
)
from ohs_training.services import attending, examining, issuing, planning, reporting, revoking
from tests.ohs_training import world as w
from tests.parallel import judge_before_writing, meet, together

pytestmark = pytest.mark.django_db(transaction=True)
LATER = w.at(w.SECOND + timedelta(days=5), "10:00")


@pytest.fixture
def here(transactional_db: None) -> w.World:
    return w.world()


def test_two_tablets_sign_the_same_person(here: w.World) -> None:
    case, at = w.running(here), w.at(w.FIRST, "08:50")
    one = w.people(case)[0]
    press = [lambda: attending.sign(case, items=[w.signing(one, wall=at)], sent_wall=at, by=here.tutor, at=at)] * 6
    answers = [answer[0] for answer in together(press)]
    assert sum(a.kept for a in answers) == 1 and all(a.done for a in answers), answers
    assert SignRecord.objects.count() == 1


def test_control_without_the_constraint_both_stand(here: w.World) -> None:
    case, at = w.running(here), w.at(w.FIRST, "08:50")
    one = w.people(case)[0]
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX ohs_sign_once")
    try:
        together(
            [lambda: attending.sign(case, items=[w.signing(one, wall=at)], sent_wall=at, by=here.tutor, at=at)] * 4
        )
        assert SignRecord.objects.count() > 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE ohs_training_signrecord CASCADE")
            cursor.execute(
                "CREATE UNIQUE INDEX ohs_sign_once ON ohs_training_signrecord (trainee_id, day, half, leaving) WHERE voided_at IS NULL"
            )


def test_a_batch_started_twice_issues_once(here: w.World) -> None:
    case = w.examined(here)
    press = [lambda: perform(case, "issue", by=here.staff, at=LATER)] * 2
    answers = together(press)
    assert sum(isinstance(a, Doing) for a in answers) == 1, answers
    assert sum(isinstance(a, (Refused, NotAllowed, Stale)) for a in answers) == 1, answers
    numbers = list(Certificate.objects.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers)) == 15
    batch = CertificateBatch.objects.get()
    made = together([lambda: issuing.make_files(batch.pk, at=LATER)] * 2)
    assert sum(made) == 15 and not Document.objects.filter(ohs_certificate__isnull=False, file="").exists()


def test_control_without_the_row_lock_the_second_batch_is_stopped_by_the_database_alone(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = w.examined(here)
    seen: list[str] = []

    def unlocked(one: Any, *, version: int | None = None) -> Case:
        found = Case.objects.get(pk=one.pk)
        seen.append(found.state)
        return found

    monkeypatch.setattr(doing, "lock", unlocked)
    judge_before_writing(monkeypatch)
    answers = together([lambda: perform(case, "issue", by=here.staff, at=LATER)] * 2)
    assert seen == ["examined", "examined"]  # both saw the class before either had issued
    assert sum(isinstance(a, Exception) and not isinstance(a, (Refused, NotAllowed)) for a in answers) == 1, answers
    assert Certificate.objects.count() == 15


def test_marks_changed_while_certificates_are_issued(here: w.World) -> None:
    """Either the new mark counts or the certificate rests on the old one: never a certificate upon a failing mark."""
    case = w.examined(here)
    one = w.people(case)[0]
    sat_on = Sitting.objects.get(trainee=one).sat_on
    change = [{"trainee": one.pk, "mark": 10}]
    answers = together(
        [
            lambda: perform(case, "issue", by=here.staff, at=LATER),
            lambda: (
                perform(
                    case,
                    "enter_marks",
                    number=1,
                    sat_on=sat_on,
                    marks=change,
                    examiner="",
                    reason="誤植",
                    by=here.authority,
                    at=LATER,
                ).answer
            ),
        ]
    )
    certified, mark = Certificate.objects.filter(trainee=one).exists(), Sitting.objects.get(trainee=one).mark
    assert (certified, mark) in ((True, 80), (False, 10)), answers
    assert sum(isinstance(a, Refused) for a in answers) == (1 if certified else 0), answers


def test_control_without_the_row_lock_and_the_trigger_a_certificate_rests_on_a_failing_mark(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the case's lock prevents: the mark is judged free to change, the certificate is issued meanwhile, the mark falls."""
    case = w.examined(here)
    one = w.people(case)[0]
    sat_on = Sitting.objects.get(trainee=one).sat_on

    def unlocked(given: Any, *, version: int | None = None) -> Case:
        return Case.objects.get(pk=given.pk)

    def slowly(*args: Any, **given: Any) -> Any:
        found = chain(*args, **given)
        issued.wait(30)
        return found

    def issue() -> None:
        perform(case, "issue", by=here.staff, at=LATER)
        issued.set()

    chain, issued = examining.class_chain, threading.Event()
    monkeypatch.setattr(doing, "lock", unlocked)
    monkeypatch.setattr(examining, "class_chain", slowly)
    # The event would be refused its number, taken meanwhile: the second witness is put off as well.
    monkeypatch.setattr(examining, "say", lambda *args, **given: None)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ohs_training_sitting DISABLE TRIGGER ohs_sitting_stands")
    try:
        together(
            [
                lambda: perform(
                    case, "enter_marks", number=1, sat_on=sat_on, marks=[{"trainee": one.pk, "mark": 10}], examiner="", reason="誤植",
                    by=here.authority, at=LATER,
                ).answer,
                issue,
            ]
        )  # fmt: skip
        assert Certificate.objects.filter(trainee=one).exists() and Sitting.objects.get(trainee=one).mark == 10
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ohs_training_sitting ENABLE TRIGGER ohs_sitting_stands")


# --- 十四: what an institution loses, it loses whole --------------------------------------------------------------------------------


def taken(here: w.World) -> Any:
    assert here.accreditation is not None
    case = Case.objects.get(pk=here.accreditation.case_id)
    return perform(
        case, "revoke_or_abolish", decision="withdrawn", grounds=["passed_on"], happened_on=w.PLANNED.date(), letter_number="勞職衛2字第9號",
        heard_on=w.PLANNED.date(), hearing="到場陳述。", reason="委由他機構辦理。", by=here.chief, at=w.PLANNED + timedelta(days=1),
    ).answer  # fmt: skip


def granted(here: w.World, case: Case) -> Any:
    ends_on = w.FIRST.replace(year=2031)
    return perform(
        case, "accredit", starts_on=w.FIRST.replace(year=2029), ends_on=ends_on, letter_number="甲", by=here.chief,
        at=w.PLANNED + timedelta(days=1),
    ).answer  # fmt: skip


def planned(here: w.World) -> Any:
    return planning.start_class(
        unit=here.unit, training="professional", audience="nurse", title="新班", starts_on=w.FIRST, ends_on=w.FIRST,
        county=here.county, by=here.staff, at=w.PLANNED + timedelta(days=1),
    )  # fmt: skip


def broken(answers: list[Any]) -> list[Any]:
    return [a for a in answers if isinstance(a, Exception) and not isinstance(a, (Refused, NotAllowed, Stale))]


def test_the_next_accreditation_is_granted_while_the_first_is_taken(here: w.World) -> None:
    following = w.applied(here, when=w.PLANNED)
    answers = together([lambda: taken(here), lambda: granted(here, following)])
    assert not broken(answers) and isinstance(answers[0], Revocation), answers
    assert not Accreditation.objects.filter(state="in_force").exists()
    assert Case.objects.get(pk=following.pk).state in ("rejected", "abolished")


def test_control_without_the_locks_the_next_one_outlives_the_first(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    following = w.applied(here, when=w.PLANNED)

    def unlocked(*things: Any) -> tuple[Any, ...]:
        return tuple(type(one)._base_manager.get(pk=one.pk) for one in things)

    monkeypatch.setattr(doing, "take", unlocked)
    monkeypatch.setattr(doing, "lock", lambda case: Case.objects.get(pk=case.pk))
    monkeypatch.setattr(revoking, "hold_institution", lambda unit: None)
    judge_before_writing(monkeypatch)
    answers = together([lambda: taken(here), lambda: granted(here, following)])
    assert broken(answers) or Accreditation.objects.filter(state="in_force").exists(), answers


def test_a_class_planned_while_the_accreditation_is_taken(here: w.World) -> None:
    answers = together([lambda: taken(here), lambda: planned(here)])
    assert not broken(answers) and isinstance(answers[0], Revocation), answers
    assert not TrainingClass.objects.exclude(case__state="cancelled").exists()


def test_control_without_the_institutions_row_the_class_stays_planned(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, found = threading.Event(), planning.accreditation_in_force

    def slowly(*args: Any, **given: Any) -> Any:
        one = found(*args, **given)
        lost.wait(30)
        return one

    def take() -> Any:
        row = taken(here)
        lost.set()
        return row

    monkeypatch.setattr(planning, "accreditation_in_force", slowly)
    monkeypatch.setattr(planning, "hold_institution", lambda unit: None)
    together([take, lambda: planned(here)])
    assert TrainingClass.objects.filter(case__state="draft").exists()


def both_held(here: w.World, monkeypatch: pytest.MonkeyPatch, *, backwards: bool = False) -> list[Any]:
    """An officer claims two classes in one transaction, by key; the act that takes the accreditation is made to hold its cases
    one after the other, with a meeting at the second class.
    """
    first = w.filed(here, start=w.FIRST + timedelta(days=14))
    second = w.planned(here, people=0, start=w.FIRST)
    real = locks.held_of

    def held_of(model: Any, keys: Any) -> dict[Any, Any]:
        held: dict[Any, Any] = {}
        for key in sorted(keys, reverse=backwards):
            held |= real(model, [key])
            if model is Case and key == second.pk:
                meet(3)
        return held

    def claim() -> None:
        with transaction.atomic():
            moving.lock(first)
            meet(3)
            moving.lock(second)

    monkeypatch.setattr(locks, "held_of", held_of)
    return together([claim, lambda: taken(here)])


def test_classes_held_by_their_keys_while_the_accreditation_is_taken(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = both_held(here, monkeypatch)
    assert not broken(answers) and isinstance(answers[1], Revocation), answers


def test_control_in_another_order_they_wait_for_each_other(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = both_held(here, monkeypatch, backwards=True)
    assert "deadlock" in str(broken(answers)), answers


def test_hours_confirmed_while_proofs_are_issued(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both go through: the case is held before the trainee. The other way round they wait for each other."""
    case = w.ended(here, training="in_service")
    one = w.people(case)[0]
    user = w.trainee_user(one)
    number, judge = issuing.next_number, reporting.issue.confirmation

    def numbered(*args: Any, **given: Any) -> Any:
        meet(3)
        return number(*args, **given)

    def judged(*args: Any, **given: Any) -> Any:
        meet(3)
        return judge(*args, **given)

    monkeypatch.setattr(issuing, "next_number", numbered)
    monkeypatch.setattr(reporting.issue, "confirmation", judged)
    answers = together(
        [
            lambda: reporting.confirm_hours(one, answer="confirmed", remark="", by=user, at=LATER),
            lambda: perform(case, "issue_proofs", by=here.staff, at=LATER),
        ]
    )
    assert not [a for a in answers if isinstance(a, Exception)], answers

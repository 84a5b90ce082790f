"""Two different acts on a class at one instant, each with a control that fails once the promise is taken away."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from casework.cases import attachments
from casework.cases.doing import perform
from casework.errors import Refused
from casework.models import Case, Document
from ohs_training.models import Certificate, CertificateBatch, SignRecord
from ohs_training.services import attending, issuing
from tests.meeting import walk
from tests.ohs_training import world as w
from tests.parallel import meanwhile, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
LATER = w.at(w.SECOND + timedelta(days=5), "10:00")


@pytest.fixture
def here(transactional_db: None) -> w.World:
    return w.world()


def _sheet(case: Case, here: w.World, at: Any) -> int:
    line = {"trainee": w.people(case)[0].pk, "came": w.at(w.FIRST, "08:55"), "left": None, "tampered": False}
    return perform(case, "enter_sheet", day=w.FIRST, half="morning", lines=[line], by=here.tutor, at=at).answer


def test_a_sheet_met_by_a_tablet_is_refused_in_words(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tablet has its signature in when the sheet's line is written: it was there first."""
    case, at = w.running(here), w.at(w.FIRST, "09:10")
    one = w.people(case)[0]
    SIGNED = SignRecord.objects.create
    real = attending.uuid5

    def signed(*given: Any) -> Any:
        if not SignRecord.objects.exists():
            SIGNED(
                trainee=one, day=w.FIRST, half="morning", leaving=False, at=at, received_at=at, source="tablet",
                client_key=real(*given), recorded_by=here.tutor,
            )  # fmt: skip
        return real(given[0], "of the sheet")

    monkeypatch.setattr(attending, "uuid5", signed)
    with pytest.raises(Refused, match="剛才已由平板簽到"):
        _sheet(case, here, at)


def test_a_tablet_waits_for_the_sheet_and_is_answered(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    case, at = w.running(here), w.at(w.FIRST, "09:10")
    one = w.people(case)[0]
    came_to = meanwhile(
        monkeypatch, attending, "uuid5",
        lambda: attending.sign(case, items=[w.signing(one, wall=at)], sent_wall=at, by=here.tutor, at=at), wait=1,
    )  # fmt: skip
    assert _sheet(case, here, at) == 1
    (answer,) = came_to()
    assert (answer.kept, answer.done) == (False, True)
    assert "以先簽者為準" in answer.text


def _signed_after_the_end(here: w.World, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], int]:
    case = w.running(here)
    w.attend(case, away={1: {(w.SECOND, "afternoon")}})
    at, one = w.at(w.SECOND, "16:00"), w.people(case)[0]
    came_to = meanwhile(
        monkeypatch, attending, "judge_signature", lambda: perform(case, "end", by=here.tutor, at=at).case, wait=20
    )
    signing = w.signing(one, half="afternoon", leaving=True, wall=at)
    answers = attending.sign(case, items=[signing], sent_wall=at, by=here.tutor, at=at)
    assert isinstance(came_to(), Case)
    return answers, SignRecord.objects.filter(trainee=one, day=w.SECOND, half="afternoon").count()


def test_a_class_that_has_ended_takes_no_signature(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    (answer,), kept = _signed_after_the_end(here, monkeypatch)
    assert "不在訓練期間" in answer.text
    assert kept == 0


def test_control_with_the_state_as_it_was_read_it_is_kept(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    class Running:
        state = "running"

    monkeypatch.setattr(attending, "lock", lambda case: Running)
    (answer,), kept = _signed_after_the_end(here, monkeypatch)
    assert answer.kept
    assert kept == 1


def _two_reissues(here: w.World, **more: Any) -> tuple[list[Any], int]:
    case = w.issued(here)
    one = w.people(case)[0]
    shown = Certificate.objects.get(trainee=one).pk
    given = {"trainee": one.pk, "reason": "遺失", "by": here.staff}
    acts: list[Callable[[], Any]] = [
        lambda n=n: perform(case, "reissue_certificate", at=LATER + timedelta(seconds=n), certificate=shown, **given)  # type: ignore[misc]
        for n in range(2)
    ]
    return together(acts), Certificate.objects.filter(trainee=one).count()


def test_one_loss_is_reissued_once(here: w.World) -> None:
    answers, rows = _two_reissues(here)
    assert rows == 2, answers
    assert sum(isinstance(one, Refused) and "已補發或撤銷" in one.message for one in answers) == 1, answers


def test_control_without_the_one_that_was_shown_it_is_reissued_twice(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = issuing._in_force

    def unasked(case: Case, trainee: int, shown: int | None) -> Certificate:
        row = real(case, trainee, None)
        row.replaces_id = None  # nor is it asked whether that was a moment ago
        return row

    monkeypatch.setattr(issuing, "_in_force", unasked)
    answers, rows = _two_reissues(here)
    assert rows == 3, answers


def test_reissued_and_revoked_at_once_nobody_reads_an_error(here: w.World) -> None:
    case = w.issued(here)
    given = {"trainee": w.people(case)[0].pk, "reason": "x", "by": here.staff, "at": LATER}
    answers = together(
        [
            lambda: perform(case, "reissue_certificate", **given),
            lambda: perform(case, "revoke_certificate", **given),
        ]
    )
    assert not [one for one in answers if isinstance(one, Exception) and not isinstance(one, Refused)], answers


def _issued_while_the_worker_ends(here: w.World, monkeypatch: pytest.MonkeyPatch) -> tuple[CertificateBatch, int]:
    """The worker finishes the batch between the act's reading of it and its writing."""
    case = w.examined(here, failing=(1,))
    perform(case, "issue", by=here.staff, at=LATER)
    batch = CertificateBatch.objects.get()
    resit = [{"trainee": w.people(case)[0].pk, "mark": 90}]
    perform(
        case,
        "enter_marks",
        number=2,
        sat_on=LATER.date(),
        marks=resit,
        examiner="",
        by=here.authority,
        at=LATER + timedelta(hours=1),
    )
    save, threads = CertificateBatch.save, list[threading.Thread]()

    def worker() -> None:
        try:
            issuing.make_files(batch.pk, at=LATER)
        finally:
            connection.close()

    def saved(self: CertificateBatch, *given: Any, **named: Any) -> None:
        if not threads and threading.current_thread() is threading.main_thread():
            threads.append(threading.Thread(target=worker))
            threads[0].start()
            threads[0].join(60)
        save(self, *given, **named)

    monkeypatch.setattr(CertificateBatch, "save", saved)
    perform(Case.objects.get(pk=case.pk), "issue_more", by=here.staff, at=LATER + timedelta(hours=2))
    monkeypatch.setattr(CertificateBatch, "save", save)
    assert threads
    issuing.run_waiting(at=LATER + timedelta(hours=3))
    left = Document.objects.filter(ohs_certificate__isnull=False, file="").count()
    return CertificateBatch.objects.get(), left


def test_a_finished_batch_has_made_what_it_says_it_is_of(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    batch, left = _issued_while_the_worker_ends(here, monkeypatch)
    assert (batch.made, left) == (batch.total, 0)


def test_control_a_batch_that_is_only_read_ends_without_the_last(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = issuing.locking

    def read(rows: Any, *, skip: bool = False) -> Any:
        return rows.all() if rows.model is CertificateBatch and not skip else real(rows, skip=skip)

    monkeypatch.setattr(issuing, "locking", read)
    batch, left = _issued_while_the_worker_ends(here, monkeypatch)
    assert batch.made < batch.total
    assert left == 1


def _free(case: Case) -> bool:
    """Whether nobody holds the case."""
    with transaction.atomic():
        return Case.objects.select_for_update(skip_locked=True).filter(pk=case.pk).exists()


def test_an_upload_is_judged_while_nobody_waits_for_it(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    case, at = w.running(here), w.at(w.FIRST, "09:10")
    free: list[Any] = []
    real = attachments.judge

    def judge(*given: Any, **named: Any) -> Any:
        free.extend(together([lambda: _free(case)]))
        return real(*given, **named)

    monkeypatch.setattr(attachments, "judge", judge)
    perform(
        case, "ask_leave", trainee=w.people(case)[0].pk, starts_at=w.at(w.SECOND, "09:00"), ends_at=w.at(w.SECOND, "12:00"), asked_at=at,
        sick=True, reason="就醫", proof=w.pdf(), by=here.tutor, at=at,
    )  # fmt: skip
    assert free == [True]


def test_many_people_at_a_few_cases_break_nothing(here: w.World) -> None:
    w.filed(here)
    w.running(here)
    walked = walk("ohs_training", steps=10)
    assert not walked.unexpected, walked.said()
    assert not walked.broken, walked.said()
    assert walked.outcomes["done"], walked.said()

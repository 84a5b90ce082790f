"""Acts that meet in the database: tried once more from the start, then a sentence; nobody reads that the database is away."""

import re
import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction
from django.test import RequestFactory
from psycopg.errors import DeadlockDetected

from accounts.errors import BUSY
from accounts.views import errors
from casework import tasks
from casework.cases import receipts
from casework.cases.moving import lock
from casework.cases.receipts import once
from casework.deadlines import sweeping
from casework.errors import Busy, NotAllowed, Refused
from casework.jobs.runs import each_alone
from casework.models import Deadline, Notice, Receipt
from casework.views import bulk_acts
from tests.casework import toy
from tests.casework.jobs import AT, ON, case, handlers, kind_of_case, office, owe, person
from tests.parallel import together

DEADLOCK, WAITED, TOO_LONG = "40P01", "55P03", "57014"


def _gives_up(state: str) -> None:
    """What PostgreSQL answers to whoever it takes out of a circle, or who has waited too long."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'met' USING ERRCODE = '{state}'; END $$")


def _met(times: int, state: str = DEADLOCK) -> tuple[Callable[[], dict[str, Any]], list[int]]:
    tries: list[int] = []

    def do() -> dict[str, Any]:
        tries.append(len(tries))
        if len(tries) <= times:
            _gives_up(state)
        return {"done": True}

    return do, tries


@pytest.mark.django_db
@pytest.mark.parametrize("state", [DEADLOCK, WAITED, TOO_LONG])
def test_an_act_that_met_another_is_begun_again_one_time(state: str) -> None:
    do, tries = _met(1, state)
    user, key = person(), uuid4()
    assert once(user=user, key=key, act="a", thing="x", at=AT, do=do) == ({"done": True}, True)
    assert once(user=user, key=key, act="a", thing="x", at=AT, do=do) == ({"done": True}, False)
    assert len(tries) == 2


@pytest.mark.django_db
def test_met_again_it_says_so_and_the_key_is_free_for_another_press() -> None:
    do, tries = _met(2)
    user, key = person(), uuid4()
    with pytest.raises(Busy, match="有人正在辦理"):
        once(user=user, key=key, act="a", thing="x", at=AT, do=do)
    assert len(tries) == 2
    assert not Receipt.objects.exists()
    assert once(user=user, key=key, act="a", thing="x", at=AT, do=do) == ({"done": True}, True)


@pytest.mark.django_db
def test_a_database_that_is_away_is_not_taken_for_somebody_else() -> None:
    def do() -> dict[str, Any]:
        raise OperationalError("server closed the connection")

    with pytest.raises(OperationalError, match="server closed"):
        once(user=person(), key=uuid4(), act="a", thing="x", at=AT, do=do)


# --- two connections -------------------------------------------------------------------------------------------------


def _in_a_circle(press: Callable[..., Any]) -> list[Any]:
    """Two acts take two cases in two orders, each holding its first before it asks for its second."""
    with kind_of_case():
        branch, user = office(), person()
        one, two = case(office=branch), case(office=branch)
        both = threading.Barrier(2)
        first: set[int] = set()

        def act(mine: int, other: int) -> dict[str, Any]:
            lock(mine)
            if mine not in first:
                first.add(mine)
                both.wait(20)
            lock(other)
            return {}

        return together(
            [
                lambda: press(user, lambda: act(one.pk, two.pk)),
                lambda: press(user, lambda: act(two.pk, one.pk)),
            ]
        )


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_of_two_in_a_circle_the_one_taken_out_goes_through_a_moment_later() -> None:
    answers = _in_a_circle(lambda user, do: once(user=user, key=uuid4(), act="a", thing="x", at=AT, do=do))
    assert answers == [({}, True)] * 2


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_second_try_one_of_them_is_lost() -> None:
    answers = _in_a_circle(lambda user, do: receipts._once(user, uuid4(), "a", "x", AT, do))
    lost = [one for one in answers if isinstance(one, OperationalError)]
    assert len(lost) == 1
    assert "deadlock" in str(lost[0])


def _pressed_on_a_held_case(press: Callable[[int], Any]) -> Any:
    with kind_of_case():
        found = case()

        def limited() -> Any:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
            return press(found.pk)

        with transaction.atomic():
            lock(found)
            return together([limited])[0]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_whoever_waits_for_a_case_that_somebody_holds_is_told() -> None:
    user, tries = person(), []

    def press(pk: int) -> Any:
        def do() -> dict[str, Any]:
            tries.append(pk)
            lock(pk)
            return {}

        return once(user=user, key=uuid4(), act="a", thing="x", at=AT, do=do)

    answer = _pressed_on_a_held_case(press)
    assert isinstance(answer, Busy)
    assert answer.message == BUSY
    assert len(tries) == 2


@pytest.mark.django_db(transaction=True)
def test_limits_are_those_of_the_settings(settings) -> None:
    asked = re.findall(r"-c (\w+)=(\d+)s", settings.DATABASES["default"]["OPTIONS"]["options"])
    assert {name for name, _ in asked} == {"lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"}
    with connection.cursor() as cursor:
        for name, seconds in asked:
            cursor.execute("SELECT setting::int / 1000 FROM pg_settings WHERE name = %s", [name])
            assert cursor.fetchone() == (int(seconds),)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_many_cases_at_once_leave_out_the_one_that_somebody_is_at() -> None:
    with kind_of_case():
        branch = office()
        free, held = case(office=branch), case(office=branch)

        class Everything:
            def cases(self) -> Any:
                return type(free).objects.all()

        with transaction.atomic():
            lock(held)
            chosen = [(free.pk, free.version), (held.pk, held.version)]
            (rows,) = together(
                [lambda: bulk_acts.run(bulk_acts.What("release"), chosen, Everything(), by=person(), at=AT)]
            )
    assert [row["answer"] for row in rows] == ["這件案件不在您手上。", BUSY]


# --- what the person reads -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cause", "words"), [(DeadlockDetected(), BUSY), (None, "系統暫停服務")])
def test_the_page_of_errors_knows_the_one_from_the_other(rf: RequestFactory, cause: Any, words: str) -> None:
    try:
        raise OperationalError("x") from cause
    except OperationalError:
        answer = errors.server_error(rf.get("/"))
    assert answer.status_code == 503
    assert words in answer.content.decode()


@pytest.fixture
def met(monkeypatch: pytest.MonkeyPatch) -> None:
    from casework.views import applicant

    monkeypatch.setattr(applicant, "write", lambda *given, **named: _gives_up(WAITED))


@pytest.mark.django_db
def test_a_form_keeps_what_was_typed(scene, met: None) -> None:
    found = toy.case(office=scene.branch, unit=scene.unit, by=scene.contact, at=AT)
    posted = {"version": found.version, "key": str(uuid4()), "body": "請問還缺什麼？"}
    answer = scene.client(scene.contact).post(f"/cases/{found.number}/message/", posted)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert BUSY in text
    assert "請問還缺什麼？" in text


@pytest.mark.django_db
def test_an_act_without_a_form_answers_with_the_sentence(scene, monkeypatch: pytest.MonkeyPatch) -> None:
    from casework.views import agency

    monkeypatch.setattr(agency, "keep_filter", lambda *given, **named: _gives_up(DEADLOCK))
    answer = scene.client(scene.officer).post("/admin/work/filters/", {"name": "我的", "query": ""})
    assert answer.status_code == 422
    assert BUSY in answer.content.decode()


# --- jobs ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_sweep_leaves_out_the_one_thing_that_meets_an_act_and_goes_on() -> None:
    with kind_of_case(), handlers() as register:
        branch = office()
        rows = [owe(case(office=branch)) for _ in range(5)]
        done: list[int] = []

        def acts(found: list[Deadline], at: Any) -> None:
            for row in found:
                Notice.objects.filter(pk=row.pk).update(subject="x")
                if row.pk == rows[2].pk:
                    _gives_up(DEADLOCK)
            done.extend(row.pk for row in found)

        register("test.answer", acts)
        report = sweeping.sweep(on=ON.replace(day=ON.day + 1), at=AT)
    assert done == [row.pk for row in rows if row.pk != rows[2].pk]
    assert (report.lapsed["test.answer"], report.left, report.failed) == (4, 1, [])
    rows[2].refresh_from_db()
    assert rows[2].open


@pytest.mark.parametrize(("left", "failed", "again"), [(0, [], False), (1, [], True), (0, ["x"], True)])
def test_what_was_left_or_failed_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, left: int, failed: list[str], again: bool
) -> None:
    class Again(Exception):
        pass

    def retry(countdown: int) -> Exception:
        assert countdown == 120
        return Again()

    monkeypatch.setattr(sweeping, "sweep", lambda **given: sweeping.SweepReport(ON, False, left=left, failed=failed))
    monkeypatch.setattr(tasks.sweep_daily, "retry", retry)
    if again:
        with pytest.raises(Again):
            tasks.sweep_daily.run()
    else:
        tasks.sweep_daily.run()


@pytest.mark.django_db
def test_a_job_goes_on_past_what_it_cannot_do_now() -> None:
    def act(n: int) -> bool:
        with transaction.atomic():
            match n:
                case 1:
                    raise NotAllowed("已取消")
                case 2:
                    raise Refused("沒有")
                case 3:
                    _gives_up(WAITED)
        return n != 5

    assert each_alone(range(6), act) == 2  # 0 and 4; of 5 nothing came


@pytest.mark.django_db
def test_a_job_stops_where_the_database_is_away() -> None:
    def act(n: int) -> bool:
        raise OperationalError("server closed the connection")

    with pytest.raises(OperationalError):
        each_alone([1], act)

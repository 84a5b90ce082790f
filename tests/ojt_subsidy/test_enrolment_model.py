"""Any order of enrol, withdraw, accept and expire: the waiting list against a model of thirty lines."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.errors import NotAllowed, Refused
from ojt_subsidy.models import Enrolment
from ojt_subsidy.services import enrolling, screening
from tests import lock_order
from tests.ojt_subsidy import world as w

SEATS, PEOPLE = 2, 5


class Model:
    """Who stands where: states by number, seats counted, the next in order moving up."""

    HOLDS = ("filed", "asked", "accepted")

    def __init__(self) -> None:
        self.state: dict[int, str] = {}
        self.who: dict[int, int] = {}

    def _held(self) -> int:
        return sum(state in self.HOLDS for state in self.state.values())

    def enrol(self, person: int) -> bool:
        if any(self.who[n] == person and self.state[n] in (*self.HOLDS, "waiting") for n in self.state):
            return False
        number = len(self.state) + 1
        self.who[number] = person
        self.state[number] = "filed" if self._held() < SEATS and "waiting" not in self.state.values() else "waiting"
        return True

    def leave(self, number: int, to: str, allowed: tuple[str, ...]) -> bool:
        if self.state.get(number) not in allowed:
            return False
        self.state[number] = to
        for n in sorted(self.state):
            if self.state[n] == "waiting" and self._held() < SEATS:
                self.state[n] = "asked"
        return True

    def accept(self, number: int) -> bool:
        if self.state.get(number) == "asked":
            self.state[number] = "accepted"
        return self.state.get(number) == "accepted"


ACTS = st.lists(
    st.tuples(st.sampled_from(("enrol", "withdraw", "accept", "expire")), st.integers(0, PEOPLE - 1)),
    min_size=4,
    max_size=14,
)


class _Undo(Exception):
    pass


@pytest.mark.django_db
def test_enrol_withdraw_accept_expire_as_the_model_says(here):
    course = w.published(here, seats=SEATS)
    people = [w.trainee() for _ in range(PEOPLE)]
    late = w.now() + timedelta(days=15)

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(acts=ACTS)
    def compare(acts):
        model = Model()
        try:
            with lock_order.of_the_test():
                for act, k in acts:
                    assert _do(course, people, act, k, late) == _model(model, act, k), (acts, act, k)
                    rows = Enrolment.objects.filter(course=course).order_by("number")
                    assert {
                        r.number: "accepted" if r.accepted_at and r.state == "asked" else r.state for r in rows
                    } == model.state
                    seats = [r.seat for r in rows if r.seat is not None]
                    assert len(seats) == len(set(seats)) <= SEATS
                raise _Undo
        except _Undo:
            pass

    compare()


def _model(model, act, k):
    if act == "enrol":
        return model.enrol(k)
    if act == "withdraw":
        return model.leave(k + 1, "withdrawn", ("filed", "waiting", "asked", "accepted"))
    if act == "accept":
        return model.accept(k + 1)
    return model.leave(k + 1, "lapsed", ("asked",))


def _do(course, people, act, k, late):
    from uuid import uuid4

    if act == "enrol":
        try:
            enrolling.enrol(code=course.code, person=people[k], key=uuid4(), at=w.now())
        except Refused:
            return False
        return True
    row = Enrolment.objects.filter(course=course, number=k + 1).select_related("person").first()
    if row is None:
        return False
    try:
        if act == "expire":
            return screening.lapse(row, at=late)
        (enrolling.withdraw if act == "withdraw" else enrolling.accept)(row, by=row.person, at=w.now())
    except (Refused, NotAllowed):
        return False
    return True

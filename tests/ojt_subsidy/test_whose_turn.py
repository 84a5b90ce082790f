"""等我處理 and the days of a trainee: to confirm after the unit asked; the chief's dossier; the cashier's lines."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.clock import today
from accounts.models import User
from casework.selectors.agenda import agenda
from ojt_subsidy.models import Course
from ojt_subsidy.services import closing, enrolling, screening
from tests.ojt_subsidy import world as w

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False


def waits(user: User) -> list[str]:
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return [row["title"] for row in client.get("/").context["waiting"]]


def test_a_trainee_sees_what_to_confirm_and_until_when(here: w.World) -> None:
    course = w.published(here)
    who, other = w.trainee(), w.trainee()
    row = w.enrolled(course, who)
    assert waits(who) == [] and agenda(who, today=today()) == []
    at = max(w.now(), w.opening(course))
    until = today() + timedelta(days=5)
    screening.ask(row, respond_by=until, by=here.clerk, at=at)
    assert waits(who) == [f"確認參訓並繳費：{course.title}"] and waits(other) == []
    [day] = agenda(who, today=today())
    assert (day.deadline.due_on, day.uid) == (until, f"ojt_subsidy.respond-ojt_subsidy.enrolment-{row.pk}")
    assert agenda(who, today=today(), until=until - timedelta(days=1)) == [] == agenda(other, today=today())
    enrolling.accept(row, by=who, at=at)
    assert waits(who) == [] and agenda(who, today=today()) == []


def test_chief_and_cashier_see_their_part_of_a_dossier(here: w.World) -> None:
    course = w.published(here)
    rows = [w.admitted(here, course, w.trainee())]
    w.insured(here, rows[0])
    at = w.held(here, course, rows)
    one = closing.start_closing(Course.objects.select_related("case").get(pk=course.pk), by=here.clerk, at=at)
    closing.file_closing(one.case, by=here.clerk, at=at)
    assert one.case.title in waits(here.officer) and one.case.title not in waits(here.chief)
    closing.forward(one.case, by=here.officer, at=at)
    assert one.case.title in waits(here.chief) and one.case.title not in waits(here.officer)
    closing.approve(one.case, by=here.chief, at=at)
    assert waits(here.cashier) == []
    w.approved_lines(here, one, at)
    assert waits(here.cashier) == ["待列入撥款清冊 1 筆"]

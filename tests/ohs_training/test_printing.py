"""附表五、十、十一 in the office's hands: identifiers masked, or whole for a reason that is written down."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.urls import reverse

from accounts.models import AccessLog
from kernel.identifiers import mask_person_id
from tests.ohs_training import world as w
from tests.ohs_training.faces import client_of
from tests.security.demonstration import quick_papers
from tests.security.walk import words_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings) -> Iterator[None]:
    """Papers carry their words in clear: how they look is tests/ohs_training/test_pages.py's."""
    settings.STAFF_SECOND_FACTOR = False
    with quick_papers():
        yield


def text_of(answer: HttpResponse) -> str:
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    return "".join(words_of(answer.content).decode(errors="replace").split())


def test_the_office_reads_them_masked_or_says_why() -> None:
    here = w.world()
    case = w.issued(here)
    people = [one.national_id for one in w.people(case)]
    revealed = AccessLog.objects.filter(action=AccessLog.Action.REVEAL)
    with time_machine.travel(w.at(w.SECOND + timedelta(days=4), "10:00"), tick=False):
        own, chief, county = client_of(here.staff), client_of(here.chief), client_of(here.authority)
        for word in ("roster", "marks", "certificates"):
            office = reverse("admin:ohs_print", args=[case.number, word])
            said = text_of(own.get(reverse("ohs_training:print", args=[case.number, word])))
            mine = [number for number in people if number in said]
            assert mine, word
            for answer in (
                chief.get(office),
                chief.post(office, {"reason": "核對名冊"}),
                county.get(office, {"masked": "1"}),
            ):
                said = text_of(answer)
                assert not [number for number in people if number in said], word
                assert all(mask_person_id(number) in said for number in mine), word
            assert county.get(office)["Content-Type"].startswith("text/html")
            assert county.post(office, {"reason": ""}).status_code == 422
            before = revealed.count()
            said = text_of(county.post(office, {"reason": "核對受訓人員名冊"}))
            assert all(number in said for number in mine), word
            assert revealed.count() == before + 1
            line = revealed.latest("pk")
            assert line.user == here.authority and line.reason == "核對受訓人員名冊" and case.number in line.subject
        # without identifiers nobody is asked
        assert text_of(county.get(reverse("admin:ohs_print", args=[case.number, "timetable"])))
    assert not revealed.exclude(user=here.authority).exists()

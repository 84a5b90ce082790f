"""Every page of the scheme by whoever it is for, and by people with the same rights elsewhere; queries of lists pinned."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from casework.cases.doing import perform
from casework.models import Case
from ohs_training.selectors.classes import class_of
from ohs_training.services import inspecting, issuing
from tests.ohs_training import world as w

pytestmark = pytest.mark.django_db

CLASS_PAGES = (
    "class", "plan", "teachers", "timetable", "roster", "trainee_new", "versions", "attendance", "tablet", "tablet_state", "roll_call",
    "absence", "practice", "fees", "certificates", "batch", "records",
)  # fmt: skip
PRINTS = ("filing", "timetable", "teachers", "roster", "sign-in", "roll-call", "marks", "certificates", "proofs")


@pytest.fixture(autouse=True)
def _plain(settings) -> None:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_pages_of_a_class_by_institution_county_ministry_and_strangers() -> None:
    here = w.world()
    case = w.issued(here)
    issuing.run_waiting(at=w.at(w.SECOND + timedelta(days=6), "10:00"))
    with time_machine.travel(w.at(w.SECOND + timedelta(days=6), "10:00"), tick=False):
        own, stranger = client_of(here.staff), client_of(here.stranger)
        tutor, county, elsewhere, ministry = map(
            client_of, (here.tutor, here.authority, here.other_authority, here.officer)
        )
        for name in CLASS_PAGES:
            address = reverse(f"ohs_training:{name}", args=[case.number])
            assert own.get(address).status_code == 200, name
            assert stranger.get(address).status_code == 404, name
            assert Client().get(address).status_code == 302, name
        first = w.people(case)[0]
        assert own.get(reverse("ohs_training:trainee", args=[case.number, first.pk])).status_code == 200
        assert own.get(reverse("ohs_training:photo", args=[case.number, first.pk]))["Content-Type"] == "image/jpeg"
        sign = first.signs.first()
        assert own.get(reverse("ohs_training:signature", args=[case.number, sign.pk]))["Content-Type"] == "image/png"
        assert stranger.get(reverse("ohs_training:photo", args=[case.number, first.pk])).status_code == 404
        # a tutor signs people in and does not plan
        assert tutor.get(reverse("ohs_training:tablet", args=[case.number])).status_code == 200
        assert tutor.get(reverse("ohs_training:plan", args=[case.number])).status_code == 404
        page = reverse("admin:ohs_class", args=[case.number])
        assert (county.get(page).status_code, ministry.get(page).status_code, elsewhere.get(page).status_code) == (
            200,
            200,
            404,
        )
        marks = reverse("admin:ohs_marks", args=[case.number])
        assert (county.get(marks).status_code, ministry.get(marks).status_code, elsewhere.get(marks).status_code) == (
            200,
            404,
            404,
        )
        assert own.get(page).status_code == 302
        assert county.get(reverse("admin:case", args=[case.number])).status_code == 200
        assert own.get(reverse("casework:case", args=[case.number])).status_code == 200


def test_every_form_prints() -> None:
    here = w.world()
    case = w.ended(here)
    with time_machine.travel(w.at(w.SECOND + timedelta(days=1), "10:00"), tick=False):
        own, stranger = client_of(here.staff), client_of(here.stranger)
        for paper in PRINTS:
            answer = own.get(reverse("ohs_training:print", args=[case.number, paper]))
            assert answer.status_code == 200 and answer.content.startswith(b"%PDF"), paper
            assert stranger.get(reverse("ohs_training:print", args=[case.number, paper])).status_code == 404
        assert own.get(reverse("ohs_training:print", args=[case.number, "no-such"])).status_code == 404


def test_front_list_and_homes() -> None:
    here = w.world()
    w.filed(here)
    with time_machine.travel(w.PLANNED + timedelta(days=2), tick=False):
        assert Client().get(reverse("ohs_training:home")).status_code == 200
        listed = Client().get(reverse("ohs_training:institutions"), {"q": "職業健康"})
        assert "社團法人臺灣職業健康護理學會" in listed.content.decode()
        assert client_of(here.staff).get(reverse("ohs_training:home")).status_code == 200
        assert client_of(here.authority).get(reverse("ohs_training:home")).url == reverse("admin:ohs_board")
        for name in ("ohs_board", "ohs_institutions", "ohs_inspections", "ohs_retention"):
            assert client_of(here.authority).get(reverse(f"admin:{name}")).status_code == 200, name
            assert client_of(here.officer).get(reverse(f"admin:{name}")).status_code == 200, name
        assert client_of(here.officer).get(reverse("admin:ohs_statistics")).status_code == 200
        assert client_of(here.authority).get(reverse("admin:ohs_statistics")).status_code == 404
        assert client_of(here.stranger).get(reverse("ohs_training:class_new")).status_code == 200
        assert client_of(here.staff).get(reverse("portal:home")).status_code == 200
        said = client_of(here.staff).get(reverse("ohs_training:last_day"), {"starts_on": "115/12/07"}).content.decode()
        assert "115/11/22" in said


def test_pages_of_an_application_and_of_an_order() -> None:
    here = w.world(accredited=False)
    case = w.applied(here, file=False)
    with time_machine.travel(w.APPLIED, tick=False):
        own = client_of(here.staff)
        assert own.get(reverse("ohs_training:apply")).status_code == 200
        assert own.get(reverse("ohs_training:accreditation", args=[case.number])).status_code == 200
        assert (
            client_of(here.stranger).get(reverse("ohs_training:accreditation", args=[case.number])).status_code == 404
        )
        perform(case, "file", by=here.staff, at=w.APPLIED)
        assert client_of(here.chief).get(reverse("admin:case", args=[case.number])).status_code == 200
        made = perform(
            case,
            "accredit",
            starts_on=w.APPLIED.date(),
            ends_on=w.APPLIED.date() + timedelta(days=1000),
            letter_number="甲",
            by=here.chief,
            at=w.APPLIED,
        ).answer
        page = client_of(here.chief).get(reverse("admin:case", args=[case.number])).content.decode()
        assert "撤銷或廢止認可" in page and "第6款" in page
        _, order = inspecting.inspect(
            office=here.ministry, accreditation=made, training_class=None, inspected_on=w.APPLIED.date(), papers_asked="", findings="抽查",
            breach="未點名", clause="附表八附註四", by=here.officer, at=w.APPLIED,
        )  # fmt: skip
        assert order is not None
        assert client_of(here.officer).get(reverse("admin:case", args=[order.case.number])).status_code == 200
        perform(
            order.case,
            "order",
            letter_number="乙",
            answer_by=w.APPLIED.date() + timedelta(days=20),
            reason="未點名",
            by=here.officer,
            at=w.APPLIED,
        )
        assert own.get(reverse("casework:case", args=[order.case.number])).status_code == 200


def test_a_trainee_sees_their_own_and_confirms_once() -> None:
    """OHS-20."""
    here = w.world()
    case = w.ended(here, training="in_service")
    perform(case, "issue_proofs", by=here.staff, at=w.at(w.SECOND, "16:30"))
    one, other = w.people(case)[:2]
    confirm = reverse("ohs_training:confirm", args=[one.pk])
    certificate = reverse("ohs_training:my_certificate", args=[one.certificates.get().pk])
    with time_machine.travel(w.at(w.SECOND + timedelta(days=30), "10:00"), tick=False):
        mine, nobody = client_of(w.trainee_user(one)), client_of(w.person("旁人"))
        assert "確認時數" in mine.get(reverse("ohs_training:my_records")).content.decode()
        assert mine.get(certificate)["Content-Type"] == "application/pdf"
        assert nobody.get(certificate).status_code == nobody.get(confirm).status_code == 404
        assert mine.get(reverse("ohs_training:confirm", args=[other.pk])).status_code == 404
        silent = mine.post(confirm, {"answer": "disputed", "remark": ""})
        assert silent.status_code == 422 and "請敘明理由" in silent.content.decode()
        assert mine.post(confirm, {"answer": "disputed", "remark": "少算一小時"}).status_code == 302
        assert mine.post(confirm, {"answer": "confirmed"}).status_code == 422
    assert case.notices.filter(user=here.staff, body__contains="少算一小時").count() == 1


def test_the_class_page_asks_as_often_for_thirty_people_as_for_fifteen(django_assert_max_num_queries) -> None:
    here = w.world()
    few, many = (
        w.ended(here, people=15),
        w.ended(here, people=30, start=w.SECOND + timedelta(days=1), when=datetime(2026, 11, 3, 2, tzinfo=UTC)),
    )
    with time_machine.travel(w.at(w.SECOND + timedelta(days=5), "10:00"), tick=False):
        own, counts = client_of(here.staff), []
        for case in (few, many):
            address = reverse("ohs_training:class", args=[case.number])
            own.get(address)
            with django_assert_max_num_queries(200) as caught:
                assert own.get(address).status_code == 200
            counts.append(len(caught))
    assert counts[0] == counts[1], counts
    assert class_of(Case.objects.get(pk=few.pk)).professional

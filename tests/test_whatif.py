"""What-if, then act: the same lines; and nothing is saved by asking. Every scheme's question has its act here."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.db import InternalError, connection
from django.urls import reverse

from accounts.rights import held
from casework import entitlements
from casework.kernel.outcome import Outcome
from casework.models import Deadline
from casework.services.law import law_in_force
from casework.whatif import Reply, WhatIf, _questions, questions_for, reply_to
from tests.factories import AT, UserFactory
from tests.judging import judged_once  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("judged_once")]
#: A question with a page of its own is proven where that page is.
PAGED = {"credential-plan"}


@pytest.fixture(autouse=True)
def _fixed_day():
    with time_machine.travel(AT, tick=False):
        yield


TODAY = AT.date()


def ask(code, user, on: date = TODAY, **asked) -> Reply:
    return reply_to(_questions[code], user, asked, on=on, law=law_in_force())


def lines(found: Outcome | dict) -> list[dict]:
    return found.as_json()["lines"] if isinstance(found, Outcome) else found["lines"]


def rows() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


# --- then act ----------------------------------------------------------------------------------------------------------


def test_correction_and_review_days_of_an_account_application():
    from ojt_accounts.services import reviewing
    from tests.ojt_accounts import world as w

    here = w.world()
    reply = ask("account-terms", here.officer, notified_on=AT.date(), received_on=AT.date())
    case = w.filed(here)
    items = [{"target": "letter", "label": "公文", "problem": "用印不清"}]
    reviewing.ask_correction(case, items=items, message="請補正", by=here.officer, at=AT)
    stored = {one.code: one.outcome for one in Deadline.objects.filter(case=case)}
    assert lines(reply.outcomes[0]) == lines(stored["ojt_accounts.correct"])
    assert lines(reply.outcomes[1]) == lines(stored["ojt_accounts.handle"])
    assert reply.facts[0] == ("補正期限", "115/12/04")


def test_days_of_somebody_who_leaves_the_45_site():
    from senior45.services import leavers
    from tests.senior45 import world as w

    here = w.world()
    account = w.with_editor(here)
    left_on = AT.date() + timedelta(days=7)
    reply = ask("site-account-days", here.window, office=account.office.kind, left_on=left_on)
    leavers.report_leaving(account, leaves_on=left_on, by=here.window, at=AT)
    assert lines(reply.outcomes[0]) == lines(Deadline.objects.get(code=leavers.LEAVER).outcome)


def test_days_of_a_class_from_its_first_day():
    from ohs_training.selectors.chain import class_chain
    from ohs_training.selectors.classes import class_of
    from ohs_training.services.planning import FILE_BY
    from tests.ohs_training import world as w

    here = w.world()
    on = w.PLANNED.date()
    asked = {"training": "professional", "starts_on": w.FIRST, "ends_on": w.SECOND}
    reply = ask("class-days", here.staff, on, **asked)
    case = w.planned(here)
    stored = Deadline.objects.get(case=case, code=FILE_BY).outcome
    assert lines(reply.outcomes[0]) == lines(stored)

    done = w.examined(w.World(**{**vars(here), "accreditation": here.accreditation}))
    chain = class_chain(class_of(done), on=w.SECOND, law=law_in_force())
    terms = [line for line in chain.lines[0].chain.certificate.lines if "期限" in line.text]
    assert terms == [line for line in reply.outcomes[2].lines if "期限" in line.text]
    assert len(terms) == 1


def test_amount_of_a_course_near_the_cap(monkeypatch):
    monkeypatch.setattr(entitlements, "_providers", {})  # units of this world hold no rights of the year
    from ojt_subsidy.models import MoneyEntry
    from tests.ojt_subsidy import world as w

    here, who = w.world(), w.trainee("王小明")
    for n in range(6):
        w.admitted(here, w.published(here, AT.date() + timedelta(days=3 + n), fee=14000), who)
    course = w.published(here, AT.date() + timedelta(days=9), fee=14000)
    reply = ask("subsidy", who, starts_on=course.starts_on, cost=course.cost)
    row = w.admitted(here, course, who)
    stored = MoneyEntry.objects.get(enrolment=row)
    assert stored.amount == reply.outcomes[1].result["payable"]
    assert [lines(one) for one in reply.outcomes[:2]] == [lines(one) for one in stored.outcome["outcomes"]]
    assert 0 < stored.amount < 11200  # the cap bites


def test_every_question_is_proven_here():
    source = Path(__file__).read_text(encoding="utf-8")
    assert [code for code in _questions if f'ask("{code}"' not in source and code not in PAGED] == []


# --- nothing is saved --------------------------------------------------------------------------------------------------


def test_asking_by_the_page_leaves_every_table_as_it_was(client):
    from tests.ohs_training import world as w
    from tests.ojt_subsidy import world as subsidy

    here, who = w.world(), subsidy.trainee("王小明")
    client.force_login(here.staff)
    addresses = [
        (here.staff, "class-days", {"training": "professional", "starts_on": "115/12/7", "ends_on": "115/12/8"}),
        (here.staff, "class-days", {"training": "in_service", "starts_on": "115/12/7", "ends_on": "115/12/8"}),
        (who, "subsidy", {"starts_on": "115/12/7", "cost": "12000"}),
    ]
    for user, code, asked in addresses:
        client.force_login(user)
        before = rows()
        answer = client.get(reverse("casework:whatif", args=[code]), asked)
        assert answer.status_code == 200
        assert "試算結果" in answer.text, answer.context["form"].errors
        assert rows() == before


def test_a_question_that_would_write_is_stopped():
    def writes(user, asked, *, on, law):
        UserFactory()

    wrong = WhatIf("wrong", "錯", "", (), answer=writes)
    with pytest.raises(InternalError, match="read-only"):
        reply_to(wrong, None, {}, on=AT.date(), law=law_in_force())
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        assert cursor.fetchone() == ("off",)


# --- who may ask -----------------------------------------------------------------------------------------------------


def test_each_sees_the_questions_of_their_role(client):
    from tests.ohs_training import world as w

    here = w.world()
    assert [one.code for one in questions_for(here.staff, held(here.staff))] == ["class-days"]
    nobody = UserFactory()
    assert questions_for(nobody, held(nobody)) == []
    client.force_login(nobody)
    assert client.get(reverse("casework:whatif", args=["class-days"])).status_code == 404
    assert "目前沒有可以試算的項目" in client.get(reverse("casework:whatifs")).text


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ({"training": "professional", "starts_on": "115/12/8", "ends_on": "115/12/7"}, "ends_on", "不得早於開訓日"),
        ({"training": "professional", "starts_on": "明天", "ends_on": "115/12/7"}, "starts_on", "日期"),
        ({"starts_on": "115/12/7", "ends_on": "115/12/7"}, "training", "請選擇"),
    ],
)
def test_wrong_input_is_named_at_its_field(client, asked, field, words):
    from tests.ohs_training import world as w

    client.force_login(w.world().staff)
    answer = client.get(reverse("casework:whatif", args=["class-days"]), asked)
    assert words in answer.context["form"].errors[field][0]
    assert answer.context["reply"] is None

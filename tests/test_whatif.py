"""What-if, then act: the same lines; and nothing is saved by asking. Every scheme's question has its act here."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.db import InternalError, connection
from django.urls import reverse

from accounts.rights import held
from casework.cases.doing import perform
from casework.entitlements import ANSWERERS
from casework.law.in_force import law_in_force
from casework.law.whatif import QUESTIONS, Reply, WhatIf, questions_for, reply_to
from casework.models import Deadline, Event
from kernel.dates import roc
from kernel.outcome import Outcome
from tests.factories import AT, UserFactory

pytestmark = pytest.mark.django_db
#: A question with a page of its own is asked there and not by `reply_to`.
PAGED = {"credential-plan"}
#: What an extension is judged by beyond what can be supposed beforehand.
PAPERS_OF_AN_EXTENSION = ["事由：育嬰留職停薪", "已提具證明文件", "已附主管機關同意文件"]


@pytest.fixture(autouse=True)
def _fixed_day():
    with time_machine.travel(AT, tick=False):
        yield


TODAY = AT.date()


def ask(code, user, on: date = TODAY, **asked) -> Reply:
    return reply_to(QUESTIONS[code], user, asked, on=on, law=law_in_force())


def lines(found: Outcome | dict) -> list[dict]:
    return found.as_json()["lines"] if isinstance(found, Outcome) else found["lines"]


def rows() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


# --- then act ----------------------------------------------------------------------------------------------------------


def test_correction_and_review_days_of_an_account_application():
    from tests.ojt_accounts import world as w

    here = w.world()
    reply = ask("account-terms", here.officer, notified_on=AT.date(), received_on=AT.date())
    case = w.filed(here)
    items = [{"target": "letter", "label": "公文", "problem": "用印不清"}]
    perform(case, "ask_correction", items=items, message="請補正", by=here.officer, at=AT)
    stored = {one.code: one.outcome for one in Deadline.objects.filter(case=case)}
    assert lines(reply.outcomes[0]) == lines(stored["ojt_accounts.correct"])
    assert lines(reply.outcomes[1]) == lines(stored["ojt_accounts.handle"])
    assert reply.facts[0] == ("補正期限", "115/12/04")


def test_days_of_an_account_of_the_45_site():
    """回覆, 離職停用 and 閒置, each beside the deadline its act sets."""
    from senior45.models import SiteAccount
    from senior45.services import idling, leavers
    from senior45.services.accounts import IDLE
    from senior45.services.requests import ANSWER
    from tests.senior45 import world as w

    here = w.world()
    account = SiteAccount.objects.select_related("office").get(user=here.center_editor)
    left_on = TODAY + timedelta(days=7)
    reply = ask(
        "site-account-days",
        here.window,
        office=account.office.kind,
        received_on=TODAY,
        left_on=left_on,
        last_sign_in_on=TODAY,
    )
    case = w.filed(here)
    leavers.report_leaving(account, leaves_on=left_on, by=here.branch_window, at=AT)
    idling.signed_in(user=account.user, at=AT)
    stored = [
        Deadline.objects.get(code=code, withdrawn_at=None, case=about)
        for code, about in ((ANSWER, case), (leavers.LEAVER, None))
    ]
    stored.append(Deadline.objects.get(code=IDLE, withdrawn_at=None, thing_id=account.pk))
    assert [lines(one) for one in reply.outcomes] == [lines(one.outcome) for one in stored]
    assert [day for _, day in reply.facts[:2]] == [roc(one.due_on) for one in stored[:2]]
    assert reply.facts[2][1] == roc(stored[2].due_on + timedelta(days=1))  # closed the day after the last open one


@pytest.mark.parametrize("training", ["professional", "in_service"])
def test_days_of_a_class_from_its_first_day(training):
    """報備 when it is planned, and every term that begins to run at its end."""
    from ohs_training.services import filing
    from ohs_training.services.planning import FILE_BY
    from tests.ohs_training import world as w

    here = w.world()
    asked = {"training": training, "starts_on": w.FIRST, "ends_on": w.SECOND}
    planned = ask("class-days", here.staff, w.PLANNED.date(), **asked)
    case = w.planned(here, training=training)
    assert lines(planned.outcomes[0]) == lines(Deadline.objects.get(case=case, code=FILE_BY).outcome)

    ended = ask("class-days", here.staff, w.SECOND, **asked)
    done = w.ended(here, training=training)
    codes = [filing.AFTER[one.rule][0] for one in ended.outcomes[1:]]
    stored = {one.code: one for one in Deadline.objects.filter(case=done, withdrawn_at=None, code__in=codes)}
    assert len(codes) == 4
    assert [lines(one) for one in ended.outcomes[1:]] == [lines(stored[code].outcome) for code in codes]
    assert [day for _, day in ended.facts[2:-1]] == [roc(stored[code].due_on) for code in codes]


def test_time_away_and_hours_of_a_certificate():
    """The planner of a certificate; then the extension and the renewal. Only what papers say is added by the act."""
    from tests.vrs_credentials import world as w
    from vrs_credentials.selectors.register import standing
    from vrs_credentials.selectors.site import plan
    from vrs_credentials.services import renewing, uploading

    here = w.world()
    one = w.older(w.certified(here), TODAY - timedelta(days=900))
    first, last = TODAY + timedelta(days=10), TODAY + timedelta(days=159)
    law = law_in_force()
    found = plan(standing(one, on=TODAY, law=law), on=TODAY, law=law, away_from=first, away_until=last)
    made = renewing.start_extension(
        one, reason="parental_leave", away_from=first, away_until=last, person=one.holder, at=AT
    )
    for code in renewing.EXTENSION_PAPERS:
        uploading.add_paper(
            made.case,
            code=code,
            label=code,
            uploads=[w.pdf(code)],
            by=one.holder,
            at=AT,
            field="pledge" if code == "pledge" else "document",
            by_hand=True,
        )
    w.approve(here, w.reported(here, perform(made.case, "file", by=one.holder, at=AT).case))
    one.refresh_from_db()
    (stored,) = Event.objects.get(code="extended").outcomes
    supposed = lines(found.away)
    assert [line for line in stored["lines"] if line in supposed] == supposed
    assert [line["text"] for line in stored["lines"] if line not in supposed] == PAPERS_OF_AN_EXTENSION
    assert found.valid_until == one.valid_until

    w.give_hours(one, {"professional": "54", "ethics": "6"}, held_on=TODAY, by=here.handler)
    then = datetime.combine(one.valid_until - timedelta(days=20), AT.timetz())
    with time_machine.travel(then, tick=False):
        on = then.date()
        found = plan(standing(one, on=on, law=law), on=on, law=law)
        case = w.renewal_filed(here, one)
    window, _, count = Event.objects.get(case=case, code="file").outcomes
    assert lines(found.count) == lines(count)
    assert found.window.result["opens_on"] == window["result"]["opens_on"]


def test_amount_of_a_course_near_the_cap(monkeypatch):
    ANSWERERS.clear()  # units of this world hold no rights of the year
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
    asked = set(re.findall(r'ask\(\s*"([\w-]+)"', source))
    assert {one.code for one in QUESTIONS} - PAGED == asked


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

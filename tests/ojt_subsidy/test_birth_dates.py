"""中高齡者 and 65 or older follow the birth date (SUB-07): once a filing, a matching or a payment rests on it the branch alone
corrects it, with proof; and money is approved on the one the bureau found the person by."""

from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from casework.errors import NotPermitted, Refused
from casework.models import Event, Notice
from kernel.dates import TAIPEI, roc
from ojt_subsidy.models import PaymentLine, Trainee
from ojt_subsidy.services import batching, enrolling, paying, profile
from tests.ojt_subsidy import world as w

pytestmark = pytest.mark.django_db

OLD, SAID = date(1955, 5, 1), {"employer": "某公司", "mobile": "0912345678"}


def client(user):
    one = Client(headers={"host": "localhost"})
    one.force_login(user)
    return one


def born(who):
    return Trainee.objects.get(pk=who.pk).born_on


def reserved(row):
    return row.entries.aggregate(sum=Sum("amount"))["sum"]


def corrected(here, row, born_on, at=None, **changed):
    given = {
        "offices": [here.branch], "receipt": row.receipt, "born_on": born_on, "document": "戶籍謄本", "reason": "原登錄有誤",
        "by": here.officer, "at": at or w.now(), **changed,
    }  # fmt: skip
    return profile.correct_birth(**given)


def test_before_any_filing_the_trainee_corrects_it(here):
    who = w.trainee()
    profile.save_profile(person=who, data={**SAID, "born_on": OLD}, at=w.now())
    assert born(who) == OLD


@pytest.mark.parametrize("far", ["filed", "admitted", "approved"])
def test_once_something_rests_on_it_the_trainee_is_told_the_way(here, far):
    who = w.trainee()
    if far == "approved":
        (row,), _, _ = w.approved(here, who)
    else:
        row = {
            "filed": lambda: w.enrolled(w.published(here), who),
            "admitted": lambda: w.admitted(here, w.published(here), who),
        }[far]()
    mine, page = client(who), reverse("ojt_subsidy:profile")
    form = mine.get(page).content.decode()
    assert f"報名序號 {row.receipt}" in form and "戶籍謄本" in form and here.branch.name in form
    given = {"key": uuid4(), "born_on": roc(OLD), "mobile": "0912345678", "employer": "改了的公司"}
    answer = mine.post(page, given)
    text = answer.content.decode()
    assert answer.status_code == 422 and "不能自行更改" in text and "改了的公司" in text
    assert born(who) == w.date(2000, 5, 1)
    assert mine.post(page, given | {"key": uuid4(), "born_on": "89/05/01"}).status_code == 302, "the rest stays theirs"
    assert Trainee.objects.get(pk=who.pk).employer == "改了的公司"


def test_a_filing_given_up_before_anything_was_matched_frees_it(here):
    row = w.enrolled(w.published(here), w.trainee())
    enrolling.withdraw(row, by=row.person, at=max(w.now(), w.opening(row.course)))
    profile.save_profile(person=row.person, data={**SAID, "born_on": OLD}, at=w.now())
    assert born(row.person) == OLD


def test_the_branch_corrects_it_with_proof_and_what_is_reserved_moves(here):
    who = w.trainee()
    row = w.admitted(here, w.published(here), who)
    officer, page = client(here.officer), reverse("admin:subsidy_births")
    given = {"key": uuid4(), "receipt": row.receipt, "born_on": roc(OLD), "document": "戶籍謄本", "reason": ""}
    assert officer.post(page, given).status_code == 422 and reserved(row) == 8_000
    assert client(here.chief).post(page, given).status_code == 404
    wide = row.receipt.translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))
    assert officer.post(page, given | {"key": uuid4(), "receipt": wide, "reason": "年份登錄錯誤"}).status_code == 302
    assert (born(who), reserved(row)) == (OLD, 10_000)
    event = Event.objects.get(case=row.course.case, code="birth.correct")
    assert event.internal and event.reason == "年份登錄錯誤" and roc(OLD) in event.label
    assert roc(OLD) in Notice.objects.get(user=who, code="ojt_subsidy.birth_corrected").body


@pytest.mark.parametrize(
    ("changed", "error", "why"),
    [
        ({"receipt": "115-999999-0001"}, Refused, "沒有報名序號"),
        ({"receipt": "²"}, Refused, "沒有報名序號"),
        ({"born_on": w.date(2000, 5, 1)}, Refused, "不必更正"),
        ({"born_on": w.date(2999, 1, 1)}, Refused, "不得晚於今天"),
        ({"born_on": "after the first day"}, Refused, "不可能晚於開訓日"),
        ({"by": "chief"}, NotPermitted, "權限"),
    ],
)
def test_what_the_branch_may_not_correct(here, changed, error, why):
    row = w.enrolled(w.published(here), w.trainee())
    if changed.get("by"):
        changed = {"by": here.chief}
    at = w.now()
    if changed.get("born_on") == "after the first day":
        at += timedelta(days=60)
        changed = {"born_on": row.course.starts_on + timedelta(days=1)}
    with pytest.raises(error, match=why):
        corrected(here, row, at=at, **{"born_on": OLD, **changed})
    with pytest.raises(Refused, match="沒有報名序號"):
        corrected(here, row, OLD, offices=[here.other])
    assert born(row.person) == w.date(2000, 5, 1)


def _matched(here):
    """A line to approve, matched by the birth date on file."""
    course = w.published(here)
    row = w.admitted(here, course, w.trainee())
    w.insured(here, row)
    after = w.held(here, course, [row])
    w.closed(here, course, after)
    return row, PaymentLine.objects.get(enrolment=row), after


@pytest.mark.parametrize("by_the_branch", [True, False])
def test_a_line_is_approved_on_the_birth_date_the_bureau_found_alone(here, by_the_branch):
    """Matched first, then 65: nothing is approved until the bureau has found that date too."""
    row, line, after = _matched(here)
    if by_the_branch:
        corrected(here, row, OLD, after)
    else:  # past every service
        Trainee.objects.filter(pk=row.person_id).update(born_on=OLD)
    with pytest.raises(Refused, match="更正前之出生日期勾稽，請重新勾稽"):
        paying.approve_line(line, by=here.chief, at=after)
    page = reverse("admin:subsidy_payments", args=[line.closing.case.number])
    with time_machine.travel(after, tick=False):
        assert "請重新勾稽" in client(here.officer).get(page).content.decode()
    w.insured(here, row)
    assert paying.approve_line(line, by=here.chief, at=after).amount == 10_000


def test_what_was_approved_and_not_sent_is_approved_anew_and_what_is_gone_is_told(here):
    rows, _, after = w.approved(here, w.trainee(), w.trainee())
    batch, _ = batching.make_batch(office=here.branch, by=here.cashier, at=after)
    corrected(here, rows[0], OLD, after)
    line = PaymentLine.objects.get(enrolment=rows[0])
    batch.refresh_from_db()
    assert (line.state, line.batch_id, line.amount, batch.count) == ("pending", None, 0, 1)
    batching.send_batch(batch, by=here.cashier, at=after)
    corrected(here, rows[1], OLD, after + timedelta(hours=1))
    assert PaymentLine.objects.get(enrolment=rows[1]).state == "sent"
    told = Notice.objects.filter(user=here.chief, code="ojt_subsidy.cap_moved")
    assert any(rows[1].receipt in one.body and "覈實" in one.body for one in told)


def test_a_check_keeps_the_date_it_was_made_by(here):
    row = w.admitted(here, w.published(here), w.trainee())
    w.insured(here, row)
    at = datetime.combine(row.course.starts_on, time(11), TAIPEI)
    corrected(here, row, OLD, at)
    w.insured(here, row)
    assert list(row.insurance_checks.order_by("pk").values_list("born_on", flat=True)) == [w.date(2000, 5, 1), OLD]

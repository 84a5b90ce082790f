"""迴避 (行政程序法第32條): a trainee who holds every role of the branch decides nothing of their own class, line or batch."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.clock import now
from accounts.models import User
from accounts.services.roles import grant_role
from casework.cases.doing import perform
from casework.cases.recusal import RECUSED
from casework.desk.desk import desk_of
from casework.errors import Refused
from casework.models import Case, Event
from kernel.dates import taipei_day
from ojt_subsidy.acts import CLOSING
from ojt_subsidy.models import Closing, Enrolment, ExchangeFile, MoneyEntry, OutsideCourse, PaymentBatch, PaymentLine
from ojt_subsidy.services import batching, closing, complaining, evidence, exchange, outside, paying
from tests.ojt_subsidy import world as w
from tests.security.demonstration import BACKEND

pytestmark = pytest.mark.django_db


def appointed(here: w.World, who: User) -> User:
    """Everything an office has to give, to one hand."""
    for role in w.STAFF.values():
        grant_role(user=who, role_code=role, organisation=here.branch, by=None, at=now())
    return User.objects.get(pk=who.pk)


def standing() -> Iterator[Any]:
    yield list(Case.objects.order_by("pk").values_list("pk", "state", "version"))
    yield list(PaymentLine.objects.order_by("pk").values_list("pk", "state", "amount", "batch"))
    yield [model.objects.count() for model in (Event, MoneyEntry, PaymentBatch, ExchangeFile, OutsideCourse)]
    yield list(PaymentBatch.objects.values_list("pk", "state"))


def stays_away(*acts: Callable[[], Any]) -> None:
    for act in acts:
        before = list(standing())
        with pytest.raises(Refused, match=RECUSED):
            act()
        assert list(standing()) == before


@pytest.fixture
def ended(here: w.World) -> tuple[User, User, list[Enrolment], datetime]:
    """A class of two that is over: the first of them has every role of the branch."""
    first, second = w.trainee("自己人"), w.trainee("同班同學")
    course = w.published(here)
    rows = [w.admitted(here, course, who) for who in (first, second)]
    for row in rows:
        w.insured(here, row)
    return appointed(here, first), second, rows, w.held(here, course, rows)


def test_nobody_decides_their_own_class_line_or_batch(here: w.World, ended: Any) -> None:
    own, _, rows, at = ended
    course = rows[0].course
    one = closing.start_closing(course, by=here.clerk, at=at)
    perform(one.case, "file", by=here.clerk, at=at)
    case = Case.objects.get(pk=one.case_id)
    Case.objects.filter(pk=case.pk).update(awaiting=CLOSING.act("forward").right)
    waiting = [
        set(Case.objects.filter(desk_of(who).my_turn(), pk=case.pk)) for who in (own, appointed(here, here.officer))
    ]
    assert waiting == [set(), {case}], "the desk offers what acts refuse"
    desk = Client()
    desk.force_login(own)
    told = case.notices.order_by("pk").first()
    for answer in (
        desk.get(reverse("admin:case_reveal", args=[case.number, "applicant"])),
        desk.post(reverse("admin:case_resend", args=[case.number, told.pk])),
    ):
        assert answer.status_code == 422 and RECUSED in answer.content.decode()
    stays_away(
        lambda: perform(one.case, "forward", by=own, at=at),
        lambda: perform(one.case, "send_back", reason="請補正", by=own, at=at),
        lambda: perform(course.case, "cancel", reason="停辦", by=own, at=at),
    )
    perform(one.case, "forward", by=here.officer, at=at)
    stays_away(lambda: perform(one.case, "approve", by=own, at=at))
    perform(one.case, "approve", by=here.chief, at=at)
    one = Closing.objects.get(pk=one.pk)
    mine, theirs = PaymentLine.objects.order_by("enrolment__number")
    stays_away(
        lambda: paying.approve_line(mine, by=own, at=at),
        lambda: paying.approve_line(theirs, by=own, at=at),
        lambda: paying.ask_papers(mine, reason="缺件", by=own, at=at),
        lambda: paying.refuse_line(mine, reason="不符", by=own, at=at),
    )
    assert paying.approve_all(one.pk, by=own, at=at) == (0, [RECUSED, RECUSED])
    w.approved_lines(here, one, at)
    batch, left_out = batching.make_batch(office=here.branch, by=own, at=at)
    assert [line.pk for line in batch.lines.all()] == [theirs.pk]
    assert len(left_out) == 1 and RECUSED in left_out[0] and "自己人" in left_out[0]
    batch, left_out = batching.make_batch(office=here.branch, by=here.cashier, at=at)
    assert [line.pk for line in batch.lines.all()] == [mine.pk] and not left_out
    stays_away(
        lambda: batching.take_out(batch, reference="1", reason="再查", by=own, at=at),
        lambda: batching.send_batch(batch, by=own, at=at),
    )
    batching.send_batch(batch, by=here.cashier, at=at)
    stays_away(lambda: batching.apply_result(batch, data=b"", by=own, at=at))


def test_who_has_only_their_own_line_makes_no_batch(here: w.World) -> None:
    own = w.trainee("自己人")
    _, _, at = w.approved(here, own)
    appointed(here, own)
    before = list(standing())
    with pytest.raises(Refused, match=RECUSED):
        batching.make_batch(office=here.branch, by=own, at=at)
    assert list(standing()) == before


def test_the_units_own_people_batch_no_line_of_it(here: w.World) -> None:
    _, one, at = w.approved(here, w.trainee())
    clerk = appointed(here, here.clerk)
    stays_away(
        lambda: perform(one.case, "settle", by=clerk, at=at),
        lambda: batching.make_batch(office=here.branch, by=clerk, at=at),
    )


def test_nobody_enters_their_own_insurance_or_courses(here: w.World, ended: Any) -> None:
    own, _, rows, at = ended
    row = rows[0]
    given = {"scheme": "other", "title": "別的課", "starts_on": date(2024, 1, 1), "amount": 1, "employed": True}
    stays_away(lambda: outside.enter_outside(national_id=own.national_id, by=own, at=at, **given))
    assert outside.enter_outside(national_id=own.national_id, by=here.officer, at=at, **given)
    born, day = own.trainee.born_on, row.course.starts_on
    cells = [row.receipt, own.national_id, exchange._digits(born), exchange._digits(day), "無", "", "", "", ""]
    lines = [exchange.IN_HEADER, cells, ["合計", "1"]]
    data = "\r\n".join(",".join(line) for line in lines).encode("utf-8-sig")
    stays_away(lambda: exchange.import_file(office=here.branch, data=data, by=own, at=at))
    assert exchange.import_file(office=here.branch, data=data, by=here.officer, at=at)[1]


def test_nobody_accepts_their_own_evidence(here: w.World) -> None:
    own = w.trainee("自己人")
    one = evidence.start_identity(person=own, county=here.county, identity="indigenous", at=now())
    Case.objects.filter(pk=one.case_id).update(state="filed", turn="office")
    appointed(here, own)
    stays_away(
        lambda: perform(one.case, "accept", valid_from=taipei_day(now()), by=own, at=now()),
        lambda: perform(one.case, "refuse", reason="不符", by=own, at=now()),
    )
    perform(one.case, "accept", valid_from=taipei_day(now()), by=here.officer, at=now())


def browser_of(who: User) -> Client:
    client = Client()
    client.force_login(who, backend=BACKEND)
    return client


def test_a_complaint_is_kept_from_the_unit_it_is_about(here: w.World) -> None:
    """Whoever works in that unit handles nothing of it and reads no name, whatever the office appointed them to."""
    course, who = w.published(here), w.trainee("黃雅婷")
    case = complaining.file_complaint(
        person=who, county=here.county, course=course, about="fee", body="收費不符", confidential=True, at=w.now()
    ).case
    grant_role(user=here.clerk, role_code="subsidy_complaints", organisation=here.branch, by=None, at=w.now())
    with pytest.raises(Refused, match=RECUSED):
        perform(case, "take", by=here.clerk, at=w.now())
    page = browser_of(here.clerk).get(reverse("admin:case", args=[case.number])).content.decode()
    assert who.name not in page and complaining.HIDDEN in page
    page = browser_of(here.complaints).get(reverse("admin:case", args=[case.number])).content.decode()
    assert who.name in page, "the control: the colleague who handles it reads the name"
    assert perform(case, "take", by=here.complaints, at=w.now()).case.state != "filed"

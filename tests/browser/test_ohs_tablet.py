"""The tablet in the classroom: signed by finger, an hour without network, sent without loss or twice, a clock that was moved."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from casework.models import Case
from ohs_training.models import SignRecord
from tests.browser import ohs_walk as o
from tests.browser.conftest import Opens
from tests.browser.harness import day_of, judge_page, later, tab_to
from tests.ohs_training import world as w

NINE = w.at(w.FIRST, "08:50")
MINUTE = 60


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with day_of(NINE) as found:
        yield found


@pytest.fixture
def here(site: str) -> w.World:
    return w.world()


@pytest.fixture
def case(here: w.World) -> Case:
    return w.running(here)


def tablet(opens: Opens, here: w.World, case: Case) -> Page:
    """The page of a tablet whose own clock goes with the server's, and which has been kept for later."""
    page = opens(here.tutor)
    page.clock.install(time=NINE)
    page.goto(reverse("ohs_training:tablet", args=[case.number]))
    expect(page.get_by_text("已連線")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    with page.expect_response("**/tablet/state/"):  # after it nothing on the page moves by itself
        page.reload()  # the worker that was just installed keeps this visit
    expect(page.get_by_text("已連線")).to_be_visible()
    expect(page.get_by_role("group", name="簽到或簽退").get_by_role("button").first).to_be_visible()
    return page


def test_signed_by_finger_at_the_servers_time(
    here: w.World, case: Case, opens: Opens, clock: time_machine.Traveller
) -> None:
    """OHS-08."""
    page = tablet(opens, here, case)
    judge_page(page)
    one, two = w.people(case)[:2]
    o.sign(page, one.name)
    expect(o.seat(page, one.name)).to_contain_text("已簽 08:5")
    row = SignRecord.objects.get()
    assert (row.trainee_id, row.half, row.leaving, row.source) == (one.pk, "morning", False, "tablet")
    assert len(bytes(row.signature)) > 200
    o.seat(page, one.name).click()
    expect(page.get_by_text("您已簽過這個時段。")).to_be_visible()
    # without a stroke there is no signature
    o.seat(page, two.name).click()
    page.get_by_role("button", name="完成簽名").click()
    expect(page.get_by_text("請先簽名，再按完成。")).to_be_visible()
    page.get_by_role("button", name="取消").click()
    # past the quarter of an hour
    later(clock, page, 26 * MINUTE)
    o.sign(page, two.name)
    expect(page.get_by_text("視為曠課")).to_be_visible()
    assert SignRecord.objects.count() == 2


def test_an_hour_without_network(here: w.World, case: Case, opens: Opens, clock: time_machine.Traveller) -> None:
    """Nothing is lost, nothing is kept twice, and the moment is that of the signature."""
    page, other = tablet(opens, here, case), tablet(opens, here, case)
    people = w.people(case)
    page.context.set_offline(True)
    for one in people[:4]:
        o.sign(page, one.name)
    expect(page.get_by_text("離線中")).to_be_visible()
    expect(page.get_by_text("待送出 4 筆")).to_be_visible()
    # meanwhile one of the four signs on another tablet that has network
    o.sign(other, people[1].name)
    expect(o.seat(other, people[1].name)).to_contain_text("已簽 08:5")
    # the tablet is started again without network: page and queue are there. (A page that its worker serves is not always held
    # offline by the browser when it is loaded again; whatever it sends then comes after the other tablet all the same.)
    page.reload()
    expect(page.get_by_text("待送出 4 筆")).to_be_visible()
    expect(o.seat(page, people[0].name)).to_contain_text("已簽，待送出")
    later(clock, page, 55 * MINUTE)
    expect(page.get_by_role("dialog", name="您還在使用嗎？")).to_be_hidden()
    page.context.set_offline(False)
    expect(page.get_by_text("以先簽者為準")).to_be_visible()
    expect(page.get_by_text("待送出")).to_be_hidden()
    rows = SignRecord.objects.order_by("trainee__seat")
    assert [row.trainee_id for row in rows] == [one.pk for one in people[:4]]
    assert [row.source for row in rows] == ["offline", "tablet", "offline", "offline"]
    assert all(abs(row.at - NINE) < timedelta(minutes=5) for row in rows)
    page.reload()
    expect(o.seat(page, people[3].name)).to_contain_text("已簽 08:5")


def test_sent_again_when_the_answer_was_lost(
    here: w.World, case: Case, opens: Opens, clock: time_machine.Traveller
) -> None:
    page = tablet(opens, here, case)
    one = w.people(case)[0]
    lost = []

    def lose(route: Route) -> None:
        route.fetch()  # the server has it; the tablet never hears of it
        lost.append(route.request.url)
        route.abort()

    page.route("**/tablet/sign/", lose, times=1)
    with page.expect_event("requestfailed"):
        o.sign(page, one.name)
    expect(page.get_by_text("待送出 1 筆")).to_be_visible()
    assert SignRecord.objects.count() == 1 and len(lost) == 1
    later(clock, page, 1 * MINUTE)
    expect(o.seat(page, one.name)).to_contain_text("已簽 08:5")
    assert SignRecord.objects.count() == 1


def test_a_clock_that_was_moved_is_not_believed(
    here: w.World, case: Case, opens: Opens, clock: time_machine.Traveller
) -> None:
    page = tablet(opens, here, case)
    one = w.people(case)[0]
    later(clock, page, 25 * MINUTE)  # 09:15: a quarter of an hour late
    page.context.set_offline(True)
    o.sign(page, one.name)
    expect(page.get_by_text("待送出 1 筆")).to_be_visible()
    page.clock.set_system_time(NINE - timedelta(minutes=30))
    page.context.set_offline(False)
    page.clock.run_for(16_000)
    expect(page.get_by_text("平板時鐘在簽名後曾變更")).to_be_visible()
    expect(page.get_by_text("要點七")).to_be_visible()
    assert SignRecord.objects.count() == 0
    o.sign(page, one.name)  # what makes it right: sign again, by the server's clock
    expect(page.get_by_text("視為曠課")).to_be_visible()
    assert SignRecord.objects.get().at - NINE > timedelta(minutes=24)


def test_more_than_an_hour_goes_by_the_paper_sheet(
    here: w.World, case: Case, opens: Opens, clock: time_machine.Traveller
) -> None:
    page = tablet(opens, here, case)
    page.context.set_offline(True)
    o.sign(page, w.people(case)[0].name)
    later(clock, page, 75 * MINUTE)
    page.context.set_offline(False)
    expect(page.get_by_text("離線超過一小時")).to_be_visible()
    expect(page.get_by_text("紙本簽到表登錄")).to_be_visible()
    assert SignRecord.objects.count() == 0


def test_reached_by_keyboard(here: w.World, case: Case, opens: Opens, clock: time_machine.Traveller) -> None:
    """Choosing the time and the seat needs no finger; only the signature itself is drawn."""
    page = tablet(opens, here, case)
    tab_to(page, "上午簽退")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="上午簽退", exact=True)).to_have_attribute("aria-pressed", "true")
    tab_to(page, w.people(case)[0].name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()

"""What a visitor asked of their own machine: less motion, colours of their own, letters twice as large; and a light page."""

import gzip

import pytest
from playwright.sync_api import Page, Response

from accounts.models import User
from tests.browser.conftest import Opens
from tests.browser.harness import focus_shows, no_sideways
from tests.ojt_accounts import world as w

#: HTML, style, script and fonts of a first visit, as they cross the line: the site's own files packed, HTML as it is.
MOST_BYTES = 150_000
PUBLIC = ("/", "/ojt/", "/courses/", "/45plus/", "/ohs/", "/vrs/", "/guide/", "/en/", "/accounts/login/", "/check/")


@pytest.fixture
def here(site: str) -> w.World:
    return w.world()


def weigh(page: Page, address: str) -> int:
    """Bytes of everything the page needs but its pictures; a paper shown within it is a page of its own."""
    parts: list[Response] = []
    page.on("response", lambda part: parts.append(part))
    page.goto(address)
    page.evaluate("document.fonts.ready.then(() => true)")
    own = [part for part in parts if part.frame == page.main_frame]
    packed = [gzip.compress(part.body()) for part in own if part.request.resource_type in ("stylesheet", "script")]
    return sum(map(len, packed)) + sum(
        len(part.body()) for part in own if part.request.resource_type in ("document", "font")
    )


def test_pages_are_light(here: w.World, opens: Opens) -> None:
    case = w.filed(here)
    people: list[tuple[User | None, tuple[str, ...]]] = [
        (None, PUBLIC),
        (here.contact, ("/", "/ojt/unit/", "/cases/", f"/cases/{case.number}/")),
        (here.officer, ("/", "/admin/", "/admin/work/", f"/admin/case/{case.number}/")),
    ]
    heavy = {}
    for user, addresses in people:
        for address in addresses:
            page = opens(user)  # a first visit: nothing is kept from the page before
            if (weight := weigh(page, address)) >= MOST_BYTES:
                heavy[address] = weight
            page.context.close()
    assert heavy == {}


def test_nothing_moves_for_who_asked_for_less_motion(visit: Page) -> None:
    visit.emulate_media(reduced_motion="reduce")
    moving = "getComputedStyle(e).transitionDuration.split(',').some((d) => parseFloat(d) > 0)"
    for address in ("/", "/guide/", "/accounts/login/"):
        visit.goto(address)
        visit.mouse.move(300, 300)
        assert visit.evaluate("document.getAnimations().length") == 0, address
        assert visit.evaluate(f"[...document.querySelectorAll('*')].filter((e) => {moving}).length") == 0, address


def test_forced_colours_keep_borders_and_focus(here: w.World, opens: Opens) -> None:
    case = w.filed(here)
    page = opens(here.contact)
    page.emulate_media(forced_colors="active")
    page.goto(f"/cases/{case.number}/")
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    bare = page.evaluate(
        """[...document.querySelectorAll('.button, .badge, .notice')].filter((e) => e.getBoundingClientRect().width
            && parseFloat(getComputedStyle(e).borderTopWidth) < 1).map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert bare == []
    for _ in range(12):
        page.keyboard.press("Tab")
        assert focus_shows(page)


def test_letters_twice_as_large_lose_nothing(visit: Page) -> None:
    for address in ("/", "/design/", "/ojt/register/"):
        visit.goto(address)
        visit.evaluate("document.documentElement.classList.add('twice')")
        visit.evaluate("document.documentElement.attributeStyleMap.set('font-size', CSS.percent(200))")
        no_sideways(visit)


SMALL = """[...document.querySelectorAll('main :is(button, input, select, textarea, summary, .button)')].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width && !e.closest('.visually-hidden') && !e.classList.contains('visually-hidden')
        && (box.width < 24 || box.height < 24) }).map((e) => e.outerHTML.slice(0, 120))"""


def test_targets_are_24_pixels_at_least(here: w.World, opens: Opens) -> None:
    case = w.filed(here)
    small = {}
    for user, addresses in (
        (here.contact, ("/me/notices/", "/ojt/start/", f"/cases/{case.number}/")),
        (here.officer, ("/cases/inbox/", "/admin/work/", f"/admin/case/{case.number}/")),
    ):
        page = opens(user)
        for address in addresses:
            page.goto(address)
            page.evaluate("document.querySelectorAll('details:not(.menu)').forEach((one) => { one.open = true })")
            small[address] = page.evaluate(SMALL.replace("main :is", "#content :is") if "/admin/" in address else SMALL)
    assert {address: found for address, found in small.items() if found} == {}

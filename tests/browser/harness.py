"""What the browser tests look at: problems a page reports by itself, accessibility, width, focus, and papers as seen."""

import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
import time_machine
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client
from PIL import Image
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response

from accounts.models import User

WIDE, HIGH = 1280, 900
PHONE, PHONE_HIGH = 375, 812
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
#: Chromium writes a line of its own for every answer of 400 and above; `Watch` judges the answers themselves.
_ANSWER = "Failed to load resource"


class Watch:
    """Collects what a page complains of: script errors, refusals of the content-security policy, parts that do not load."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._said)
        context.on("weberror", lambda one: self.problems.append(f"script: {one.error}"))
        context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        # without an address it is axe-core, put in by the test, that sets a style; the page's own files have one
        if message.type == "error" and not message.text.startswith(_ANSWER) and message.location["url"]:
            on = message.page.url if message.page else message.location["url"]
            self.problems.append(f"console on {on}: {message.text}")

    def _answered(self, response: Response) -> None:
        page = response.request.is_navigation_request()
        if response.status >= 500 or (response.status >= 400 and not page):
            self.problems.append(f"answer: {response.status} {response.request.method} {response.url}")


def session_cookie(user: User, url: str) -> dict[str, Any]:
    """A signed-in session, as the sign-in form would leave it."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    assert client.session[SESSION_KEY] == str(user.pk)
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }


# --- time --------------------------------------------------------------------------------------------------------------------------


@contextmanager
def day_of(moment: datetime) -> Iterator[time_machine.Traveller]:
    """The server's clock, from a moment on; it ticks."""
    with time_machine.travel(moment, tick=True) as clock:
        yield clock


def later(clock: time_machine.Traveller, page: Page, seconds: int) -> None:
    """Time goes by for the server and for a page whose clock is installed, as if it had been slept through."""
    clock.shift(timedelta(seconds=seconds))
    page.clock.fast_forward(seconds * 1000)


# --- accessibility and width -----------------------------------------------------------------------------------------------


@cache
def _axe_source() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


#: Looks of text that have been seen to stand out from their ground, in this process.
_passed: set[str] = set()
#: The texts that are shown, by their look: what they stand in, with its grounds, and their own colour and letters. What is lifted
#: out of the flow may lie on anything and has no look: it is judged wherever it is met.
_LOOKS = """() => {
    const grounds = new Map([[null, '']]), texts = {};
    const ground = (e) => {
        if (!grounds.has(e)) {
            const s = getComputedStyle(e), behind = ground(e.parentElement);
            const lifted = behind === null || ['absolute', 'fixed'].includes(s.position) || s.transform !== 'none';
            grounds.set(e, lifted ? null : [behind, e.tagName, e.className, s.backgroundColor, s.backgroundImage, s.opacity].join(' '));
        }
        return grounds.get(e);
    };
    for (const e of document.body.querySelectorAll('*')) {
        const told = (n) => n.nodeType === Node.TEXT_NODE && /[^\\s:]/.test(n.data);  // ::: alone is no text to axe
        if (!(['INPUT', 'SELECT', 'TEXTAREA'].includes(e.tagName) || [...e.childNodes].some(told)) || !e.checkVisibility()) continue;
        if (e.getBoundingClientRect().bottom + scrollY < 0) continue;  // the skip link, until it has the focus
        const s = getComputedStyle(e), behind = ground(e), points = parseFloat(s.fontSize) * 0.75;
        const size = (points >= 14) + (points >= 18);  // less is asked of bold letters from 14 points, of all from 18
        (texts[behind === null ? '' : [behind, s.color, size, s.fontWeight, s.textShadow].join(' ')] ||= []).push(e);
    }
    window.texts = texts;
    return Object.keys(texts);
}"""
_AXE = """async (looks) => {
    const given = {resultTypes: ['violations'], iframes: false, selectors: false};
    const {violations} = await axe.run(document, {...given, rules: {'color-contrast': {enabled: false}}});
    const passed = new Set();
    const contrast = async (include) => {
        if (!include.length) return;
        const rule = {runOnly: ['color-contrast'], resultTypes: ['violations', 'passes'], elementRef: true};
        const found = await axe.run({include}, {...given, ...rule});
        violations.push(...found.violations);
        found.passes.flatMap((p) => p.nodes).forEach((n) => passed.add(n.element));
    };
    const has = (look) => texts[look].some((e) => passed.has(e));
    await contrast(looks.map((look) => texts[look][0]));
    await contrast(looks.filter((look) => !look || !has(look)).flatMap((look) => texts[look].slice(1)));
    const found = violations.map((v) => ({id: v.id, help: v.help,
        nodes: v.nodes.map((n) => n.html.slice(0, 200) + '  ' + (n.any[0]?.message || ''))}));
    return [found, looks.filter(has)];
}"""


def axe(page: Page) -> None:
    """No violation of any rule of axe-core. Evaluated by the browser's own tools, so the page's policy stays in force.

    Contrast costs more than all other rules together and depends on a text's look alone: one text of each look is judged, and all
    of them where that one does not pass; a look that has passed, on whatever page and at whatever width, is not judged again."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe_source())
    found, passed = page.evaluate(_AXE, [look for look in page.evaluate(_LOOKS) if not look or look not in _passed])
    _passed.update(passed)
    assert not found, "\n".join(
        [
            f"axe at {page.viewport_size} {page.url}",
            *(f"{v['id']}: {v['help']}\n    " + "\n    ".join(v["nodes"][:4]) for v in found),
        ]
    )


def no_sideways(page: Page) -> None:
    """Nothing makes the page wider than the window; what may scroll sideways does so in a box of its own."""
    wide = page.evaluate(
        """() => {
            const root = document.documentElement, width = root.clientWidth;
            if (Math.max(root.scrollWidth, document.body.scrollWidth) <= width) return [];
            const scrolls = (e) => { for (e = e.parentElement; e && e !== document.body; e = e.parentElement)
                if (getComputedStyle(e).overflowX !== 'visible') return true; return false; };
            return [...document.body.querySelectorAll('*')]
                .filter((e) => e.getBoundingClientRect().right > width + 1 && !scrolls(e))
                .slice(-5).map((e) => e.outerHTML.slice(0, 160)).concat([`${root.scrollWidth} > ${width}`]);
        }"""
    )
    assert not wide, f"{page.url} is wider than {page.viewport_size}:\n" + "\n".join(wide)


def judge_page(page: Page) -> None:
    """A page for everybody: accessible at both widths and never wider than either window."""
    before = page.viewport_size
    axe(page)
    no_sideways(page)
    page.set_viewport_size({"width": PHONE, "height": PHONE_HIGH})
    no_sideways(page)
    axe(page)
    page.set_viewport_size(before)


def judge_pages(page: Page, addresses: Iterable[str], *, status: Mapping[str, int] | None = None) -> list[str]:
    """What is wrong with these pages, each visited by whom `page` belongs to; `status` of those that do not answer 200. What is
    folded together is opened first: what nobody sees yet is judged too."""
    wrong = []
    for address in addresses:
        answer = page.goto(address)
        asked = (status or {}).get(address, 200)
        try:
            assert answer is not None and answer.status == asked, f"{address} does not answer {asked}: {answer}"
            assert page.locator("h1").first.is_visible(), f"{address} has no heading"
            page.evaluate("document.querySelectorAll('details:not(.menu)').forEach((one) => { one.open = true })")
            judge_page(page)
        except AssertionError as error:
            wrong.append(str(error))
    return wrong


# --- keyboard --------------------------------------------------------------------------------------------------------------------


def focused(page: Page) -> str:
    """What has the focus, in words: its label or text."""
    return page.evaluate(
        """() => { const e = document.activeElement;
            const label = e.labels && e.labels.length ? e.labels[0].textContent : '';
            return (e.getAttribute('aria-label') || label || e.textContent || e.name || e.tagName).trim().replace(/\\s+/g, ' ') }"""
    )


def focus_shows(page: Page) -> bool:
    """The focused control has an outline or a ring, and stands in the window."""
    return page.evaluate(
        """() => { const e = document.activeElement, box = e.getBoundingClientRect();
            const near = [[e], [e, '::after'], [e.closest('label, .field, .control')]].filter(([one]) => one);
            const shown = near.some(([one, part]) => {
                const s = getComputedStyle(one, part);
                return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none'; });
            return shown && box.bottom > 0 && box.top < innerHeight && box.width > 0 }"""
    )


def tab_to(page: Page, words: str, *, key: str = "Tab", most: int = 150) -> None:
    """Press Tab until the control with these words has the focus; every stop on the way must show it."""
    seen = []
    for _ in range(most):
        page.keyboard.press(key)
        seen.append(focused(page))
        assert focus_shows(page), f"the focus does not show on {seen[-1]!r}"
        if words in seen[-1]:
            return
    raise AssertionError(f"{words!r} is not reached by {key}: {seen}")


# --- papers as seen --------------------------------------------------------------------------------------------------------------


def pdf_text(content: bytes) -> str:
    """What a reader can search and copy."""
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return found.stdout.decode()


def pdf_pages(content: bytes, folder: Path, *, dpi: int = 60) -> list[Image.Image]:
    """Every page as a grey picture."""
    (folder / "paper.pdf").write_bytes(content)
    for old in folder.glob("paper-*.png"):
        old.unlink()
    subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-png", "paper.pdf", "paper"], cwd=folder, check=True)
    pages = []
    for path in sorted(folder.glob("paper-*.png")):
        with Image.open(path) as opened:
            pages.append(opened.convert("L"))
    return pages


def ink(picture: Image.Image) -> float:
    """Share of the page that is not paper."""
    dark = sum(picture.histogram()[:200])
    return dark / (picture.width * picture.height)

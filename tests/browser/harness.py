"""What the browser tests look at: problems a page reports by itself, accessibility, width, focus, and papers as seen."""

import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
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


# --- accessibility and width -----------------------------------------------------------------------------------------------


@cache
def _axe_source() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


def axe(page: Page) -> None:
    """No violation of any rule of axe-core. Evaluated by the browser's own tools, so the page's policy stays in force."""
    page.evaluate(_axe_source())
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], iframes: false}).then(r => r.violations.map("
        "v => ({id: v.id, help: v.help, nodes: v.nodes.map(n => n.html.slice(0, 200) + '  ' + (n.any[0]?.message || ''))})))"
    )
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
    """A page for everybody: accessible at both widths and never wider than the telephone."""
    before = page.viewport_size
    axe(page)
    no_sideways(page)
    page.set_viewport_size({"width": PHONE, "height": PHONE_HIGH})
    no_sideways(page)
    axe(page)
    page.set_viewport_size(before)


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

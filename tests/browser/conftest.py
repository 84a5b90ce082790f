"""Harness of the browser tests: a live server, the system's Chromium, and what a page may not do.

Pages report by themselves what goes wrong in them (script errors, refusals of the content-security policy, parts that do not
load): any such report fails the test. A failing test leaves a picture of every open page in $BROWSER_SCREENSHOTS.
"""

import asyncio
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.harness import HIGH, PHONE, PHONE_HIGH, WIDE, Watch, session_cookie

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
SLOW = 15_000  # ms, on a loaded machine
FAILED = pytest.StashKey[bool]()
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session")
def started(chromium_path: str) -> Iterator[tuple[asyncio.AbstractEventLoop, Browser]]:
    """Chromium, once for all modules of this process, and the event loop that Playwright leaves running in this thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=ARGS)
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield loop, browser
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture(scope="module")
def chromium(started: tuple[asyncio.AbstractEventLoop, Browser]) -> Iterator[Browser]:
    """While the loop runs, Django refuses the ORM in this thread although nothing is asynchronous, and nothing else may start a
    loop: between the modules that drive Chromium it is set aside, as if it were not there."""
    loop, browser = started
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        asyncio._set_running_loop(loop)
        yield browser
        asyncio._set_running_loop(None)


@pytest.fixture
def site(live_server: LiveServer, settings) -> str:
    """Address of the running portal, set up like a demonstration: letters on a page, no second factor."""
    settings.SITE_URL = live_server.url
    settings.DEMO, settings.STAFF_SECOND_FACTOR = True, False
    return live_server.url


class Opens(Protocol):
    """A page in a browser of its own, for one person; `javascript=False` as the visitor may have it. A browser costs more than
    the pages seen in it: whoever comes after another takes the same machine, `on` the other's page."""

    def __call__(
        self,
        user: User | None = None,
        *,
        on: Page | None = None,
        width: int = WIDE,
        height: int = HIGH,
        javascript: bool = True,
    ) -> Page: ...


@pytest.fixture
def opens(
    site: str, chromium: Browser, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opens]:
    watch, contexts = Watch(), list[BrowserContext]()

    def begun(width: int, height: int, javascript: bool) -> Page:
        context = chromium.new_context(
            base_url=site,
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            locale="zh-TW",
            timezone_id="Asia/Taipei",
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(SLOW)
        watch.over(context)
        return context.new_page()

    def made(
        user: User | None = None,
        *,
        on: Page | None = None,
        width: int = WIDE,
        height: int = HIGH,
        javascript: bool = True,
    ) -> Page:
        if on is not None:
            on.goto(reverse("health_live"))  # what the page still says as it closes, the one before says; same process
            on.context.clear_cookies()
        page = on or begun(width, height, javascript)
        if user is not None:
            page.context.add_cookies([session_cookie(user, site)])
        return page

    yield made
    if request.node.stash.get(FAILED, False) or watch.problems:
        folder = Path(os.environ.get("BROWSER_SCREENSHOTS") or tmp_path_factory.getbasetemp() / "screenshots")
        _pictures(contexts, folder, request.node)
    for context in contexts:
        context.close()
    assert not watch.problems, "\n".join(watch.problems)


def _pictures(contexts: list[BrowserContext], folder: Path, item: pytest.Item) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^\w-]+", "_", item.nodeid.removeprefix("tests/browser/"))
    for n, page in enumerate(page for context in contexts for page in context.pages):
        path = folder / f"{name}-{n}.png"
        page.screenshot(path=path, full_page=True, timeout=SLOW)
        item.add_report_section("teardown", "picture", f"{page.url}  {path}")


@pytest.fixture
def visit(opens: Opens) -> Page:
    """A visitor at a desk."""
    return opens()


@pytest.fixture
def phone(opens: Opens) -> Page:
    """A visitor with a telephone."""
    return opens(width=PHONE, height=PHONE_HIGH)


@pytest.fixture
def media(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    return folder

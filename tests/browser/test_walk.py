"""Every page of the demonstration, each as somebody who reaches it by links: no violation of axe-core, and nothing runs over the
window at 320 px, which is 1280 px at 400 % (WCAG 2.2, 1.4.10). What no link leads to is named below, with where it is judged."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from itertools import groupby
from operator import attrgetter

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connections
from playwright.sync_api import Page

from accounts.clock import now
from accounts.demo import DEMO_ROLES
from accounts.models import Organisation, User
from accounts.services.roles import grant_role
from casework.demo import demo_person
from tests.browser.conftest import Opens
from tests.browser.crawl import Found, crawl
from tests.browser.harness import HIGH, WIDE, axe, no_sideways
from tests.security.demonstration import quick_papers
from tests.url_roles import ROWS

NARROW = 320
#: Pages without a link, opened by everybody.
STARTS = ("/", "/admin/", "/design/", "/sitemap/", "/admin/work/?tab=all&state=")

#: Not a page of HTML: papers, sheets, feeds, calendars, scripts, answers to machines, addresses that only lead on.
NOT_PAGES = {
    "account_logout", "admin:app_list", "admin:autocomplete", "admin:jsi18n", "admin:login", "admin:password_change",
    "admin:view_on_site", "casework:attachment", "casework:document", "casework:export_file", "casework:feed",
    "casework:search", "demo_card", "health_live", "health_ready", "metrics", "mfa_download_recovery_codes",
    "ohs_training:photo", "ohs_training:print", "ohs_training:signature", "ohs_training:tablet_state",
    "ohs_training:worker", "ohs_training:my_certificate", "ohs_training:last_day", "ojt_accounts:blank",
    "ojt_accounts:print", "ojt_accounts:print_one", "ojt_subsidy:balance_statement", "ojt_subsidy:calendar",
    "ojt_subsidy:certificate", "ojt_subsidy:class_paper", "ojt_subsidy:clock", "ojt_subsidy:open_data_csv",
    "ojt_subsidy:open_data_json", "ojt_subsidy:payment_notice", "ojt_subsidy:receipt", "ojt_subsidy:statement",
    "plus45:feed", "plus45:feed_all", "plus45:file", "plus45:picture", "plus45:sitemap", "portal:security_txt",
    "senior45:blank", "senior45:paper", "senior45:picture", "vrs_credentials:download", "vrs_credentials:print",
    "vrs_credentials:roster_example", "admin:ohs_print", "admin:vrs_agenda", "admin:vrs_opinion_sheet",
    "admin:subsidy_batch_file",
}  # fmt: skip
#: Share of the remaining pages that links must reach; the others stand in a state the demonstration is not in, and are
#: judged in the browser tests of their scheme.
REACHED = 0.8


@pytest.fixture
def demonstration(site: str) -> Iterator[list[User | None]]:
    """Everybody of the demonstration, and a keeper of the portal."""
    with quick_papers():
        call_command("demo", stdout=StringIO())
        yield _everybody()


def _everybody() -> list[User | None]:
    keeper = demo_person("keeper", "系統管理者")
    keeper.is_staff = True
    keeper.save()
    office = Organisation.objects.filter(kind=Organisation.Kind.BRANCH).earliest("pk")
    grant_role(user=keeper, role_code="casework.administrator", organisation=office, by=None, at=now())
    people = User.objects.filter(account_name__in=[role.account_name for role in DEMO_ROLES]).order_by("pk")
    return [keeper, None, *people]


def _found(people: list[User | None]) -> list[Found]:
    try:
        return list(crawl(people, STARTS))
    finally:
        connections.close_all()


def judge(page: Page, found: Found) -> list[str]:
    answer = page.goto(found.address)
    assert answer is not None
    if answer.status != 200:
        return [f"{found.key} answers {answer.status} at {found.address}"]
    page.evaluate("document.querySelectorAll('details:not(.menu)').forEach((one) => { one.open = true })")
    wrong = []
    for width, look in ((NARROW, no_sideways), (WIDE, axe)):
        page.set_viewport_size({"width": width, "height": HIGH})
        try:
            look(page)
        except AssertionError as error:
            wrong.append(f"{found.key} as {found.user}: {error}")
    return wrong


def test_every_page_is_for_everybody(demonstration: list[User | None], opens: Opens) -> None:
    with ThreadPoolExecutor(
        1
    ) as apart:  # papers are signed on the way, which the browser's event loop forbids in its thread
        found = apart.submit(_found, demonstration).result()
    wrong = []
    for user, theirs in groupby(found, key=attrgetter("user")):
        page = opens(user)
        for one in theirs:
            wrong += judge(page, one)
        page.context.close()  # forty people with a page open each cost more than the page that is judged
    assert not wrong, "\n\n".join(wrong)
    asked = {name.split()[0] for name, row in ROWS.items() if row.post is None and "*" not in name} - NOT_PAGES
    asked = {name for name in asked if name.split(":")[0] in {*django_settings.SCHEMES, "casework", "admin", "portal"}}
    missed = sorted(asked - {one.key.split()[0] for one in found})
    assert len(missed) <= (1 - REACHED) * len(asked), f"no link leads to {missed}"

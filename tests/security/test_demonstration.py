"""One walk of everybody over the whole demonstration, and what may nowhere be found on it.

Before it begins, MARK stands behind every text people can type, and the identifiers are those the demonstration holds. Then:
where an identifier stands in full, whether any page runs what was typed, which headers each answer carries, whether what one
person may open opens for somebody else, and whether everybody can use what a browser makes of it.
"""

import logging
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.html import escape

from accounts.clock import now
from accounts.demo import DEMO_ROLES
from accounts.models import Membership, Organisation, OrganisationUserObjectPermission, User
from accounts.roles import RIGHTS, Side, right
from casework.cases import casetypes, work
from casework.cases.access import rights_on
from casework.cases.moving import open_case
from casework.cases.recusal import RECUSED
from casework.desk.desk import desk_of
from casework.errors import Refused
from casework.jobs import exports
from casework.models import Case, Event, Message
from casework.notices import messages
from casework.views import acts
from config.logging import mask_identifiers
from tests.browser import every_page
from tests.security import allowed, demonstration, needles, others
from tests.security.walk import Visit, Walker, body_of, client_of, kind_of, words_of
from tests.tables import do_barely
from tests.url_roles import ROWS

pytestmark = pytest.mark.django_db
ESCAPED = escape(needles.MARK).encode()


class Lines(logging.Handler):
    """What the handlers of a site would write."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        event = dict(record.msg) if isinstance(record.msg, dict) else {"event": record.getMessage()}
        self.lines.append(str(mask_identifiers(None, "", event)))


def demo_people() -> list[User]:
    """Whoever has a button on the sign-in page, in its order."""
    names = [role.account_name for role in DEMO_ROLES]
    return sorted(User.objects.filter(account_name__in=names), key=lambda one: names.index(one.account_name))


@dataclass
class Walked:
    identifiers: dict[str, str]
    planted: int
    pages: list[Visit] = field(default_factory=list)
    forms: set[str] = field(default_factory=set)
    log: list[str] = field(default_factory=list)
    media: Any = None

    def html(self) -> Iterator[Visit]:
        return (one for one in self.pages if one.media == "text/html")

    def seen(self) -> list[Visit]:
        """Every page once, as it is without MARK."""
        return [replace(one, body=one.body.replace(ESCAPED, b"")) for one in every_page.each_once(self.pages)]


@pytest.fixture(scope="module")
def walked(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Walked]:
    media, root, lines = tmp_path_factory.mktemp("media"), logging.getLogger(), Lines()
    root.addHandler(lines)
    with django_db_blocker.unblock(), demonstration.loaded(media):
        found = Walked(needles.identifiers(), needles.plant_markup(), media=media)
        walker = Walker(Counter(), found.forms)
        people = {one.account_name: one for one in demo_people()}
        found.pages += walker.walk("", None)
        for name, user in people.items():
            with transaction.atomic():
                found.pages += walker.walk(name, user)
                transaction.set_rollback(True)
        found.log = lines.lines
        root.removeHandler(lines)
        yield found


@pytest.fixture(autouse=True)
def _as_in_the_demonstration(_nothing_left_over: None, walked: Walked, settings: Any) -> None:
    settings.DEMO, settings.STAFF_SECOND_FACTOR, settings.MEDIA_ROOT = True, False, str(walked.media)
    settings.KEY_FOLDER = f"{walked.media}-keys"


def test_the_walk_is_worth_something(walked: Walked) -> None:
    assert len(walked.identifiers) > 60
    assert walked.planted > 1500
    assert len({one.name for one in walked.pages if one.status == 200}) > 150
    kinds = Counter(one.media for one in walked.pages if one.status == 200)
    assert min(kinds[media] for media in ("text/html", "application/pdf", "application/json")) > 0, kinds
    assert sum(one.name.startswith("admin:") for one in walked.pages) > 100
    assert not [f"{one.who} {one.address} {one.status}" for one in walked.pages if one.status >= 500]


def test_full_identifiers_stand_only_where_the_list_says(walked: Walked) -> None:
    """tests/security/allowed.py: where, and why there."""
    pattern = re.compile("|".join(walked.identifiers).encode())
    found: dict[str, set[str]] = defaultdict(set)
    for one in walked.pages:
        for number in set(pattern.findall(words_of(one.body))):
            found[one.name].add(f"{one.who} {one.address} {number.decode()} ({walked.identifiers[number.decode()]})")
    wrong = [text for name in sorted(set(found) - set(allowed.PAGES)) for text in sorted(found[name])[:3]]
    assert wrong == [], "\n" + "\n".join(wrong)
    assert set(allowed.PAGES) <= set(found), f"nothing there any more: {set(allowed.PAGES) - set(found)}"


def test_the_database_holds_identifiers_sealed(walked: Walked) -> None:
    """Rows, their history, notices, drafts, receipts, events, the access log, exports and sessions."""
    assert needles.tables_with(walked.identifiers) == {}


def test_logs_carry_no_identifier(walked: Walked) -> None:
    pattern = re.compile("|".join(walked.identifiers))
    assert len(walked.log) > 300
    assert [line for line in walked.log if pattern.search(line)] == []


def test_lists_taken_along_carry_no_identifier(walked: Walked) -> None:
    pattern, asked = re.compile("|".join(walked.identifiers)), 0
    for user in demo_people():
        for one in exports.EXPORTERS:
            try:
                header, lines = one.rows(user, "")
            except Exception:
                continue
            text = str([header, *lines])
            asked += 1
            assert not pattern.search(text), f"{user.account_name} {one.page}: {pattern.search(text)}"
    assert asked > 20


def test_nothing_typed_is_run(walked: Walked) -> None:
    """Stored cross-site scripting: MARK is on the pages (it was planted everywhere), and never as markup."""
    assert sum(ESCAPED in one.body for one in walked.html()) > 100
    assert [one.address for one in walked.html() if needles.MARK.encode() in one.body] == []


_INLINE = re.compile(
    rb"""<script(?![^>]*\bsrc=)(?![^>]*type=["']application/(?:ld\+)?json)[^>]*>|<style\b|<[^>]+\s(?:on\w+|style)\s*=|javascript:""",
    re.IGNORECASE,
)


def test_pages_have_no_inline_script_or_style(walked: Walked) -> None:
    """Also the back office's: the policy allows none, so one that is there does not work."""
    wrong = {f"{one.name}: {found[0][:80]!r}" for one in walked.html() if (found := _INLINE.search(one.body))}
    assert wrong == set()


def test_every_answer_carries_the_headers(walked: Walked) -> None:
    wrong = []
    for one in walked.pages:
        policy = one.headers.get("Content-Security-Policy", "")
        missing = [
            name
            for name in ("Permissions-Policy", "Cross-Origin-Resource-Policy", "Referrer-Policy")
            if name not in one.headers
        ]
        if missing or "unsafe" in policy or "default-src 'none'" not in policy:
            wrong.append(f"{one.name} {one.address} {missing} {policy}")
        if one.headers.get("X-Content-Type-Options") != "nosniff" or one.headers.get("X-Frame-Options") != "SAMEORIGIN":
            wrong.append(f"{one.name} {one.address}: sniffing or framing")
        if one.name.startswith(allowed.SAME_FOR_EVERYBODY):
            if b"csrf" in one.body:
                wrong.append(f"{one.name} {one.address}: a token in what caches keep")
        elif one.who and not re.search(r"no-store|private", one.headers.get("Cache-Control", "")):
            wrong.append(f"{one.name} {one.address}: {one.headers.get('Cache-Control')} for somebody signed in")
    assert wrong == [], "\n" + "\n".join(wrong[:20])


# --- other people's things ------------------------------------------------------------------------------------------------------


def _refused(status: int, goal: str) -> bool:
    return status in (403, 404, 405) or (status == 302 and goal.startswith(("/accounts/login/", "/admin/login/")))


def test_what_somebody_opens_opens_for_nobody_elsewhere(walked: Walked) -> None:
    """Every address of one thing that anybody opened on the walk, asked for by the strongest strangers."""
    clients, wrong, asked = others.everybody_else(), [], 0
    opened = {
        (one.name, kind_of(one.address)): one.address
        for one in walked.pages
        if one.who and one.status == 200 and others.is_somebodys(one.address) and one.name not in allowed.SHARED
    }
    for (name, _), address in sorted(opened.items()):
        for who, client in clients.items():
            with transaction.atomic():
                response = client.get(address)
                body_of(response)
                transaction.set_rollback(True)
            asked += 1
            if not _refused(response.status_code, response.headers.get("Location", "")):
                wrong.append(f"{name} {address}: {response.status_code} for {who}")
    assert asked > 200
    assert wrong == [], "\n" + "\n".join(wrong)


def test_what_somebody_posts_changes_nothing_for_others(walked: Walked) -> None:
    """Every form that stood on a page of the walk, posted by the strongest strangers."""
    clients, wrong = others.everybody_else(), []
    goals: dict[tuple[str, str], str] = {}
    for address in sorted(walked.forms):
        kind = kind_of(address)
        if kind and others.is_somebodys(address) and kind[0] not in allowed.SHARED:
            goals.setdefault(kind, address.split("?")[0])
    assert len(goals) > 60
    for (name, _), address in goals.items():
        for who, client in clients.items():
            with others.writes() as changed:
                response = client.post(address, {"reason": "測試", "codes": "1", "answer": "測試"})
            if changed or not _refused(response.status_code, response.headers.get("Location", "")):
                wrong.append(f"{name} {address}: {response.status_code} for {who}, {changed[:1]}")
    assert wrong == [], "\n" + "\n".join(wrong)


def test_a_post_without_the_pages_token_is_refused_everywhere(walked: Walked) -> None:
    owner = Client(enforce_csrf_checks=True)
    owner.force_login(demo_people()[0], backend=demonstration.BACKEND)
    kinds = {kind: address.split("?")[0] for address in sorted(walked.forms) if (kind := kind_of(address))}
    wrong = []
    for (name, _), address in kinds.items():
        with others.writes() as changed:
            status = owner.post(address, {}).status_code
        if status != 403 or changed:
            wrong.append(f"{name} {address}: {status}")
    assert wrong == []


# --- for everybody ----------------------------------------------------------------------------------------------------------------

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


def test_links_reach_every_page(walked: Walked) -> None:
    asked = {name.split()[0] for name, row in ROWS.items() if row.post is None and "*" not in name} - NOT_PAGES
    asked = {name for name in asked if name.split(":")[0] in {*django_settings.SCHEMES, "casework", "admin", "portal"}}
    missed = sorted(asked - {one.name for one in walked.seen()})
    assert len(missed) <= (1 - REACHED) * len(asked), f"no link leads to {missed}"


@pytest.mark.browser
def test_every_page_is_for_everybody(walked: Walked, chromium_path: str, whole: bool) -> None:
    """In the suite the fewest pages that show each layout, component, panel and widget, every one in `./dev drill every_page`."""
    pages, people = walked.seen(), {one.account_name: one for one in demo_people()}
    assert len(pages) > 250
    asked = pages if whole else every_page.sample(pages)
    wrong = every_page.judged(chromium_path, asked, lambda who: client_of(people.get(who)))
    assert not wrong, "\n\n".join(wrong)


# --- 迴避 (行政程序法第32條) ------------------------------------------------------------------------------------------------------
# Whoever stands in a case, or belongs to its unit, does nothing on the office's side of it, whatever rights the office gave them.
# Each kind is tried in every state its acts leave.

#: Kinds in which nobody stands: the office's own work. Of an article the unit alone is tried: who wrote a version does not review it by
#: 附件2's own rule (tests/senior45/test_refusals.py).
APART = {"senior45.campaign"}


def fresh() -> User:
    name = f"recusal{get_random_string(8, 'abcdefghjkmnpq')}"
    return User.objects.create_user(name, name="某同仁", email=f"{name}@example.org")


def appointed(user: User, case: Case) -> User:
    """Every right an office can give, in the office of the case."""
    codes = [one.codename for one in RIGHTS if one.side is Side.OFFICE]
    rows = Permission.objects.filter(codename__in=codes, content_type__app_label="accounts")
    OrganisationUserObjectPermission.objects.bulk_create(
        [OrganisationUserObjectPermission(user=user, permission=row, content_object=case.office) for row in rows],
        ignore_conflicts=True,
    )
    User.objects.filter(pk=user.pk).update(is_staff=True, is_active=True, must_change_password=False)
    return User.objects.get(pk=user.pk)


def bare(kind: str) -> Case:
    """A case of a kind that the demonstration does not show, of somebody who applies for themselves."""
    office = Organisation.objects.filter(kind="branch").order_by("pk")[0]
    who = fresh()
    return open_case(kind=kind, title="試辦", office=office, person=who, by=who, at=now())


def parties(case: Case) -> Iterator[User]:
    """One of those who stand in the case, and one who merely works in its unit."""
    about = casetypes.casetype(case.kind)
    this = Case.objects.filter(pk=case.pk)
    nearest = [case.person, case.created_by, *User.objects.order_by("pk")]
    if found := next((one for one in nearest if one and this.filter(about.parties(about, one)).exists()), None):
        yield found
    if case.organisation_id not in (None, case.office_id):
        made = fresh()
        Membership.objects.create(user=made, organisation=case.organisation, starts_on=date(2020, 1, 1))
        yield made


def kinds() -> list[str]:
    return sorted(one.kind for one in casetypes.all_casetypes() if not one.kind.startswith("toy."))


def test_no_party_takes_a_step_of_the_office() -> None:
    tried: dict[str, int] = {}
    for kind in kinds():
        table = casetypes.casetype(kind).table
        case = Case.objects.filter(kind=kind).order_by("filed_at", "pk").first() or bare(kind)
        for user in parties(case):
            user = appointed(user, case)
            for step in (act for act in table if right(act.right).side is Side.OFFICE):
                for state in step.sources:
                    Case.objects.filter(pk=case.pk).update(state=state)
                    before = (Case.objects.values().get(pk=case.pk), Event.objects.count())
                    with pytest.raises(Refused, match=RECUSED), transaction.atomic():
                        do_barely(case, step.code, by=user, at=now())
                    assert (Case.objects.values().get(pk=case.pk), Event.objects.count()) == before
                    tried[kind] = tried.get(kind, 0) + 1
    assert set(tried) == set(kinds()) - APART, tried
    assert sum(tried.values()) > 100, tried


def test_their_buttons_are_off_with_the_sentence_and_the_desk_gives_them_nothing() -> None:
    seen = 0
    for kind in sorted(set(kinds()) - APART):
        rows = Case.objects.filter(kind=kind, turn="office", filed_at__isnull=False)
        case = rows.select_related("office").order_by("pk").first()
        if case is None:
            continue
        for user in parties(case):
            user = appointed(user, case)
            shown = acts.buttons(case, rights_on(user, case), Side.OFFICE)
            assert {one.why for one in shown} <= {RECUSED} and all(one.form is None for one in shown), (kind, shown)
            seen += len(shown)
            assert not acts.any_open(case, rights_on(user, case), Side.OFFICE)
            before = set(Event.objects.values_list("pk"))
            Case.objects.filter(pk=case.pk).update(assignee=None)
            awaited = Case.objects.filter(pk=case.pk)
            awaited.update(awaiting=next(one.code for one in RIGHTS if one.side is Side.OFFICE))
            assert not awaited.filter(desk_of(user).my_turn()), f"{kind}: offered to a party"
            with pytest.raises(Refused, match=RECUSED):
                work.claim(case, by=user, at=now())
            colleague = appointed(fresh(), case)
            assert awaited.filter(desk_of(colleague).my_turn()), kind
            with pytest.raises(Refused, match="應予迴避"):
                work.reassign(case, to=user, by=colleague, at=now())
            with pytest.raises(Refused, match=RECUSED):
                messages.write(case, kind=Message.Kind.NOTE, body="註記", by=user, at=now())
            assert set(Event.objects.values_list("pk")) == before
            browser = Client()
            browser.force_login(user, demonstration.BACKEND)
            page = browser.get(reverse("admin:case", args=[case.number]))
            assert page.status_code == 200, kind
            if shown:
                assert RECUSED in page.content.decode(), kind
    assert seen > 20


def test_a_colleague_of_the_office_is_no_party() -> None:
    """The control: the same rights in a hand that has nothing to do with the case."""
    for kind in sorted(set(kinds()) - APART):
        case = Case.objects.filter(kind=kind).order_by("pk").first() or bare(kind)
        rights = rights_on(appointed(fresh(), case), case)
        assert RECUSED not in {one.why for one in acts.buttons(case, rights, Side.OFFICE)}
        Case.objects.filter(pk=case.pk).update(assignee=None)
        work.claim(case, by=rights.user, at=now())

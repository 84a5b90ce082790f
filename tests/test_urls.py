"""Nothing is open by oversight: every address of the resolver has a row in tests/url_roles.py, and answers as the row says."""

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.clock import now
from accounts.models import User
from accounts.services.roles import grant_role
from casework.models import Attachment, Case, Document, Notice
from ojt_accounts.models import Registration
from tests.ojt_accounts import world as worlds
from tests.url_roles import ANYBODY, ROWS, SIGN_IN, Answer, Row

SIGN_IN_PAGE = "/accounts/login/"


@dataclass(frozen=True)
class Found:
    name: str
    route: str
    pattern: URLPattern

    @property
    def is_public(self) -> bool:
        return not getattr(self.pattern.callback, "login_required", True)


def walk(resolver: URLResolver, route: str = "", namespace: str = "") -> Iterator[Found]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from walk(one, route + str(one.pattern), inner)
        elif one.name:
            yield Found(namespace + one.name, route + str(one.pattern), one)
        else:
            yield Found("", route + str(one.pattern), one)


ADDRESSES = list(walk(get_resolver()))
_TWICE = {name for name, number in Counter(found.name for found in ADDRESSES).items() if number > 1 and name}


def key_of(found: Found) -> str:
    return f"{found.name} {found.route}" if found.name in _TWICE else found.name


def row_of(found: Found) -> tuple[str, Row] | None:
    key = key_of(found)
    if key in ROWS:
        return key, ROWS[key]
    patterns = [name for name in ROWS if "*" in name and fnmatchcase(found.name, name)]
    if patterns:
        longest = max(patterns, key=len)
        return longest, ROWS[longest]
    return None


NAMED = [found for found in ADDRESSES if found.name]
WITH_ROW = [(found, *row) for found in NAMED if (row := row_of(found))]


def test_every_address_has_a_row():
    missing = sorted(f"{key_of(found)}    {found.route}" for found in NAMED if row_of(found) is None)
    assert missing == [], "add rows to tests/url_roles.py:\n" + "\n".join(missing)


def test_every_row_has_an_address():
    used = {key for _, key, _ in WITH_ROW}
    assert set(ROWS) - used == set()


def test_addresses_without_a_name_are_the_stock_admins():
    """Its redirect of an old address per model, and its answer to anything else: both ask for staff first."""
    nameless = {found.route for found in ADDRESSES if not found.name}
    assert all(route.startswith("admin/") for route in nameless)
    assert all(route.endswith(("<path:object_id>/", "(?P<url>.*)$")) for route in nameless)
    client = Client()
    for address in ("/admin/accounts/user/1/", "/admin/no/such/page/"):
        assert client.get(address).url.startswith(SIGN_IN_PAGE)


def test_public_views_are_those_the_table_says():
    for found, _, row in WITH_ROW:
        opened = row.answers["anonymous"] != SIGN_IN
        exceptions = {"mfa_authenticate", "portal:idle_out"}  # public, and lead to the sign-in page by themselves
        assert found.is_public == (opened or found.name in exceptions), found.name


@dataclass
class Scene:
    """The applicant's application, filed and approved, and what hangs on it; and who visits."""

    case: Case
    attachment: Attachment
    document: Document
    notice: Notice
    applicant: User
    registration: int
    intake: int
    visitors: dict[str, User | None]


@pytest.fixture
def scene(db: None, settings: Any) -> Scene:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False
    here = worlds.world()
    case = worlds.approved(here)
    _, elsewhere = worlds.branch("高屏澎東分署", "BR-KPP", now())
    _, other = worlds.unit("別的職業訓練中心", "22099131", now())
    system = worlds.person("系統管理者")
    grant_role(user=system, role_code="casework.administrator", organisation=here.branch, by=None, at=now())
    return Scene(
        case=case,
        attachment=case.attachments.earliest("pk"),
        document=Document.objects.filter(case=case).earliest("pk"),
        notice=Notice.objects.filter(user=here.contact).earliest("pk"),
        applicant=here.contact,
        registration=Registration.objects.get().pk,
        intake=here.intake.pk,
        visitors={
            "anonymous": None,
            "applicant": here.contact,
            "other_applicant": other,
            "officer": here.officer,
            "chief": here.chief,
            "approver": here.approver,
            "administrator": here.admin,
            "system": system,
            "outsider": elsewhere["officer"],
        },
    )


def answer_of(client: Client, found: Found, row: Row, scene: Scene) -> int | str:
    """The status, with everything the visit changed taken back: rows by rollback, the cookie by hand."""
    address = reverse(found.name, args=row.args(scene))
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        response = client.get(address) if row.post is None else client.post(address, row.post)
        if response.streaming:
            response.getvalue()  # the file is closed at its end
        transaction.set_rollback(True)
    client.cookies = cookies
    if response.status_code == 302 and response.url.startswith(SIGN_IN_PAGE):
        return SIGN_IN
    return response.status_code


#: Asked at every address. The outsider has an officer's rights elsewhere, the other applicant an applicant's: a page that forgets to
#: ask whose thing it is opens to them first.
STRANGERS = ("anonymous", "other_applicant", "outsider")


def asked_of(row: Row, number: int, *, whole: bool) -> list[str]:
    """Whom the suite asks at an address: strangers, one of the others in turn, and one for each answer that none of these gets.
    `./dev drill full_size` asks everybody everywhere."""
    if whole:
        return list(ANYBODY)
    others = [name for name in ANYBODY if name not in STRANGERS]
    turned = others[number % len(others) :] + others[: number % len(others)]
    first: dict[Answer, str] = {}
    for name in (*STRANGERS, *turned):
        first.setdefault(row.answers[name], name)
    return [name for name in ANYBODY if name in {*STRANGERS, turned[0], *first.values()}]


def test_every_answer_of_a_row_is_asked_for_and_every_visitor_at_many_addresses():
    asked = Counter[str]()
    for number, (found, _, row) in enumerate(WITH_ROW):
        names = asked_of(row, number, whole=False)
        assert {row.answers[name] for name in names} == set(row.answers.values()), found.name
        asked.update(names)
    assert min(asked[name] for name in ANYBODY) > 50, asked


def test_every_visitor_gets_what_the_table_says(scene: Scene, whole: bool):
    clients = {}
    for name in ANYBODY:
        clients[name] = Client(raise_request_exception=False)
        if user := scene.visitors[name]:
            clients[name].force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    wrong = []
    for number, (found, key, row) in enumerate(WITH_ROW):
        asked = asked_of(row, number, whole=whole)
        got = {name: answer_of(clients[name], found, row, scene) for name in asked}
        unlike = {name: answer for name, answer in got.items() if answer != row.answers[name]}
        if unlike:
            wrong.append(f"{found.name} {found.route} (row {key}) answers {unlike}")
    assert wrong == [], "\n" + "\n".join(wrong)

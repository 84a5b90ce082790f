"""What somebody with bad intent tries first, each as they would try it."""

import contextlib
import re
import urllib.request
import uuid
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as site
from django.contrib.auth import hashers
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms.models import BaseModelForm
from django.test import Client, RequestFactory
from django.urls import reverse
from weasyprint.urls import FatalURLFetchingError

from accounts.models import AccessLog, Organisation, User
from accounts.sign_in_page import page_of
from casework.cases.attachments import add_attachment
from casework.intake.sample import paper
from casework.models import Attachment, Case, Notice
from casework.notices.delivery import deliver_due
from casework.notices.outbox import notify
from casework.papers import rendering
from tests.accounts.conftest import PASSWORD, sign_in
from tests.casework import faces, toy
from tests.casework.conftest import NOW, scene, toys  # noqa: F401 - fixtures
from tests.casework.test_faces_case import paper as kept_paper
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
OURS = tuple(site.SCHEMES)


@pytest.fixture
def person() -> User:
    user = UserFactory(account_name="lina88", email="lina88@example.test", name="林小莉")
    user.set_password(PASSWORD)
    user.save()
    return user


# --- leading people and letters elsewhere -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "goal",
    ["https://evil.test/", "//evil.test/", "https:evil.test", "javascript:alert(1)", "/\\evil.test"],
)
def test_signing_in_leads_to_no_other_site(person: User, goal: str) -> None:
    assert sign_in(Client(), "lina88", next=goal).url in ("/", "")
    signed_in = Client()
    signed_in.force_login(person)
    led = signed_in.get("/accounts/login/", {"next": goal})
    assert led.status_code == 302
    assert led.url.startswith("/") and not led.url.startswith(("//", "/\\"))
    assert "evil" not in signed_in.post("/accounts/logout/", {"next": goal}).url


@pytest.mark.parametrize("name", ["HX-Current-URL", "Referer"])
def test_the_page_returned_to_is_ours(name: str) -> None:
    request = RequestFactory().post("/cases/", headers={name: "https://evil.test/cases/?a=1"})
    assert page_of(request) == "/"


def test_another_host_is_refused_and_letters_name_ours(
    person: User, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.SITE_URL = "https://portal.example"
    assert Client().get("/", headers={"host": "evil.test"}).status_code == 400
    assert (
        Client()
        .post("/accounts/password/reset/", {"login": "lina88"}, headers={"X-Forwarded-Host": "evil.test"})
        .status_code
        == 302
    )
    body = Notice.objects.get(user=person).body
    assert "https://portal.example/set-password/" in body
    assert "evil" not in body


# --- learning who has an account ------------------------------------------------------------------------------------------------


def _bare(page: str) -> str:
    """Without what differs at every request: tokens and the reference number."""
    return re.sub(r'value="[A-Za-z0-9]{64}"|"X-CSRFToken": "[^"]+"|<code>[^<]+</code>', "", page)


def test_sign_in_tells_and_takes_the_same_for_a_name_nobody_has(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    true = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(
        hashers.MD5PasswordHasher,
        "encode",
        lambda self, password, salt: hashed.append(salt) or true(self, password, salt),
    )
    pages, work = [], []
    for name in ("lina88", "nobody88"):
        hashed.clear()
        pages.append(_bare(sign_in(Client(), name, "wrong-1").content.decode()).replace(name, "…"))
        work.append(len(hashed))
    assert pages[0] == pages[1]
    assert work[0] == work[1] == 1


def test_a_forgotten_password_tells_nothing(person: User) -> None:
    told = []
    for name in ("lina88", "nobody88", "lina88@example.test", "nobody@example.test"):
        answer = Client().post("/accounts/password/reset/", {"login": name}, follow=True)
        told.append((answer.status_code, answer.redirect_chain, _bare(answer.content.decode())))
    assert len({str(one) for one in told}) == 1


# --- a session somebody else knows ----------------------------------------------------------------------------------------------


def test_signing_in_changes_the_session_and_the_form_token(person: User) -> None:
    client = Client()
    client.get("/accounts/login/")
    before = client.cookies["csrftoken"].value
    session = client.session
    session["planted"] = "by the attacker"
    session.save()
    client.cookies["sessionid"] = known = session.session_key
    sign_in(client, "lina88")
    assert client.cookies["sessionid"].value != known
    assert client.cookies["csrftoken"].value != before
    assert Client(headers={"cookie": f"sessionid={known}"}).get("/me/").status_code == 302


def test_a_long_session_ends_however_busy(person: User, settings: Any) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client = Client()
        sign_in(client, "lina88")
        for _ in range(settings.SESSION_ABSOLUTE_SECONDS // 1200):
            clock.shift(1200)
            assert client.get("/me/").status_code == 200
        clock.shift(1)
        assert client.get("/me/").url.startswith("/accounts/login/")
        assert AccessLog.objects.filter(action="sign_out", user=person, reason="登入時間已達上限").count() == 1
        assert "滿 12 小時" in client.get("/accounts/login/").text


# --- other people's things ------------------------------------------------------------------------------------------------------


def test_fields_that_no_form_asks_for_change_nothing(scene: faces.Scene) -> None:  # noqa: F811
    """Mass assignment: a post that carries the columns of the row."""
    case = toy.case(office=scene.branch, unit=scene.unit, by=scene.contact, at=NOW, state="draft")
    stolen = {
        "state": "approved",
        "office": scene.elsewhere.pk,
        "office_id": scene.elsewhere.pk,
        "organisation": scene.other_unit.pk,
        "person": scene.stranger.pk,
        "decided_on": "115/11/20",
        "number": "TY-115-999999",
        "is_staff": "1",
    }
    given = {"version": case.version, "key": str(uuid.uuid4()), **stolen}
    scene.client(scene.contact).post(f"/cases/{case.number}/act/file/", given)
    found = Case.objects.get(pk=case.pk)
    assert (found.state, found.office, found.organisation) == ("filed", scene.branch, scene.unit)
    assert (found.person, found.decided_on, found.number) == (None, None, case.number)
    scene.contact.refresh_from_db()
    assert not scene.contact.is_staff


def test_no_form_is_made_from_a_row() -> None:
    """A form of a model takes whatever column it is told to, one day also the wrong one."""

    def all_of(kind: type) -> set[type]:
        return {kind} | {one for child in kind.__subclasses__() for one in all_of(child)}

    ours = {one for one in all_of(BaseModelForm) if one.__module__.split(".")[0] in {"accounts", "casework", *OURS}}
    assert ours == set()


def test_numbers_of_other_cases_open_nothing_in_this_one(scene: faces.Scene) -> None:  # noqa: F811
    """A case one may work on in the address, a thing of another case behind it."""
    mine = toy.case(office=scene.branch, unit=scene.unit, at=NOW)
    theirs = toy.case(office=scene.elsewhere, unit=scene.other_unit, at=NOW)
    foreign = kept_paper(theirs, scene.stranger)
    officer = scene.client(scene.officer)
    given = {"version": mine.version, "key": str(uuid.uuid4())}
    assert officer.post(reverse("admin:case_confirm", args=[mine.number, foreign.pk]), given).status_code == 404
    assert officer.post(reverse("admin:case_resend", args=[mine.number, 10**6]), given).status_code == 404
    assert Attachment.objects.get(pk=foreign.pk).confirmed_at is None


def test_without_the_forms_token_nothing_is_posted(scene: faces.Scene) -> None:  # noqa: F811
    case = toy.case(office=scene.branch, unit=scene.unit, at=NOW)
    client = Client(enforce_csrf_checks=True)
    client.force_login(scene.contact)
    answer = client.post(f"/cases/{case.number}/act/withdraw/", {"version": case.version, "key": str(uuid.uuid4())})
    assert answer.status_code == 403
    case.refresh_from_db()
    assert case.state == "filed"


# --- files -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../../../../etc/cron.d/evil.pdf",
        "..\\..\\evil.pdf",
        'a"; filename="evil.html.pdf',
        "證明\r\nSet-Cookie: a=b.pdf",
        "/etc/passwd.pdf",
    ],
)
def test_a_files_name_leads_nowhere(scene: faces.Scene, settings: Any, name: str) -> None:  # noqa: F811
    case = toy.case(office=scene.branch, unit=scene.unit, at=NOW)
    upload = SimpleUploadedFile("x.pdf", paper("證明", ["內容"]), content_type="text/html")
    upload._name = name  # what a browser that is none sends
    one = add_attachment(case=case, field="proof", label="證明", upload=upload, by=scene.contact, at=NOW)
    kept = Path(one.file.path).resolve()
    assert kept.is_relative_to(Path(settings.MEDIA_ROOT).resolve())
    assert kept.suffix == ".pdf"
    answer = scene.client(scene.contact).get(f"/cases/papers/{one.pk}/?download")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "Set-Cookie" not in answer.headers
    assert "\r" not in answer.headers["Content-Disposition"] and "\n" not in answer.headers["Content-Disposition"]
    answer.close()


@pytest.mark.parametrize(
    "asked",
    [
        "../../config/settings.py",
        "..%2f..%2fconfig%2fsettings.py",
        "%2e%2e/%2e%2e/etc/passwd",
        "css/../../config/settings.py",
    ],
)
@pytest.mark.parametrize("base", ["/static/", "/cases/papers/", "/vrs/downloads/", "/media/"])
def test_no_address_climbs_out_of_its_folder(base: str, asked: str) -> None:
    answer = Client().get(base + asked)
    assert answer.status_code in (302, 404)
    assert "SECRET_KEY" not in (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:1/x.png", "https://169.254.169.254/latest/", "file:///etc/passwd", "ftp://127.0.0.1/x"],
)
@pytest.mark.parametrize(
    "where", ['<img src="{}">', '<style>@import url("{}");</style>', '<link rel="attachment" href="{}">']
)
def test_a_paper_fetches_nothing(address: str, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The only program of ours that follows addresses is the one that draws papers; it follows none."""

    def asked(*args: Any, **kwargs: Any) -> None:
        raise AssertionError(f"fetched {args}")

    monkeypatch.setattr(urllib.request, "urlopen", asked)
    # a refusal of any kind will do; being asked is what must not happen
    with contextlib.suppress(ValueError, OSError, FatalURLFetchingError):
        pdf = rendering.render_html(f"<html><head></head><body>{where.format(address)}<p>x</p></body></html>")
        assert b"root:" not in pdf and b"EmbeddedFile" not in pdf


#: Revocation lists: from addresses the operator sets and the folder's own issuers name, never from a visitor's certificate.
FETCHES = {"accounts/certificates/fetching.py"}
_CLIENT = re.compile(
    r"^\s*(?:import|from)\s+(?:urllib\.request|http\.client|requests|httpx|aiohttp|urllib3|ftplib)\b", re.MULTILINE
)


def test_nothing_else_of_ours_follows_addresses() -> None:
    """Who imports a client for HTTP is named above, with whose addresses it follows."""
    folders = ("accounts", "casework", "config", "kernel", *OURS)
    files = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    assert {str(path.relative_to(ROOT)) for path in files if _CLIENT.search(path.read_text())} == FETCHES


# --- what is typed, elsewhere ---------------------------------------------------------------------------------------------------


def test_letters_have_one_subject_and_one_addressee(person: User) -> None:
    """A name with a line end would write headers of its own."""
    unit = Organisation.objects.create(name="單位\r\nBcc: evil@evil.test", kind="unit")
    notify(users=[person], code="toy.told", subject=f"通知 {unit.name}", body="內容", key="inject", case=None, at=NOW)
    deliver_due(at=NOW)
    assert len(mail.outbox) == 1
    assert mail.outbox[0].recipients() == ["lina88@example.test"]
    assert "\n" not in mail.outbox[0].subject

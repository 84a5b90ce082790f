"""The folder of authorities kept up: lists fetched, the test authority made, a real site checked."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from django.core.management import CommandError, call_command

from accounts import checks
from accounts.certificates.authorities import authorities
from accounts.certificates.fetching import fetch_crls
from accounts.certificates.software_card import Issuer, TestAuthority, make_crl
from tests.accounts.cards import AT, DAY, World, world

DER = serialization.Encoding.DER


@pytest.fixture
def cards() -> World:
    return world()


@pytest.fixture
def folder(cards: World, tmp_path: Path, settings) -> Path:
    place = tmp_path / "authorities"
    for part, one in (("anchors", cards.root), ("issuers", cards.issuer)):
        (place / part).mkdir(parents=True)
        (place / part / "one.pem").write_bytes(one.certificate.public_bytes(serialization.Encoding.PEM))
    settings.CERTIFICATE_FOLDER, settings.DEMO = str(place), False
    return place


class Lists(BaseHTTPRequestHandler):
    content: dict[str, bytes] = {}

    def do_GET(self) -> None:
        found = self.content.get(self.path)
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(found or b"")

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def server(settings) -> Iterator[dict[str, bytes]]:
    """Somewhere lists are published: path → what is there."""
    Lists.content = {}
    with HTTPServer(("127.0.0.1", 0), Lists) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        settings.CERTIFICATE_CRL_URLS = [f"http://127.0.0.1:{running.server_port}/one.crl"]
        yield Lists.content
        running.shutdown()


def problem() -> str:
    [done] = fetch_crls(at=AT)
    return done.problem


def crl(issuer: Issuer, begins: int, ends: int = 1) -> bytes:
    return make_crl(issuer, begins=AT + begins * DAY, ends=AT + ends * DAY).public_bytes(DER)


def test_a_list_is_fetched_and_replaced_by_newer_ones_only(folder, server, cards):
    assert authorities().crls == ()
    server["/one.crl"] = crl(cards.issuer, -2)
    assert problem() == ""
    assert authorities().crls[0].last_update_utc == AT - 2 * DAY
    server["/one.crl"] = crl(cards.issuer, -1)
    assert problem() == ""
    assert [one.last_update_utc for one in authorities().crls] == [AT - DAY]
    server["/one.crl"] = crl(cards.issuer, -3)
    assert problem() == "older than the one at hand"
    assert [one.last_update_utc for one in authorities().crls] == [AT - DAY]


def test_what_does_not_hold_leaves_the_list_at_hand(folder, server, cards, monkeypatch):
    server["/one.crl"] = crl(cards.issuer, -2)
    fetch_crls(at=AT)
    forged = Issuer(cards.issuer.certificate, cards.stranger.key)
    monkeypatch.setattr("accounts.certificates.fetching.LARGEST", 5000)
    for content, said in (
        (crl(cards.stranger, -1), "signed by nobody"),
        (crl(forged, -1), "signed by nobody"),
        (b"<html>moved</html>", "ValueError"),
        (b"x" * 6000, "too large"),
        (b"", "HTTPError"),
        (crl(cards.issuer, -2, -1), "past its own nextUpdate"),
    ):
        server["/one.crl"] = content
        assert said in problem()
    assert [one.last_update_utc for one in authorities().crls] == [AT - 2 * DAY]


def test_no_address_but_of_the_web_is_opened(folder, settings):
    settings.CERTIFICATE_CRL_URLS = ["file:///etc/hostname"]
    assert problem() == "address"


def test_the_command_says_what_is_wrong(folder, server, cards):
    server["/one.crl"] = crl(cards.issuer, -1)
    said = StringIO()
    with time_machine.travel(AT, tick=False):
        call_command("fetch_crls", stdout=said)
        assert said.getvalue().startswith("ok\thttp://127.0.0.1")
        server.clear()
        with pytest.raises(CommandError, match="未能更新"):
            call_command("fetch_crls", stdout=said)


def test_the_test_authority_is_made_once_and_only_in_the_demonstration(settings, tmp_path):
    settings.CERTIFICATE_FOLDER, settings.DEMO, settings.MEDIA_ROOT = "", True, str(tmp_path)
    said = StringIO()
    call_command("make_test_authority", stdout=said)
    place = tmp_path / "keys" / "test-authority"
    before = (place / "private" / "issuer.p12").read_bytes()
    call_command("make_test_authority", stdout=said)
    assert (place / "private" / "issuer.p12").read_bytes() == before
    assert {path.stat().st_mode & 0o077 for path in place.rglob("*.p12")} == {0}
    assert len(authorities().anchors) == 1
    settings.DEMO = False
    with pytest.raises(CommandError, match="展示環境"):
        call_command("make_test_authority")
    settings.DEMO, settings.CERTIFICATE_FOLDER = True, str(tmp_path)
    with pytest.raises(CommandError, match="其他憑證機構"):
        call_command("make_test_authority")


def test_two_processes_that_make_it_at_once_end_with_the_same(tmp_path):
    place = tmp_path / "authority"
    makers = [threading.Thread(target=TestAuthority(place).make, kwargs={"at": AT}) for _ in range(3)]
    for one in makers:
        one.start()
    for one in makers:
        one.join()
    assert TestAuthority(place).exists
    assert list(tmp_path.iterdir()) == [place]


def ids() -> set[str]:
    return {one.id or "" for one in checks.certificates_have_somebody_to_trust(None)}


def test_a_real_site_needs_anchors_and_none_of_the_tests(folder, settings, cards):
    settings.CERTIFICATE_SIGN_IN, settings.DEBUG = True, False
    assert ids() == {"accounts.E005"}, "the authority of these tests is one of the test's"
    settings.DEBUG = True
    assert ids() == set()
    (folder / "anchors" / "one.pem").unlink()
    assert ids() == {"accounts.E004"}
    settings.CERTIFICATE_SIGN_IN = False
    assert ids() == set()

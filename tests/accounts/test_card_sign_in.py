"""憑證登入 (OA-12) from the challenge to the session: nonces, whose account a card opens, what is written down."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from django.db import transaction
from django.test import Client

from accounts import identity
from accounts.certificates.refusals import SENTENCES, CertificateRefused
from accounts.certificates.software_card import Card
from accounts.errors import Refused
from accounts.models import AccessLog, CardChallenge, CertificateBinding, Organisation, User
from accounts.services import challenges
from accounts.services.bindings import release_certificate
from accounts.services.users import close_user
from tests.accounts.cards import AT, NAME, NUMBER, World, world
from tests.factories import proven
from tests.parallel import meet, together

pytestmark = pytest.mark.django_db
CHALLENGE, COMPLETE = "/sign-in/challenge/", "/sign-in/certificate/"


@pytest.fixture(scope="module")
def cards() -> World:
    return world()


@pytest.fixture
def folder(cards: World, tmp_path: Path, settings) -> Path:
    """What an administrator would keep there."""
    place = tmp_path / "authorities"
    der = serialization.Encoding.DER
    trusted = cards.trusted
    for part, ones in (("anchors", trusted.anchors), ("issuers", trusted.issuers), ("crls", trusted.crls)):
        (place / part).mkdir(parents=True)
        for n, one in enumerate(ones):
            (place / part / f"{n}.der").write_bytes(one.public_bytes(der))
    settings.CERTIFICATE_FOLDER, settings.DEMO, settings.STAFF_SECOND_FACTOR = str(place), False, False
    return place


@pytest.fixture(autouse=True)
def _that_day(folder: Path) -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def holder_of(account_name: str, name: str, make_user: Callable[..., User]) -> User:
    user = make_user(account_name)
    user.name = name
    user.save()
    return user


@pytest.fixture
def person(make_user: Callable[..., User]) -> User:
    user = holder_of("lina88", NAME, make_user)
    user.set_national_id(NUMBER)
    user.save()
    return user


def asked(client: Client) -> dict[str, str]:
    answer = client.post(CHALLENGE)
    assert answer.status_code == 200
    return answer.json()


def signed(client: Client, card: Card, login: str = "", **changes: str) -> dict[str, str]:
    told = asked(client)
    return {"login": login, "nonce": told["nonce"], "answer": card.cms(told["message"].encode()), **changes}


def said(client: Client, sent: dict[str, str]) -> str:
    """The sentence the page shows; empty when the card opened the door."""
    answer = client.post(COMPLETE, sent)
    assert answer.status_code == 302
    if not answer.url.startswith("/accounts/login/"):
        return ""
    return str(next(iter(client.get(answer.url).context["messages"])))


def elsewhere(card: Card, login: str = "") -> str:
    """What another browser is told that tries with this card."""
    client = Client()
    return said(client, signed(client, card, login))


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


# --- the first time, and every time after ----------------------------------------------------------------------------------


def test_bound_at_the_first_use_then_known_by_the_card(client, person, cards):
    card = cards.card()
    assert said(client, signed(client, card, "lina88")) == ""
    assert is_in(client)
    one = CertificateBinding.objects.get()
    assert (one.user, one.kind, one.serial) == (person, "citizen", f"{card.certificate.serial_number:x}")
    again = Client()
    assert said(again, signed(again, card)) == ""
    assert again.get("/me/").context["person"] == person
    actions = list(AccessLog.objects.order_by("pk").values_list("action", "user", "subject"))
    assert actions == [
        ("certificate_bound", person.pk, f"lina88 自然人憑證 {one.serial}"),
        ("id_proven", person.pk, "lina88"),
        ("sign_in", person.pk, "憑證登入"),
        ("sign_in", person.pk, "憑證登入"),
    ]


def test_a_unbound_card_asks_for_the_account(client, person, cards):
    assert said(client, signed(client, cards.card())) == SENTENCES["name_account"]


@pytest.mark.parametrize(
    ("login", "given"),
    [
        ("lina88", {"last_four": "1111"}),
        ("lina88", {"name": "王大明"}),
        ("lina88", {"unified_number": "04595257"}),
        ("nobody77", {}),
    ],
    ids=["other four", "other name", "a unit's card", "no such account"],
)
def test_another_persons_card_binds_nothing_and_tells_nothing(client, person, cards, login, given):
    assert said(client, signed(client, cards.card(**given), login)) == SENTENCES["not_the_persons"]
    assert not CertificateBinding.objects.exists()
    assert not is_in(client)


def test_a_closed_account_and_one_without_an_id_bind_nothing(client, person, make_user, cards):
    holder_of("noid99", NAME, make_user)
    close_user(user=person, reason="離職", by=None, at=AT)
    for login in ("lina88", "noid99"):
        assert said(client, signed(client, cards.card(), login)) == SENTENCES["not_the_persons"]


def test_a_second_card_waits_for_an_officer(client, person, make_user, cards):
    first, second, boss = cards.card(), cards.card(), make_user("boss11")
    said(client, signed(client, first, "lina88"))
    assert elsewhere(second, "lina88") == SENTENCES["other_card"]
    for refusal, given in (("理由", {"reason": " ", "by": boss}), ("自己", {"reason": "換發新卡", "by": person})):
        with pytest.raises(Refused, match=refusal):
            release_certificate(user=person, at=AT, **given)
    released = release_certificate(user=person, reason="換發新卡", by=boss, at=AT)
    assert not is_in(client), "whoever was in by the old card is out"
    assert elsewhere(second, "lina88") == ""
    assert elsewhere(first, "lina88") == SENTENCES["other_card"]
    assert elsewhere(first) == SENTENCES["name_account"]
    line = AccessLog.objects.get(action="certificate_freed")
    assert (line.user, line.reason, line.subject) == (boss, "換發新卡", f"lina88 {released}")
    with pytest.raises(Refused, match="沒有綁定"):
        release_certificate(user=boss, reason="x", by=person, at=AT)


def test_one_card_opens_one_persons_account(client, person, make_user, cards):
    twin = holder_of("twin11", NAME, make_user)
    twin.set_national_id("B000006789")
    twin.save()
    card = cards.card()
    said(client, signed(client, card, "lina88"))
    assert elsewhere(card, "twin11") == SENTENCES["somebody_elses"]


def test_a_bound_card_fits_only_while_the_account_says_the_same(client, person, cards):
    card = cards.card()
    said(client, signed(client, card, "lina88"))
    person.name = "王小美"
    person.save()
    assert elsewhere(card) == SENTENCES["name_changed"]
    person.name = NAME
    person.set_national_id("A223456781")
    person.save()
    assert elsewhere(card) == SENTENCES["last_four"]


def test_a_card_proves_the_number_whoever_else_claims_it(client, person, make_user, cards):
    stranger = holder_of("mallory1", "馬洛里", make_user)
    stranger.set_national_id(NUMBER)
    stranger.save()
    assert identity.holder_of(NUMBER) is None
    assert said(client, signed(client, cards.card(), "lina88")) == ""
    person.refresh_from_db()
    assert identity.holder_of(NUMBER) == person
    assert (person.national_id_proof, person.national_id_proven_at, person.national_id_proven_by) == ("card", AT, None)
    assert AccessLog.objects.get(action="id_proven").subject == "lina88"
    me = client.get("/me/").content.decode()
    assert "已確認" in me and "自然人憑證" in me


def test_a_card_signs_in_though_the_number_is_proven_for_another_account(client, person, make_user, cards):
    other = holder_of("other11", "林大同", make_user)
    proven(other, NUMBER)
    assert said(client, signed(client, cards.card(), "lina88")) == ""
    assert is_in(client)
    person.refresh_from_db()
    assert person.national_id_proven_at is None
    assert "尚未確認" in client.get("/me/").content.decode()


def test_a_card_bound_before_proves_at_its_next_use(client, person, cards):
    card = cards.card()
    said(client, signed(client, card, "lina88"))
    User.objects.update(national_id_proven_at=None, national_id_proof="")
    assert elsewhere(card) == ""
    person.refresh_from_db()
    assert person.national_id_proof == "card"


# --- units -------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(make_user, unit: Organisation, grant) -> User:
    unit.unified_number = "04595257"
    unit.save()
    user = make_user("clerk11")
    grant(user, "probe.contact", unit)
    return user


def test_a_units_card_opens_its_peoples_accounts(client, clerk, make_user, unit, grant, cards):
    colleague = make_user("clerk22")
    grant(colleague, "probe.contact", unit)
    card = cards.card("某某基金會", unified_number="04595257")
    assert said(client, signed(client, card, "clerk11")) == ""
    assert elsewhere(card) == "", "bound to one account, it needs no name"
    assert elsewhere(card, "clerk22") == ""
    assert elsewhere(card) == SENTENCES["name_account"], "of two accounts one must be named"


def test_another_units_card_does_not(client, clerk, cards):
    card = cards.card("某某公司", unified_number="22099131")
    assert said(client, signed(client, card, "clerk11")) == SENTENCES["not_the_persons"]


def test_an_agencys_card_names_it_by_its_object_identifier(client, make_user, grant, cards, declared):
    school = Organisation.objects.create(name="某某大學", kind="unit", code="2.16.886.101.90003.20001")
    grant(make_user("school1"), "probe.contact", school)
    card = cards.card("某某大學", organisation_oid="2.16.886.101.90003.20001")
    assert said(client, signed(client, card, "school1")) == ""


def test_who_left_the_unit_is_out(client, clerk, cards):
    card = cards.card("某某基金會", unified_number="04595257")
    said(client, signed(client, card, "clerk11"))
    clerk.groups.clear()
    assert elsewhere(card) == SENTENCES["unit_changed"]


def test_a_person_with_an_id_does_not_come_with_the_units_card(client, clerk, cards):
    clerk.set_national_id(NUMBER)
    clerk.save()
    card = cards.card("某某基金會", unified_number="04595257")
    assert said(client, signed(client, card, "clerk11")) == SENTENCES["not_the_persons"]


# --- the nonce -------------------------------------------------------------------------------------------------------------------


def test_a_nonce_is_good_once(client, person, cards):
    sent = signed(client, cards.card(), "lina88")
    assert said(client, sent) == ""
    client.post("/accounts/logout/")
    fresh = Client()
    asked(fresh)
    assert said(fresh, sent) == SENTENCES["nonce_unknown"], "another browser's"


def test_a_replayed_answer_is_named(client, person, cards):
    sent = signed(client, cards.card("李大同"), "lina88")
    assert said(client, sent) == SENTENCES["not_the_persons"]
    assert said(client, sent) == SENTENCES["nonce_used"], "used up though it opened nothing"


def test_a_signature_over_another_nonce(client, person, cards):
    old, new = signed(client, cards.card(), "lina88"), asked(client)
    assert said(client, {**old, "nonce": new["nonce"]}) == SENTENCES["bad_signature"]
    assert said(client, {**old, "nonce": "0" * 64}) == SENTENCES["nonce_unknown"]
    assert said(client, {**old, "nonce": ""}) == SENTENCES["nonce_unknown"]


@pytest.mark.parametrize(("seconds", "opens"), [(299, True), (300, False), (301, False)])
def test_minutes_to_live(client, person, cards, seconds, opens):
    sent = signed(client, cards.card(), "lina88")
    with time_machine.travel(AT + timedelta(seconds=seconds), tick=False):
        sentence = said(client, sent)
    assert (sentence == "") is opens
    assert opens or "5 分鐘" in sentence


def test_only_a_digest_of_the_nonce_is_kept(client):
    told = asked(client)
    row = CardChallenge.objects.get()
    assert told["nonce"] not in (row.nonce_digest, row.session_digest)
    assert client.session.session_key not in (row.nonce_digest, row.session_digest)
    assert challenges.forget_challenges(at=row.expires_at + timedelta(minutes=5)) == 0
    assert challenges.forget_challenges(at=row.expires_at + timedelta(minutes=5, seconds=1)) == 1


def race(consume: Callable[[str], object]) -> list[str]:
    nonce = challenges.issue_challenge(session_key="one", at=AT)
    answers = together([lambda: consume(nonce)] * 4)
    return sorted(one.code if isinstance(one, CertificateRefused) else "passed" for one in answers)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_four_at_one_moment_one_passes():
    def consume(nonce: str) -> None:
        challenges.consume_challenge(nonce=nonce, session_key="one", at=AT)

    for _ in range(5):
        assert race(consume) == ["nonce_used"] * 3 + ["passed"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_reading_first_and_writing_after_lets_several_through():
    def consume(nonce: str) -> None:
        with transaction.atomic():
            row = CardChallenge.objects.get(nonce_digest=challenges._digest(nonce))
            meet()
            if row.consumed_at:
                raise CertificateRefused("nonce_used")
            row.consumed_at = AT
            row.save()

    assert race(consume) == ["passed"] * 4


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_card_at_one_moment_for_two_accounts_binds_one(cards):
    from accounts.certificates.holder import read_holder
    from accounts.services.bindings import person_of

    for account, number in (("first1", NUMBER), ("second2", "B000006789")):
        user = User.objects.create_user(account, email=f"{account}@example.test", name=NAME)
        user.set_national_id(number)
        user.save()
    holder = read_holder(cards.card().certificate)
    works = [lambda login=login: person_of(holder, login=login, at=AT) for login in ("first1", "second2")]
    answers = together(works)
    assert sum(isinstance(one, User) for one in answers) == 1
    assert CertificateBinding.objects.count() == 1


# --- revocation lists, limits, records ----------------------------------------------------------------------------------------


def test_the_folder_is_read_again_when_a_list_changes(client, person, cards, folder):
    card = cards.card()
    assert said(client, signed(client, card, "lina88")) == ""
    listed = cards.trusting(card).crls[1].public_bytes(serialization.Encoding.DER)
    (folder / "crls" / "1.der").write_bytes(listed + b"")
    assert elsewhere(card) == SENTENCES["revoked"]
    (folder / "crls" / "1.der").unlink()
    assert elsewhere(card) == SENTENCES["crl_missing"]


def test_one_unreadable_file_shuts_nobody_out(client, person, cards, folder):
    (folder / "issuers" / "notes.txt").write_text("not a certificate")
    assert said(client, signed(client, cards.card(), "lina88")) == ""


def test_challenges_and_answers_are_limited(client, cards, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "certificate": "3/m/ip"}
    assert [client.post(CHALLENGE).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert said(client, {"nonce": "", "answer": "", "login": ""}) == SENTENCES["too_many"]


def test_without_a_folder_there_is_no_such_way(client, settings):
    settings.CERTIFICATE_FOLDER = ""
    assert client.post(CHALLENGE).status_code == 404
    assert client.post(COMPLETE, {}).status_code == 404
    assert "憑證登入" not in client.get("/accounts/login/").content.decode()


def test_every_refusal_is_written_down_without_identifiers(client, person, cards, caplog):
    card = cards.card(ends=AT - timedelta(days=1))
    sent = signed(client, card, "lina88")
    assert "到期" in said(client, sent)
    said(client, {**signed(client, cards.card(), "A123456789")})
    lines = list(AccessLog.objects.filter(action="sign_in_refused").order_by("pk"))
    assert [(one.user, one.attempted) for one in lines] == [(person, "lina88"), (None, "（不是帳號的格式）")]
    written = json.dumps([[one.subject, one.reason, one.path] for one in lines], ensure_ascii=False)
    logged = caplog.text + " ".join(str(record.msg) for record in caplog.records)
    for secret in (NUMBER, NUMBER[-4:], NAME, sent["nonce"], sent["answer"][:60]):
        assert secret not in written + logged


def test_the_refused_come_back_to_the_page_they_wanted(client, person, cards):
    sent = signed(client, cards.card("李大同"), "lina88", next="/me/log/")
    assert client.post(COMPLETE, sent).url == "/accounts/login/?next=%2Fme%2Flog%2F"
    sent = signed(client, cards.card(), "lina88", next="/me/log/")
    assert client.post(COMPLETE, sent).url == "/me/log/"


def test_the_page_may_hear_from_the_components_window(client):
    assert client.get("/accounts/login/")["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"
    page = client.get("/accounts/login/").content.decode()
    assert 'data-component="http://localhost:61161/popupForm"' in page
    assert 'id="card-pin"' in page
    assert 'name="pin"' not in page, "the PIN never comes to this site"


def test_staff_with_a_second_factor_are_asked_for_it_after_the_card_too(client, person, cards, settings):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    settings.STAFF_SECOND_FACTOR = True
    person.is_staff = True
    person.save()
    TOTP.activate(person, generate_totp_secret())
    assert client.post(COMPLETE, signed(client, cards.card(), "lina88")).url == "/accounts/2fa/authenticate/"
    assert not is_in(client)


# --- the demonstration ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def demonstration(settings, person, monkeypatch) -> None:
    from accounts import demo

    settings.DEMO, settings.CERTIFICATE_FOLDER = True, ""
    demo.DEMO_ROLES.clear()
    demo.DEMO_ROLES.add(demo.DemoRole("專業人員", "lina88"))


FLAWED = {
    "expired": "到期",
    "not_yet_valid": "才生效",
    "revoked": SENTENCES["revoked"],
    "unknown_issuer": SENTENCES["unknown_issuer"],
    "wrong_usage": SENTENCES["wrong_usage"],
    "weak_hash": SENTENCES["weak_hash"],
    "last_four": SENTENCES["not_the_persons"],
}


def test_the_software_card_opens_the_door_and_its_flaws_keep_it_shut(client, demonstration, person):
    from datetime import UTC, datetime

    with time_machine.travel(datetime.now(UTC)):
        for flaw, sentence in {**FLAWED, "": ""}.items():
            told = asked(client)
            answer = client.post(
                "/accounts/demo/card/sign/", {"card": "lina88", "flaw": flaw, "message": told["message"]}
            )
            found = said(client, {"login": "lina88", "nonce": told["nonce"], "answer": answer.content.decode()})
            assert (sentence in found) if sentence else (found == ""), flaw
    assert is_in(client)


@pytest.mark.parametrize(
    "sent", [{"card": "x"}, {"message": "pay 100"}, {"flaw": "x"}], ids=["no such card", "anything to sign", "flaw"]
)
def test_the_software_card_signs_our_challenge_only(client, demonstration, sent):
    whole = {"card": "lina88", "flaw": "", "message": asked(client)["message"], **sent}
    assert client.post("/accounts/demo/card/sign/", whole).status_code == 422


def test_elsewhere_there_is_no_software_card(client, person):
    assert client.get("/accounts/demo/card/").status_code == 404
    assert client.post("/accounts/demo/card/sign/", {"card": "lina88"}).status_code == 404

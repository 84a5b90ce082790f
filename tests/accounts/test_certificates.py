"""A card's answer judged: the signature over our words, the certificate's days and purpose, its path, its revocation."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from accounts.certificates.answer import read_answer
from accounts.certificates.authorities import Authorities, read_crl
from accounts.certificates.chain import judge
from accounts.certificates.holder import read_holder
from accounts.certificates.refusals import SENTENCES, CertificateRefused
from accounts.certificates.software_card import Card, make_crl, make_issuer
from tests.accounts.cards import AT, DAY, NAME, World, world

MESSAGE = b"sign-in.v1.portal.example." + b"0" * 64
SECOND = timedelta(seconds=1)
NO_GRACE = timedelta(0)


@pytest.fixture(scope="module")
def here() -> World:
    return world()


def refused(run: Any) -> str:
    with pytest.raises(CertificateRefused) as caught:
        run()
    return caught.value.code


def judged(card: Card, trusted: Authorities, *, at: Any = AT, grace: timedelta = NO_GRACE) -> None:
    judge(read_answer(card.cms(MESSAGE), MESSAGE), trusted=trusted, at=at, crl_grace=grace)


def why(card: Card, trusted: Authorities, **given: Any) -> str:
    return refused(lambda: judged(card, trusted, **given))


# --- the signature -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        lambda card: card.cms(MESSAGE),
        lambda card: card.cms(MESSAGE, detached=True),
        lambda card: card.raw(MESSAGE),
        lambda card: card.raw(MESSAGE, hashes.SHA384()),
        lambda card: card.raw(MESSAGE, hashes.SHA512()),
    ],
    ids=["PKCS7", "PKCS7 detached", "PKCS1", "PKCS1 SHA-384", "PKCS1 SHA-512"],
)
def test_both_forms_of_the_component_are_taken(here, form):
    card = here.card()
    assert read_answer(form(card), MESSAGE).certificate == card.certificate
    assert refused(lambda: read_answer(form(card), MESSAGE + b"1")) == "bad_signature"


def test_a_card_with_an_elliptic_key(here):
    key = ec.generate_private_key(ec.SECP256R1())
    start = here.card().certificate
    builder = (
        x509.CertificateBuilder().subject_name(start.subject).issuer_name(start.issuer).public_key(key.public_key())
    )
    builder = builder.serial_number(7).not_valid_before(AT - DAY).not_valid_after(AT + DAY)
    for one in start.extensions:
        builder = builder.add_extension(one.value, one.critical)
    certificate = builder.sign(here.issuer.key, hashes.SHA256())
    signed = pkcs7.PKCS7SignatureBuilder().set_data(MESSAGE).add_signer(certificate, key, hashes.SHA256())
    content = signed.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    answer = json.dumps({"signature": base64.b64encode(content).decode()})
    judge(read_answer(answer, MESSAGE), trusted=here.trusted, at=AT, crl_grace=NO_GRACE)


@pytest.mark.parametrize("weak", [hashes.SHA1(), hashes.MD5(), hashes.SHA224()], ids=lambda one: one.name)
def test_weak_hashes_are_named(here, weak):
    assert refused(lambda: read_answer(here.card().raw(MESSAGE, weak), MESSAGE)) == "weak_hash"


def test_a_weak_hash_inside_signed_data_is_named(here):
    from asn1crypto import cms

    answer = json.loads(here.card().cms(MESSAGE))
    info = cms.ContentInfo.load(base64.b64decode(answer["signature"]))
    signer = info["content"]["signer_infos"][0]
    signer["digest_algorithm"] = {"algorithm": "sha1"}
    answer["signature"] = base64.b64encode(info.dump(force=True)).decode()
    assert refused(lambda: read_answer(json.dumps(answer), MESSAGE)) == "weak_hash"


def test_one_flipped_bit_anywhere_in_the_signature(here):
    answer = json.loads(here.card().raw(MESSAGE))
    content = bytearray(base64.b64decode(answer["signature"]))
    content[40] ^= 1
    answer["signature"] = base64.b64encode(bytes(content)).decode()
    assert refused(lambda: read_answer(json.dumps(answer), MESSAGE)) == "bad_signature"


def test_somebody_elses_certificate_beside_ones_own_signature(here):
    mine = json.loads(here.card().raw(MESSAGE))
    other = here.card("李大同", key=rsa.generate_private_key(65537, 2048), last_four="1111")
    theirs = json.loads(other.raw(MESSAGE))
    mixed = {**mine, "certb64": theirs["certb64"]}
    assert refused(lambda: read_answer(json.dumps(mixed), MESSAGE)) == "bad_signature"


def test_a_short_key(here):
    card = here.card(key=rsa.generate_private_key(65537, 1024))
    assert refused(lambda: read_answer(card.raw(MESSAGE), MESSAGE)) == "weak_key"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        "{}",
        '{"signature": 1}',
        '{"signature": "***"}',
        '{"signature": "MAA="}',
        '{"signature": "MAA=", "certb64": "MAA="}',
        "[" * 5000,
        json.dumps({"signature": "A" * 70_000}),
    ],
    ids=range(10),
)
def test_anything_else_is_unreadable(text):
    assert refused(lambda: read_answer(text, MESSAGE)) == "unreadable"


def test_the_components_own_refusal_is_passed_on():
    with pytest.raises(CertificateRefused, match="代碼 2147483653") as caught:
        read_answer('{"func": "sign", "ret_code": 2147483653}', MESSAGE)
    assert caught.value.code == "component"
    assert refused(lambda: read_answer('{"ret_code": "<b>"}', MESSAGE)) == "component"


# --- the certificate's days ------------------------------------------------------------------------------------------------------


def test_the_day_before_of_and_after_the_end(here):
    card = here.card(ends=AT)
    trusted = here.trusting(ends=AT + 30 * DAY)
    for moment in (AT - DAY, AT - SECOND, AT, AT + timedelta(microseconds=999_999)):
        judged(card, trusted, at=moment)
    for moment in (AT + SECOND, AT + DAY):
        assert why(card, trusted, at=moment) == "expired"


def test_the_day_before_of_and_after_the_beginning(here):
    card = here.card(begins=AT)
    trusted = here.trusting(begins=AT - 3 * DAY, ends=AT + 30 * DAY)
    for moment in (AT - DAY, AT - SECOND):
        assert why(card, trusted, at=moment) == "not_yet_valid"
    for moment in (AT, AT + DAY):
        judged(card, trusted, at=moment)


def test_the_days_are_told_as_offices_write_them(here):
    with pytest.raises(CertificateRefused, match="已於 115/11/20 到期"):
        judged(here.card(ends=AT), here.trusted, at=AT + DAY)
    with pytest.raises(CertificateRefused, match="自 115/11/22 起才生效"):
        judged(here.card(begins=AT + 2 * DAY), here.trusted)


# --- what it is for, and who issued it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("usage", ["key_encipherment", "data_encipherment", "content_commitment", "crl_sign"])
def test_a_certificate_for_something_else(here, usage):
    assert why(here.card(usage=usage), here.trusted) == "wrong_usage"


def test_an_issuer_is_nobodys_card(here):
    assert why(Card(here.issuer.certificate, here.issuer.key), here.trusted) == "wrong_usage"


def test_an_unknown_issuer(here):
    assert why(here.card(issuer=here.stranger), here.trusted) == "unknown_issuer"


def test_an_unknown_issuer_that_brings_its_own_root(here):
    """What comes along in the SignedData helps to build a path and is trusted for nothing."""
    card = here.card(issuer=here.stranger)
    both = Card(card.certificate, card.key, (here.stranger.certificate,))
    assert why(both, here.trusted) == "unknown_issuer"


def test_an_issuer_of_the_same_name_with_another_key(here):
    forged = make_issuer("測試管理中心", at=AT, under=here.stranger)
    assert why(here.card(issuer=forged), here.trusted) == "unknown_issuer"


def test_a_card_may_not_issue_cards(here):
    holder = here.card("王小明")
    under = type(here.issuer)(holder.certificate, holder.key)
    card = here.card("李大同", issuer=under, last_four="1111", key=rsa.generate_private_key(65537, 2048))
    assert why(Card(card.certificate, card.key, (holder.certificate,)), here.trusted) == "unknown_issuer"


def test_without_anchors_nobody_is_trusted(here):
    assert why(here.card(), Authorities()) == "unknown_issuer"


def test_a_certificate_signed_with_sha1(here):
    """The path's own rule: no library of ours writes such a certificate any more, so its last layer is made by hand."""
    from asn1crypto import x509 as asn1
    from cryptography.hazmat.primitives.asymmetric import padding

    whole = asn1.Certificate.load(here.card().certificate.public_bytes(serialization.Encoding.DER))
    whole["tbs_certificate"]["signature"] = {"algorithm": "sha1_rsa"}
    whole["signature_algorithm"] = {"algorithm": "sha1_rsa"}
    whole["signature_value"] = here.issuer.key.sign(
        whole["tbs_certificate"].dump(force=True), padding.PKCS1v15(), hashes.SHA1()
    )
    certificate = x509.load_der_x509_certificate(whole.dump(force=True))
    answer = Card(certificate, here.key).raw(MESSAGE)
    signed = read_answer(answer, MESSAGE)
    assert refused(lambda: judge(signed, trusted=here.trusted, at=AT, crl_grace=NO_GRACE)) == "weak_hash"


# --- revocation ------------------------------------------------------------------------------------------------------------------


def test_a_revoked_card(here):
    card, other = here.card(), here.card("李大同", last_four="1111")
    assert why(card, here.trusting(card)) == "revoked"
    judged(other, here.trusting(card))


def test_a_revoked_card_stays_out_when_the_list_is_old(here):
    card = here.card()
    assert why(card, here.trusting(card, ends=AT - SECOND)) == "revoked"


def test_every_link_needs_its_list(here):
    assert why(here.card(), here.without_crl()) == "crl_missing"
    assert why(here.card(), here.without_crl(of_root=True)) == "crl_missing"


def test_a_revoked_issuer(here):
    lists = (make_crl(here.root, here.issuer.certificate, begins=AT - DAY, ends=AT + DAY), *here.trusted.crls[1:])
    trusted = Authorities((here.root.certificate,), (here.issuer.certificate,), lists)
    assert why(here.card(), trusted) == "revoked"


def test_the_moment_before_of_and_after_nextupdate(here):
    card, trusted = here.card(), here.trusting(ends=AT)
    for moment in (AT - SECOND, AT):
        judged(card, trusted, at=moment)
    assert why(card, trusted, at=AT + SECOND) == "crl_stale"


def test_the_grace_a_site_gives_and_not_a_second_more(here):
    card, trusted, grace = here.card(), here.trusting(ends=AT), timedelta(hours=6)
    judged(card, trusted, at=AT + grace, grace=grace)
    assert why(card, trusted, at=AT + grace + SECOND, grace=grace) == "crl_stale"


def test_a_fresh_list_beside_an_old_one_serves(here):
    old, fresh = here.trusting(ends=AT - DAY, begins=AT - 3 * DAY), here.trusted
    judged(here.card(), Authorities(fresh.anchors, fresh.issuers, (*old.crls, *fresh.crls)))


def test_a_list_of_tomorrow_is_none(here):
    assert why(here.card(), here.trusting(begins=AT + DAY, ends=AT + 2 * DAY)) == "crl_missing"


def test_a_list_somebody_else_signed_is_none(here):
    forged = type(here.issuer)(here.issuer.certificate, here.stranger.key)
    lists = (here.trusted.crls[0], make_crl(forged, begins=AT - DAY, ends=AT + DAY))
    assert why(here.card(), Authorities(here.trusted.anchors, here.trusted.issuers, lists)) == "crl_missing"


def part_of_list(here: World, *, users: bool, issuers: bool) -> x509.CertificateRevocationList:
    builder = x509.CertificateRevocationListBuilder().issuer_name(here.issuer.certificate.subject)
    builder = builder.last_update(AT - DAY).next_update(AT + DAY)
    scope = x509.IssuingDistributionPoint(None, None, users, issuers, None, False, False)
    return builder.add_extension(scope, critical=True).sign(here.issuer.key, hashes.SHA256())


def test_a_part_of_a_list_serves_those_it_covers(here):
    def trusting(part: x509.CertificateRevocationList) -> Authorities:
        return Authorities(here.trusted.anchors, here.trusted.issuers, (here.trusted.crls[0], part))

    judged(here.card(), trusting(part_of_list(here, users=True, issuers=False)))
    assert why(here.card(), trusting(part_of_list(here, users=False, issuers=True))) == "crl_missing"


# --- the holder ------------------------------------------------------------------------------------------------------------------


def test_a_citizens_and_a_units_card(here):
    citizen, unit = here.card(), here.card("某某基金會", unified_number="04595257")
    holder = read_holder(citizen.certificate)
    assert (holder.name, holder.last_four, holder.is_unit) == (NAME, "6789", False)
    assert holder.fingerprint == citizen.certificate.fingerprint(hashes.SHA256()).hex()
    holder = read_holder(unit.certificate)
    assert (holder.unified_number, holder.last_four, holder.is_unit) == ("04595257", "", True)


@pytest.mark.parametrize("identity", [{"last_four": "789"}, {"last_four": "6789", "unified_number": "04595257"}])
def test_a_card_that_names_nobody(here, identity):
    assert refused(lambda: read_holder(here.card(**identity).certificate)) == "no_holder"
    assert refused(lambda: read_holder(here.issuer.certificate)) == "no_holder"


def test_crls_are_read_in_both_spellings(here):
    crl = here.trusted.crls[1]
    for encoding in (serialization.Encoding.PEM, serialization.Encoding.DER):
        assert read_crl(crl.public_bytes(encoding)) == crl


def test_sentences_are_whole_and_tell_no_identifier():
    for sentence in SENTENCES.values():
        assert sentence.endswith("。")
        assert not set("{}") & set(sentence) - set("{}") and sentence.count("{") == sentence.count("}")

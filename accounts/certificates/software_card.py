"""A test authority and cards kept in files: for the demonstration and the tests, never for a real site.

Root, issuer and their keys are made where `manage.py make_test_authority` says; nothing of them is in the repository. A flaw
turns a card into one that must be refused, each for its own reason.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto.core import Any as Asn1Any
from asn1crypto.core import PrintableString
from asn1crypto.x509 import Attribute, Attributes
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12
from cryptography.x509.oid import NameOID

from accounts.certificates.holder import DIRECTORY_ATTRIBUTES, LAST_FOUR, ORGANISATION_OID, UNIFIED_NUMBER

#: What a check of a real site looks for among its anchors.
TEST_ORGANISATION = "訓練業務申辦入口網測試憑證機構（非正式憑證）"
_PASSWORD = b"software-card"
DAY = timedelta(days=1)

FLAWS = {
    "": "正常",
    "expired": "已過期",
    "not_yet_valid": "尚未生效",
    "revoked": "已廢止",
    "unknown_issuer": "不明機構簽發",
    "wrong_usage": "加解密用憑證",
    "weak_hash": "以 SHA-1 簽章",
    "last_four": "身分證末四碼不同",
}


@dataclass(frozen=True, slots=True)
class Card:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey
    issuers: tuple[x509.Certificate, ...] = ()
    weak: bool = False

    def cms(self, message: bytes, *, detached: bool = False) -> str:
        """The component's answer in its PKCS#7 form."""
        builder = (
            pkcs7.PKCS7SignatureBuilder().set_data(message).add_signer(self.certificate, self.key, hashes.SHA256())
        )
        for one in self.issuers:
            builder = builder.add_certificate(one)
        options = [pkcs7.PKCS7Options.Binary, *([pkcs7.PKCS7Options.DetachedSignature] if detached else [])]
        return self._answer(builder.sign(serialization.Encoding.DER, options))

    def raw(self, message: bytes, algorithm: hashes.HashAlgorithm | None = None) -> str:
        """The component's answer in its PKCS#1 form."""
        return self._answer(self.key.sign(message, padding.PKCS1v15(), algorithm or hashes.SHA256()))

    def answer(self, message: bytes) -> str:
        return self.raw(message, hashes.SHA1()) if self.weak else self.cms(message)  # noqa: S303 - a flaw on purpose

    def _answer(self, signature: bytes) -> str:
        certificate = self.certificate.public_bytes(serialization.Encoding.DER)
        written = {"signature": signature, "certb64": certificate}
        return json.dumps(
            {"func": "sign", "ret_code": 0, **{name: base64.b64encode(one).decode() for name, one in written.items()}}
        )


@dataclass(frozen=True, slots=True)
class Issuer:
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _name(common_name: str, organisation: str = TEST_ORGANISATION) -> x509.Name:
    parts = (
        (NameOID.COUNTRY_NAME, "TW"),
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.COMMON_NAME, common_name),
    )
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _usage(*granted: str) -> x509.KeyUsage:
    every = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: name in granted for name in every})


def _start(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def make_issuer(common_name: str, *, at: datetime, under: Issuer | None = None) -> Issuer:
    key, name = new_key(), _name(common_name)
    above = under or Issuer(None, key)  # type: ignore[arg-type]
    builder = _start(name, under.certificate.subject if under else name, key, at - 365 * DAY, at + 3650 * DAY)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(above.key.public_key()), critical=False
    )
    return Issuer(builder.sign(above.key, hashes.SHA256()), key)


def directory_attributes(**written: str) -> x509.UnrecognizedExtension:
    """subjectDirectoryAttributes with `last_four`, `unified_number` or `organisation_oid`."""
    oids = {"last_four": LAST_FOUR, "unified_number": UNIFIED_NUMBER, "organisation_oid": ORGANISATION_OID}
    content = Attributes(
        [
            Attribute({"type": oids[name], "values": [Asn1Any(PrintableString(value))]})
            for name, value in written.items()
        ]
    )
    return x509.UnrecognizedExtension(DIRECTORY_ATTRIBUTES, content.dump())


def make_card(
    issuer: Issuer,
    common_name: str,
    *,
    begins: datetime,
    ends: datetime,
    usage: str = "digital_signature",
    key: rsa.RSAPrivateKey | None = None,
    weak: bool = False,
    **identity: str,
) -> Card:
    """A card of the issuer; `identity` as in directory_attributes."""
    key = key or new_key()
    subject = x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "TW"), x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])]
    )
    builder = _start(subject, issuer.certificate.subject, key, begins, ends)
    builder = builder.add_extension(_usage(usage), critical=True)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False
    )
    if identity:
        builder = builder.add_extension(directory_attributes(**identity), critical=False)
    return Card(builder.sign(issuer.key, hashes.SHA256()), key, (issuer.certificate,), weak)


def make_crl(
    issuer: Issuer, *revoked: x509.Certificate, begins: datetime, ends: datetime
) -> x509.CertificateRevocationList:
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
    builder = builder.last_update(begins).next_update(ends)
    for one in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(one.serial_number).revocation_date(begins)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer.key, hashes.SHA256())


# --- in files --------------------------------------------------------------------------------------------------------------------


class TestAuthority:
    """An authority in a folder: anchors, issuers and crls as `authorities` reads them, beside them its keys and cards."""

    __test__ = False  # a name pytest would collect

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def exists(self) -> bool:
        return (self.folder / "private" / "issuer.p12").exists()

    def make(self, *, at: datetime) -> None:
        """Made whole beside its place and moved there: of two processes at once one wins, both then use the same."""
        if self.exists:
            return
        self.folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mine = self.folder.with_name(f"{self.folder.name}.{secrets.token_hex(4)}")
        root = make_issuer("測試憑證總管理中心", at=at)
        issuer = make_issuer("測試憑證管理中心", at=at, under=root)
        stranger = make_issuer("不明憑證管理中心", at=at)
        for part, content in {
            "anchors/test-root.pem": _pem(root.certificate),
            "issuers/test-issuer.pem": _pem(issuer.certificate),
            "crls/test-root.crl": _der(make_crl(root, begins=at - DAY, ends=at + 3650 * DAY)),
            "crls/test-issuer.crl": _der(make_crl(issuer, begins=at - DAY, ends=at + 3650 * DAY)),
            "private/root.p12": _p12(root.certificate, root.key),
            "private/issuer.p12": _p12(issuer.certificate, issuer.key),
            "private/stranger.p12": _p12(stranger.certificate, stranger.key),
        }.items():
            _keep(mine / part, content)
        try:
            mine.rename(self.folder)
        except OSError:
            shutil.rmtree(mine)
            if not self.exists:
                raise

    def card(self, label: str, name: str, flaw: str = "", *, at: datetime, **identity: Any) -> Card:
        """The card of one person, the same at every use."""
        path = self.folder / "cards" / f"{label}{'-' if flaw else ''}{flaw}.p12"
        issuer = self._issuer("issuer")
        if not path.exists():
            begins, ends = {"expired": (-400, -1), "not_yet_valid": (30, 400)}.get(flaw, (-1, 1800))
            if flaw == "last_four":
                identity = {"last_four": f"{(int(identity['last_four']) + 1) % 10_000:04d}"}
            made = make_card(
                self._issuer("stranger") if flaw == "unknown_issuer" else issuer,
                name,
                begins=at + begins * DAY,
                ends=at + ends * DAY,
                usage="key_encipherment" if flaw == "wrong_usage" else "digital_signature",
                **identity,
            )
            _keep(path, _p12(made.certificate, made.key))
        certificate, key = _opened(path)
        if flaw == "revoked":
            listed = make_crl(issuer, certificate, begins=at - DAY, ends=at + 3650 * DAY)
            _keep(self.folder / "crls" / f"revoked-{label}.crl", _der(listed))
        return Card(certificate, key, (issuer.certificate,), weak=flaw == "weak_hash")

    def _issuer(self, which: str) -> Issuer:
        return Issuer(*_opened(self.folder / "private" / f"{which}.p12"))


def authority_in(folder: Path) -> TestAuthority:
    authority = TestAuthority(folder)
    authority.make(at=datetime.now(UTC))  # not the clock of the site: files on a disk have the machine's time
    return authority


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _der(crl: x509.CertificateRevocationList) -> bytes:
    return crl.public_bytes(serialization.Encoding.DER)


def _p12(certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> bytes:
    sealed = serialization.BestAvailableEncryption(_PASSWORD)
    return pkcs12.serialize_key_and_certificates(b"card", key, certificate, None, sealed)


def _opened(path: Path) -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    key, certificate, _ = pkcs12.load_key_and_certificates(path.read_bytes(), _PASSWORD)
    assert certificate is not None
    assert isinstance(key, rsa.RSAPrivateKey)
    return certificate, key


def _keep(path: Path, content: bytes) -> None:
    """Readable by the site's own user only, and whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    mine = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    mine.touch(0o600)
    mine.write_bytes(content)
    os.replace(mine, path)

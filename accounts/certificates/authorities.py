"""Whom we trust: certificates and revocation lists (CRL) in one folder that the site's administrator keeps.

    anchors/   root certificates that are trusted (憑證總管理中心)
    issuers/   certificates between a root and a card (內政部憑證管理中心 and the like)
    crls/      revocation lists of every issuer, renewed by `manage.py fetch_crls`

PEM or DER. Read again when a file changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import structlog
from cryptography import x509
from django.conf import settings

from accounts import own_keys

log = structlog.get_logger(__name__)
PARTS = ("anchors", "issuers", "crls")


@dataclass(frozen=True, slots=True)
class Authorities:
    anchors: tuple[x509.Certificate, ...] = ()
    issuers: tuple[x509.Certificate, ...] = ()
    crls: tuple[x509.CertificateRevocationList, ...] = ()


def folder() -> Path | None:
    """CERTIFICATE_FOLDER; in the demonstration, where none is set, one of its own among the keys the site makes."""
    if settings.CERTIFICATE_FOLDER:
        return Path(settings.CERTIFICATE_FOLDER)
    return own_keys.kept("test-authority") if settings.DEMO else None


def authorities() -> Authorities:
    place = folder()
    if place is None:
        return Authorities()
    files = tuple(
        (part, str(path), path.stat().st_mtime_ns)
        for part in PARTS
        for path in sorted((place / part).glob("*"))
        if path.is_file() and not path.name.startswith(".")
    )
    return _read(files)


@lru_cache(maxsize=4)
def _read(files: tuple[tuple[str, str, int], ...]) -> Authorities:
    found: dict[str, list[object]] = {part: [] for part in PARTS}
    for part, path, _ in files:
        try:
            content = Path(path).read_bytes()
            found[part] += [read_crl(content)] if part == "crls" else read_certificates(content)
        except (OSError, ValueError) as error:
            # one bad file must not shut everybody out; what it would have vouched for is refused
            log.warning("certificate_file_unreadable", file=Path(path).name, error=type(error).__name__)
    return Authorities(**{part: tuple(ones) for part, ones in found.items()})  # type: ignore[arg-type]


def read_certificates(content: bytes) -> list[x509.Certificate]:
    if b"-----BEGIN" in content:
        return x509.load_pem_x509_certificates(content)
    return [x509.load_der_x509_certificate(content)]


def read_crl(content: bytes) -> x509.CertificateRevocationList:
    return x509.load_pem_x509_crl(content) if b"-----BEGIN" in content else x509.load_der_x509_crl(content)


def distribution_points(certificates: tuple[x509.Certificate, ...]) -> Iterator[str]:
    """Where the issuers say that their lists are."""
    for certificate in certificates:
        try:
            points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        except x509.ExtensionNotFound:
            continue
        for point in points:
            yield from (str(name.value) for name in point.full_name or () if str(name.value).startswith("http"))

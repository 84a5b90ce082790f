"""Revocation lists brought into the folder: from CERTIFICATE_CRL_URLS and where the folder's own issuers say theirs are.

A list replaces an older one only when one of the folder's certificates signed it and it is not older. What cannot be fetched
or does not hold is left alone: the list at hand serves until its nextUpdate (and CERTIFICATE_CRL_GRACE_HOURS).
"""

import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from accounts.certificates.authorities import Authorities, authorities, distribution_points, folder, read_crl

log = structlog.get_logger(__name__)
LARGEST = 64 * 2**20
TIMEOUT = 20


@dataclass(frozen=True, slots=True)
class Fetched:
    """`problem` is empty where the list at hand is the newest."""

    address: str
    problem: str = ""


def addresses(trusted: Authorities) -> list[str]:
    """What is configured first; each once."""
    points = distribution_points((*trusted.issuers, *trusted.anchors))
    return list(dict.fromkeys([*settings.CERTIFICATE_CRL_URLS, *points]))


def fetch_crls(*, at: datetime) -> list[Fetched]:
    place = folder()
    if place is None:
        return []
    trusted = authorities()
    done = [_fetch(address, place / "crls", trusted, at) for address in addresses(trusted)]
    for one in done:
        if one.problem:
            log.warning("crl_not_renewed", host=urlsplit(one.address).hostname, problem=one.problem)
    return done


def _fetch(address: str, place: Path, trusted: Authorities, at: datetime) -> Fetched:
    if urlsplit(address).scheme not in ("http", "https"):
        return Fetched(address, "address")
    try:
        with urlopen(Request(address), timeout=TIMEOUT) as answer:  # noqa: S310 - the scheme is looked at above
            content = answer.read(LARGEST + 1)
        if len(content) > LARGEST:
            return Fetched(address, "too large")
        new = read_crl(content)
    except (OSError, URLError, ValueError) as error:
        return Fetched(address, type(error).__name__)
    if not any(_signed_by(new, one) for one in (*trusted.issuers, *trusted.anchors)):
        return Fetched(address, "signed by nobody of the folder")
    path = place / f"{hashlib.sha256(address.encode()).hexdigest()[:16]}.crl"
    if path.exists() and read_crl(path.read_bytes()).last_update_utc > new.last_update_utc:
        return Fetched(address, "older than the one at hand")
    _replace(path, new.public_bytes(Encoding.DER))
    stale = new.next_update_utc is not None and new.next_update_utc < at
    return Fetched(address, "past its own nextUpdate" if stale else "")


def _signed_by(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    return crl.issuer == issuer.subject and crl.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all: somebody may be reading it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mine = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    mine.write_bytes(content)
    os.replace(mine, path)

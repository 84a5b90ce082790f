"""The nonce a card signs: given out to one session, good for a few minutes, used once."""

import hashlib
import secrets
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from accounts.certificates.refusals import CertificateRefused
from accounts.models import CardChallenge


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def message_of(nonce: str) -> str:
    """What the card signs. It names this site and this purpose, so that the signature serves nowhere else; plain letters,
    so that no component encodes it in a way of its own."""
    return f"sign-in.v1.{urlsplit(settings.SITE_URL).hostname}.{nonce}"


def issue_challenge(*, session_key: str, at: datetime) -> str:
    """A new nonce for this session; it is kept as a digest only."""
    nonce = secrets.token_hex(32)
    CardChallenge.objects.create(
        nonce_digest=_digest(nonce),
        session_digest=_digest(session_key),
        issued_at=at,
        expires_at=at + settings.CERTIFICATE_NONCE_LIFETIME,
    )
    return nonce


@transaction.atomic
def consume_challenge(*, nonce: str, session_key: str, at: datetime) -> None:
    """Use a nonce up, whatever its signature turns out to be worth. Of two at the same moment one passes.

    One UPDATE decides: the second waits for the first one's row and finds it used. Raises CertificateRefused.
    """
    mine = CardChallenge.objects.filter(nonce_digest=_digest(nonce), session_digest=_digest(session_key))
    if mine.filter(consumed_at=None, expires_at__gt=at).update(consumed_at=at):
        return
    row = mine.first()
    if row is None:
        raise CertificateRefused("nonce_unknown")
    if row.consumed_at:
        raise CertificateRefused("nonce_used")
    raise CertificateRefused("nonce_expired", minutes=int(settings.CERTIFICATE_NONCE_LIFETIME.total_seconds() // 60))


def forget_challenges(*, at: datetime) -> int:
    """Rows whose time is over: their nonce is refused all the same, as unknown."""
    return CardChallenge.objects.filter(expires_at__lt=at - settings.CERTIFICATE_NONCE_LIFETIME).delete()[0]

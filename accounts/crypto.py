"""Personal identifiers at rest: AES-GCM with a key id, bound to table.column; HMAC for exact look-up.

Stored form: `v1:<key id>:<base64 of nonce + ciphertext>`. The first key of FIELD_KEYS writes; every listed key reads, so a
key is rotated by putting a new one first and re-saving. Without the right key or column reading fails: it never returns
ciphertext.
"""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


class Undecipherable(Exception):
    """The stored value was written under another key or for another column, or was changed."""


def encrypt(text: str, *, column: str) -> str:
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), column.encode())
    return f"v1:{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(stored: str, *, column: str) -> str:
    try:
        version, key_id, body = stored.split(":", 2)
        raw = base64.b64decode(body, validate=True)
        if version != "v1":
            raise Undecipherable(column)
        return AESGCM(settings.FIELD_KEYS[key_id]).decrypt(raw[:12], raw[12:], column.encode()).decode()
    except (ValueError, KeyError, InvalidTag) as error:
        raise Undecipherable(column) from error


def index(text: str) -> str:
    """Keyed digest for exact look-up of an identifier already in canonical form."""
    return hmac.new(settings.INDEX_KEY, text.encode(), hashlib.sha256).hexdigest()

"""Agency signature on issued PDFs 機關電子簽章. The only file that signs with pyHanko (accounts.certificates reads with it).

The key is a PKCS#12 file: SIGNING_KEY_FILE with SIGNING_KEY_PASSWORD, else a test key made at first use in KEY_FOLDER,
whose certificate says that it is one.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts import own_keys

TEST_NAME = "訓練業務申辦入口網測試簽章（非正式憑證）"
_TEST_PASSWORD = b"test-key"


def key_file() -> Path:
    """The key that signs; made where the site has none of its own."""
    own = getattr(settings, "SIGNING_KEY_FILE", "")
    return Path(own) if own else _test_key()


def is_test_key() -> bool:
    return not getattr(settings, "SIGNING_KEY_FILE", "")


def _test_key() -> Path:
    path = own_keys.kept("signing-test.p12")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Two processes may meet here: a link is made only where none is, so both end with the same key.
        mine = path.with_suffix(f".{secrets.token_hex(4)}")
        mine.write_bytes(_make_test_key())
        mine.chmod(0o600)
        with contextlib.suppress(FileExistsError):
            os.link(mine, path)
        mine.unlink()
    return path


def _make_test_key() -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import pkcs12
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "TW"), x509.NameAttribute(NameOID.COMMON_NAME, TEST_NAME)]
    )
    # Not the clock of the site: a key is valid by the machine's time, whatever day a test has set.
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    usage = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(day - timedelta(days=365))
        .not_valid_after(day + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        b"portal", key, made, None, serialization.BestAvailableEncryption(_TEST_PASSWORD)
    )


@functools.lru_cache(maxsize=2)
def _signer(path: str, changed: float) -> tuple[Any, int]:
    """Who signs, and the hexadecimal digits a signature takes at most. Kept for as long as the key's file is the same.

    pyHanko opens the key anew for every signature, and again to learn how long one will be; opening proves the primes, which
    took most of the time. Here the key is opened once.
    """
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from pyhanko.sign import signers

    class Signer(signers.SimpleSigner):
        @functools.cached_property
        def opened(self) -> Any:
            return serialization.load_der_private_key(self.signing_key.dump(), password=None)

        def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
            mechanism = self.get_signature_mechanism_for_digest(digest_algorithm).signature_algo
            if (
                mechanism == "rsassa_pkcs1v15"
                and digest_algorithm == "sha256"
                and isinstance(self.opened, rsa.RSAPrivateKey)
            ):
                return self.opened.sign(data, padding.PKCS1v15(), hashes.SHA256())
            return super().sign_raw(data, digest_algorithm)

    own = getattr(settings, "SIGNING_KEY_PASSWORD", "")
    password = _TEST_PASSWORD if is_test_key() else own.encode()
    signer = Signer.load_pkcs12(path, passphrase=password)
    if signer is None or signer.signing_cert is None:
        raise ValueError("SIGNING_KEY_FILE cannot be opened with SIGNING_KEY_PASSWORD.")
    certificates = {one.dump() for one in (signer.signing_cert, *signer.cert_registry)}
    # the certificates, the signature itself (512 bytes of the longest usual key) and what is signed beside the digest
    return signer, 2 * (sum(map(len, certificates)) + 2048)


def sign(pdf: bytes, *, reason: str) -> bytes:
    """The PDF with an invisible signature over every byte of it; one changed byte makes it invalid."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    path = key_file()
    signer, room = _signer(str(path), path.stat().st_mtime)
    meta = signers.PdfSignatureMetadata(
        field_name="Agency",
        md_algorithm="sha256",
        reason=reason,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    signed: Any = signers.PdfSigner(meta, signer).sign_pdf(writer, bytes_reserved=room)
    content: bytes = signed.getvalue()
    return content

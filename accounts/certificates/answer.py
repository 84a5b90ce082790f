"""What the card component answered: does this certificate's key stand behind our message?

Two forms are taken: CMS/PKCS#7 SignedData (the message inside or detached), and a raw PKCS#1 v1.5 signature with the certificate
beside it. The mathematics is `cryptography`'s, the reading of SignedData pyHanko's.
"""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pyhanko.sign.general import CMSExtractionError, CMSStructuralError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_sig_integrity

from accounts.certificates.refusals import CertificateRefused

LONGEST = 64 * 1024
SMALLEST_RSA, SMALLEST_CURVE = 2048, 256
STRONG = ("sha256", "sha384", "sha512")
_STRONG_HASHES = (hashes.SHA256(), hashes.SHA384(), hashes.SHA512())
_WEAK_HASHES = (hashes.SHA1(), hashes.MD5(), hashes.SHA224())  # noqa: S303 - only to say why it is refused


@dataclass(frozen=True, slots=True)
class Signed:
    """`others`: certificates that came along, for building the path; nothing says yet that any of them can be trusted."""

    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...] = ()


def read_answer(text: str, message: bytes) -> Signed:
    """The certificate whose key signed `message`. Raises CertificateRefused."""
    answer = _fields(text)
    signature = _decoded(answer.get("signature"))
    try:
        info = cms.ContentInfo.load(signature, strict=True)
        is_cms = info["content_type"].native == "signed_data"
    except (ValueError, TypeError):
        is_cms = False
    try:
        signed = _of_cms(info["content"], message) if is_cms else _of_raw(signature, answer, message)
    except (ValueError, TypeError, KeyError, IndexError, UnsupportedAlgorithm) as error:
        raise CertificateRefused("unreadable") from error
    _key_is_strong(signed.certificate)
    return signed


def _fields(text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise CertificateRefused("unreadable")
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CertificateRefused("unreadable") from error
    if not isinstance(answer, dict):
        raise CertificateRefused("unreadable")
    code = answer.get("ret_code", 0)
    if code != 0:
        raise CertificateRefused("component", code=code if isinstance(code, int) else "？")
    return answer


def _decoded(written: Any) -> bytes:
    try:
        return base64.b64decode("".join(written.split()), validate=True)
    except (binascii.Error, ValueError, AttributeError) as error:
        raise CertificateRefused("unreadable") from error


# --- CMS / PKCS#7 ------------------------------------------------------------------------------------------------------------


def _of_cms(signed_data: cms.SignedData, message: bytes) -> Signed:
    if len(signed_data["signer_infos"]) != 1:
        raise CertificateRefused("unreadable")
    signer = signed_data["signer_infos"][0]
    hash_name = signer["digest_algorithm"]["algorithm"].native
    if hash_name not in STRONG or _hash_of_signature(signer) not in (*STRONG, None):
        raise CertificateRefused("weak_hash")
    content = signed_data["encap_content_info"]["content"]
    inside = content.native
    if inside is not None and inside != message:
        raise CertificateRefused("bad_signature")
    try:
        found = extract_certs_for_validation(signed_data)
        digest = hashlib.new(hash_name, message).digest()
        intact, valid = validate_sig_integrity(signer, found.signer_cert, "data", digest)
    except (CMSExtractionError, CMSStructuralError, SignatureValidationError) as error:
        raise CertificateRefused("bad_signature") from error
    if not (intact and valid):
        raise CertificateRefused("bad_signature")
    load = x509.load_der_x509_certificate
    return Signed(load(found.signer_cert.dump()), tuple(load(one.dump()) for one in found.other_certs))


def _hash_of_signature(signer: cms.SignerInfo) -> str | None:
    """The hash the signature's own name carries (sha1_rsa); None where it carries none (rsassa_pkcs1v15)."""
    try:
        name: str = signer["signature_algorithm"].hash_algo
    except ValueError:
        return None
    return name


# --- PKCS#1 v1.5, certificate beside it ----------------------------------------------------------------------------------------


def _of_raw(signature: bytes, answer: dict[str, Any], message: bytes) -> Signed:
    certificate = x509.load_der_x509_certificate(_decoded(answer.get("certb64")))
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise CertificateRefused("unreadable")
    if any(_verifies(key, signature, message, one) for one in _STRONG_HASHES):
        return Signed(certificate)
    weak = any(_verifies(key, signature, message, one) for one in _WEAK_HASHES)
    raise CertificateRefused("weak_hash" if weak else "bad_signature")


def _verifies(key: rsa.RSAPublicKey, signature: bytes, message: bytes, algorithm: hashes.HashAlgorithm) -> bool:
    try:
        key.verify(signature, message, padding.PKCS1v15(), algorithm)
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _key_is_strong(certificate: x509.Certificate) -> None:
    key = certificate.public_key()
    long_enough = (isinstance(key, rsa.RSAPublicKey) and key.key_size >= SMALLEST_RSA) or (
        isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= SMALLEST_CURVE
    )
    if not long_enough:
        raise CertificateRefused("weak_key")

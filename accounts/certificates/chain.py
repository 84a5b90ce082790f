"""Does the certificate hold at this moment: its days, its purpose, the path to a trusted root, and no revocation.

The path is built and judged by pyhanko-certvalidator (RFC 5280). Revocation is looked up in the lists of the folder only:
no address out of a stranger's certificate is ever fetched while somebody waits at the sign-in page.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.utils.timezone import localtime
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import DisallowedAlgorithmError, PathError, ValidationError

from accounts.certificates.answer import Signed
from accounts.certificates.authorities import Authorities
from accounts.certificates.refusals import CertificateRefused
from kernel.dates import roc

WEAK = {"md2", "md5", "sha1", "sha224"}
#: Clocks differ: a list or certificate dated this far ahead of ours counts as begun.
SKEW = timedelta(minutes=5)


def judge(signed: Signed, *, trusted: Authorities, at: datetime, crl_grace: timedelta) -> None:
    """Raises CertificateRefused. `crl_grace`: how long a list still serves after its own nextUpdate."""
    _days(signed.certificate, at)
    _purpose(signed.certificate)
    path = _path(signed, trusted, at)
    for issuer, certificate in pairwise(path):
        _not_revoked(certificate, issuer, trusted.crls, at, crl_grace)


def _days(certificate: x509.Certificate, at: datetime) -> None:
    """A certificate holds up to and including the second of its notAfter (RFC 5280, 4.1.2.5)."""
    if at >= certificate.not_valid_after_utc + timedelta(seconds=1):
        raise CertificateRefused("expired", day=roc(localtime(certificate.not_valid_after_utc).date()))
    if at < certificate.not_valid_before_utc:
        raise CertificateRefused("not_yet_valid", day=roc(localtime(certificate.not_valid_before_utc).date()))


def _purpose(certificate: x509.Certificate) -> None:
    """For signing, not for being an issuer, and not for some other purpose only."""
    extensions = certificate.extensions
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
        may_sign = usage.digital_signature and not usage.key_cert_sign
    except x509.ExtensionNotFound:
        may_sign = False
    try:
        is_issuer = extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        is_issuer = False
    try:
        purposes = set(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
        fits = bool(purposes & {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})
    except x509.ExtensionNotFound:
        fits = True
    if is_issuer or not (may_sign and fits):
        raise CertificateRefused("wrong_usage")


def _path(signed: Signed, trusted: Authorities, at: datetime) -> Sequence[x509.Certificate]:
    """From the root to the card."""
    context = ValidationContext(
        trust_roots=[_asn1(one) for one in trusted.anchors],
        other_certs=[_asn1(one) for one in (*trusted.issuers, *signed.others)],
        moment=at.replace(microsecond=0),  # certificates know no fractions: a card holds through its last second
        allow_fetching=False,
        weak_hash_algos=WEAK,
        time_tolerance=timedelta(0),
    )
    validator = CertificateValidator(_asn1(signed.certificate), validation_context=context)
    try:
        found = asyncio.run(validator.async_validate_usage(set()))
    except DisallowedAlgorithmError as error:
        raise CertificateRefused("weak_hash") from error
    except (PathError, ValidationError, ValueError) as error:
        raise CertificateRefused("unknown_issuer") from error
    return [x509.load_der_x509_certificate(one.dump()) for one in found]


def _asn1(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))


# --- revocation ----------------------------------------------------------------------------------------------------------------


def _not_revoked(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    crls: Sequence[x509.CertificateRevocationList],
    at: datetime,
    grace: timedelta,
) -> None:
    """Every certificate below the root needs a list of its issuer that is in force; without one nobody comes in."""
    ours = [one for one in crls if _speaks_for(one, certificate, issuer) and one.last_update_utc <= at + SKEW]
    if not ours:
        raise CertificateRefused("crl_missing")
    # whoever stands on any list of the issuer stays out, also when that list is old
    if any(one.get_revoked_certificate_by_serial_number(certificate.serial_number) for one in ours):
        raise CertificateRefused("revoked")
    if not any(one.next_update_utc is not None and at <= one.next_update_utc + grace for one in ours):
        raise CertificateRefused("crl_stale")


def _speaks_for(crl: x509.CertificateRevocationList, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """A complete list, signed by the issuer itself, whose part (where lists come in parts) covers this certificate."""
    if crl.issuer != certificate.issuer or crl.signature_hash_algorithm is None:
        return False
    if crl.signature_hash_algorithm.name in WEAK or not crl.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]
        return False
    found: dict[type, object] = {type(one.value): one.value for one in crl.extensions}
    if x509.DeltaCRLIndicator in found:
        return False
    part = found.get(x509.IssuingDistributionPoint)
    if not isinstance(part, x509.IssuingDistributionPoint):
        return True
    if part.indirect_crl or part.only_contains_attribute_certs or part.only_some_reasons:
        return False
    is_issuer = _is_issuer(certificate)
    if (part.only_contains_ca_certs and not is_issuer) or (part.only_contains_user_certs and is_issuer):
        return False
    return part.full_name is None or bool(set(part.full_name) & _points(certificate))


def _is_issuer(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _points(certificate: x509.Certificate) -> set[x509.GeneralName]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return set()
    return {name for point in points for name in point.full_name or ()}

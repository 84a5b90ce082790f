"""Whose certificate it is, as the government's certificate profile (憑證及憑證廢止清冊格式剖繪) writes it.

A citizen: common name and the last four characters of the ID. A company: unified number (工商憑證). An agency, school or body:
its object identifier (政府機關憑證、組織及團體憑證), kept as the organisation's code.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from asn1crypto.x509 import Attributes
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from accounts.certificates.refusals import CertificateRefused

DIRECTORY_ATTRIBUTES = x509.ObjectIdentifier("2.5.29.9")
LAST_FOUR = "2.16.886.1.100.2.51"  # tailOfCitizenID
UNIFIED_NUMBER = "2.16.886.1.100.2.101"  # uniformOrganizationID
ORGANISATION_OID = "2.16.886.1.100.2.102"


@dataclass(frozen=True, slots=True)
class Holder:
    """`last_four` of a citizen, or `unified_number` or `organisation_oid` of a unit: exactly one is there."""

    name: str
    last_four: str
    unified_number: str
    organisation_oid: str
    issuer: str
    serial: str
    fingerprint: str
    valid_until: datetime

    @property
    def is_unit(self) -> bool:
        return not self.last_four


def read_holder(certificate: x509.Certificate) -> Holder:
    """Raises CertificateRefused where the certificate names nobody in a way we know."""
    written = _directory_attributes(certificate)
    four, number, oid = (written.get(code, "") for code in (LAST_FOUR, UNIFIED_NUMBER, ORGANISATION_OID))
    if sum(map(bool, (four, number, oid))) != 1 or (four and len(four) != 4):
        raise CertificateRefused("no_holder")
    name = next((one.value for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)), "")
    return Holder(
        name=unicodedata.normalize("NFC", str(name)).strip(),
        last_four=four.upper(),
        unified_number=number,
        organisation_oid=oid,
        issuer=certificate.issuer.rfc4514_string()[:300],
        serial=f"{certificate.serial_number:x}",
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        valid_until=certificate.not_valid_after_utc,
    )


def _directory_attributes(certificate: x509.Certificate) -> dict[str, str]:
    try:
        extension = certificate.extensions.get_extension_for_oid(DIRECTORY_ATTRIBUTES).value
        assert isinstance(extension, x509.UnrecognizedExtension)
        return {
            one["type"].dotted: str(one["values"][0].native).strip()
            for one in Attributes.load(extension.value)
            if len(one["values"]) == 1
        }
    except x509.ExtensionNotFound:
        return {}
    except (ValueError, TypeError) as error:
        raise CertificateRefused("unreadable") from error

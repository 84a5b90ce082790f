from accounts.models.access import AccessLog
from accounts.models.address import AddressChange
from accounts.models.certificate import CardChallenge, CertificateBinding
from accounts.models.identity import IdentityChange
from accounts.models.organisation import (
    County,
    Membership,
    Organisation,
    OrganisationGroupObjectPermission,
    OrganisationUserObjectPermission,
    RoleGroup,
)
from accounts.models.password import PasswordHistory, PasswordOpening, SetPasswordLink
from accounts.models.sign_in import FailedSignIns
from accounts.models.user import User

__all__ = [
    "AccessLog",
    "AddressChange",
    "CardChallenge",
    "CertificateBinding",
    "County",
    "FailedSignIns",
    "IdentityChange",
    "Membership",
    "Organisation",
    "OrganisationGroupObjectPermission",
    "OrganisationUserObjectPermission",
    "PasswordHistory",
    "PasswordOpening",
    "RoleGroup",
    "SetPasswordLink",
    "User",
]

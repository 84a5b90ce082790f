"""機關人員的兩步驟驗證: asked of staff when STAFF_SECOND_FACTOR is on."""

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest

from accounts import clock
from accounts.models import AccessLog, User
from accounts.services.access import record_access

#: What counts as one; recovery codes only stand in for it.
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
_SESSION_KEY = "second_factor_set_up"


def needs_second_factor(request: HttpRequest) -> bool:
    """Whether this person still has to set one up. The answer "no" is remembered in the session."""
    if not (settings.STAFF_SECOND_FACTOR and request.user.is_staff):
        return False
    if request.session.get(_SESSION_KEY) == request.user.pk:
        return False
    if not is_mfa_enabled(request.user, FACTORS):
        return True
    request.session[_SESSION_KEY] = request.user.pk
    return False


def second_factor_refused(user: User, what: str) -> None:
    """Writes a wrong code or key into the access log."""
    record_access(
        AccessLog.Action.SIGN_IN_REFUSED,
        at=clock.now(),
        user=user,
        subject=what,
        reason=f"{what}不正確",
        request=context.request,
    )

"""Sign-in by card, behind the interface of `accounts.providers`."""

from collections.abc import Mapping
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts import clock
from accounts.certificates.answer import read_answer
from accounts.certificates.authorities import authorities, folder
from accounts.certificates.chain import judge
from accounts.certificates.holder import read_holder
from accounts.certificates.refusals import CertificateRefused
from accounts.models import AccessLog, User
from accounts.providers import Provider
from accounts.services.access import record_access
from accounts.services.bindings import person_of
from accounts.services.challenges import consume_challenge, message_of
from accounts.services.lockout import person_named


class CertificateProvider(Provider):
    code = "certificate"
    label = "憑證登入"
    template = "account/certificate.html"

    def offered(self) -> bool:
        return folder() is not None

    def begin(self, request: HttpRequest) -> Mapping[str, Any]:
        return {
            "component": component_address(),
            "demo": settings.DEMO,
            "minutes": int(settings.CERTIFICATE_NONCE_LIFETIME.total_seconds() // 60),
        }

    def complete(self, request: HttpRequest, answer: Mapping[str, str]) -> User:
        login = answer.get("login", "")
        at = clock.now()
        try:
            if not ratelimit.consume(request, action="certificate"):
                raise CertificateRefused("too_many")
            nonce = answer.get("nonce", "")
            consume_challenge(nonce=nonce, session_key=request.session.session_key or "", at=at)
            signed = read_answer(answer.get("answer", ""), message_of(nonce).encode())
            judge(signed, trusted=authorities(), at=at, crl_grace=settings.CERTIFICATE_CRL_GRACE)
            return person_of(read_holder(signed.certificate), login=login, at=at)
        except CertificateRefused as refusal:
            record_access(
                AccessLog.Action.SIGN_IN_REFUSED,
                at=at,
                user=person_named(login),
                attempted=login,
                subject=self.label,
                reason=refusal.message,
                request=request,
            )
            raise


def component_address() -> str:
    """Where the card component answers: on the visitor's own machine, in the demonstration a page of ours."""
    return settings.CERTIFICATE_COMPONENT_URL or (
        reverse("demo_card") if settings.DEMO else "http://localhost:61161/popupForm"
    )

"""標頭: what every answer carries, whoever made it: a page, an error before any view, a file, a static asset."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

#: For what no page policy was set on (static files, refusals before the policy's middleware): shown, it may do nothing.
BARE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


class SecurityHeaders:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in (
            ("Content-Security-Policy", BARE_POLICY),
            ("Permissions-Policy", settings.PERMISSIONS_POLICY),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY),
            ("Referrer-Policy", settings.SECURE_REFERRER_POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", settings.X_FRAME_OPTIONS),
        ):
            response.headers.setdefault(name, value)
        return response

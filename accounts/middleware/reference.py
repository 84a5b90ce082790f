import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

#: Without the letters and digits that are misread over the telephone.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class ReferenceNumber:
    """Each request gets a short number (參考編號): error pages show it, and the log lines of the request carry it.

    It replaces an X-Request-Id sent by the visitor; django_structlog reads the header.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = "".join(secrets.choice(_ALPHABET) for _ in range(10))
        request.request_id = f"{number[:5]}-{number[5:]}"  # type: ignore[attr-defined]
        request.META["HTTP_X_REQUEST_ID"] = request.request_id  # type: ignore[attr-defined]
        return self.get_response(request)

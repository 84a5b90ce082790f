"""Pages of somebody signed in stay in no cache: on a shared computer 「上一頁」 after signing out must not bring them back."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class PrivatePages:
    """A view that sets Cache-Control itself is left alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.user.is_authenticated
        response = self.get_response(request)
        # asked before and after: the page that signs out, and the one that signs in
        if signed_in or request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

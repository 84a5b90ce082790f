"""A zero byte is in no text that anybody typed, and PostgreSQL stores none: a request that carries one in its address, its query
or a posted field is answered with the page of a request that cannot be read, whatever the view would have done with it. And who opens
an address that only forms are sent to reads a sentence rather than an empty page."""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from accounts.views.errors import not_a_page


def _texts(request: HttpRequest) -> Iterator[str]:
    yield request.path_info
    for given in (request.GET, request.POST):
        for name, values in given.lists():
            yield name
            yield from (one for one in values if isinstance(one, str))


class Readable:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not response.content:
            page = not_a_page(request)
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        """After the token was judged, which has read the post already."""
        if any("\0" in one for one in _texts(request)):
            raise BadRequest("a zero byte")

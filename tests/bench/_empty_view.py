"""The project's own WSGI application with one more address: an empty view, what any page at least costs here."""

from config.wsgi import application  # isort: skip  (sets Django up, which the address list needs)

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import urls

__all__ = ["application"]


@login_not_required
def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urls.urlpatterns.append(path("bench-empty/", empty))

"""The scheme as a browser's requests: somebody signed in, the hidden fields of a page, an act pressed."""

import re
from html import unescape
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from casework.models import Case


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def page_of(client: Client, name: str, case: Case, *args: Any) -> str:
    return client.get(address(name, case, *args)).content.decode()


def address(name: str, case: Case, *args: Any) -> str:
    return reverse(name if ":" in name else f"ohs_training:{name}", args=[case.number, *args])


def envelope(case: Case) -> dict[str, str]:
    """What a page drawn now would send along."""
    return {"version": str(Case.objects.get(pk=case.pk).version)}


def press(client: Client, case: Case, act: str, *, office: bool = False, **given: Any) -> HttpResponse:
    """The button of a case page."""
    where = reverse("admin:case_act" if office else "casework:act", args=[case.number, act])
    return client.post(where, {**envelope(case), **given})


def said(answer: Any) -> str:
    """The words of a page, without its marks."""
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))

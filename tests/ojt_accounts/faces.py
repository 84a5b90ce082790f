"""What tests of the pages share: clients, addresses, a form as the browser would post it."""

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import User
from tests.ojt_accounts import world as w


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def at(name: str, *args: object) -> str:
    return reverse(f"ojt_accounts:{name}", args=args)


def envelope(page: HttpResponse | str, *, which: int = 0) -> dict[str, str]:
    """version and key as drawn on the page; `which` of several forms."""
    text = page if isinstance(page, str) else page.content.decode()
    found = {}
    for name in ("version", "key"):
        values = re.findall(rf'name="{name}" value="([^"]*)"', text)
        if values:
            found[name] = values[min(which, len(values) - 1)]
    return found


def errors_at(page: HttpResponse, field: str) -> str:
    """The sentences printed at a field, '' where there is none."""
    found = re.search(
        rf'<ul class="errorlist[^"]*" id="id_{re.escape(field)}_error">(.*?)</ul>', page.content.decode(), re.S
    )
    return strip_tags(found.group(1)).strip() if found else ""


def value_of(page: HttpResponse, field: str) -> str:
    """What stands in an input or textarea."""
    text = page.content.decode()
    found = re.search(rf'<input[^>]*name="{re.escape(field)}"[^>]*>', text)
    if found:
        value = re.search(r'value="([^"]*)"', found.group(0))
        return value.group(1) if value else ""
    area = re.search(rf'<textarea[^>]*name="{re.escape(field)}"[^>]*>(.*?)</textarea>', text, re.S)
    return area.group(1).strip() if area else ""


def posted(data: dict[str, Any]) -> dict[str, Any]:
    """Plain values as a browser sends them."""
    sent = {}
    for name, value in data.items():
        if isinstance(value, bool):
            sent[name] = "true" if value else "false"
        elif hasattr(value, "isoformat"):
            sent[name] = f"{value.year - 1911}/{value:%m/%d}"
        elif value is not None:
            sent[name] = value
    return sent


def name(n: int) -> str:
    """The n-th applicant's, as the field takes it."""
    return f"申請人{'甲乙丙丁戊己庚'[n - 1]}"


def account(n: int, **changes: Any) -> dict[str, Any]:
    return {**w.account(n), "name": name(n), **changes}


def pdf(content: bytes, called: str = "文件.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(called, content, content_type="application/pdf")

"""What the scheme adds to shared pages: the menu, the start page's list of what runs out."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.clock import today
from accounts.navigation import NavItem, register_nav
from accounts.panels import register_expiring
from casework.kernel.dates import days_after
from casework.views.words import due_words
from vrs_credentials.models import Certificate
from vrs_credentials.permissions import VIEW_OWN

SOON_DAYS = 180


def expiring(request: HttpRequest) -> Sequence[Mapping[str, Any]]:
    """即將到期: certificates of the person that run out within half a year."""
    if request.user.is_staff:
        return []
    on = today()
    rows = Certificate.objects.filter(
        holder=request.user.pk,
        state=Certificate.State.VALID,
        ends_before__gt=on,
        ends_before__lte=days_after(on, SOON_DAYS),
        renewed_as=None,
    )
    return [
        {
            "title": f"{one.kind_label}資格效期",
            "url": reverse("vrs_credentials:certificate", args=[one.pk]),
            "number": one.number,
            "state_label": "將屆滿",
            "tone": "warn",
            "due": due_words(one.valid_until, on)[0],
        }
        for one in rows.order_by("ends_before")
    ]


def enter() -> None:
    register_nav(
        NavItem("我的資格", "vrs_credentials:dashboard", staff=False, order=30),
        NavItem("機構單位專區", "vrs_credentials:institution", right=VIEW_OWN, staff=False, order=31),
        NavItem("職重專業人員", "vrs_credentials:home", order=65, public=True),
    )
    register_expiring(expiring)

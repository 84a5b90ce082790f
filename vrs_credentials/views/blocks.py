"""What the scheme adds to the menu and to the start page."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.navigation import NavItem, register_nav
from accounts.panels import register_list
from vrs_credentials.permissions import VIEW_OWN
from vrs_credentials.selectors.casepage import opinions_owed


def to_review(request: HttpRequest) -> Sequence[Mapping[str, Any]]:
    """等我處理 of a reviewer: cases whose opinion is not given yet."""
    if not request.user.is_staff:
        return []
    return [
        {
            "title": one.case.title,
            "url": reverse("admin:case", args=[one.case.number]),
            "number": one.case.number,
            "state_label": "待填審查意見",
            "tone": "info",
            "due": "",
        }
        for one in opinions_owed(request.user)[:8]
    ]


def enter() -> None:
    register_list("waiting", to_review)
    register_nav(
        NavItem("我的資格", "vrs_credentials:dashboard", staff=False, order=30),
        NavItem("機構單位專區", "vrs_credentials:institution", right=VIEW_OWN, staff=False, order=31),
        NavItem("職重專業人員", "vrs_credentials:home", order=65, visitors=True),
    )

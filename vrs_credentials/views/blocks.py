"""What the scheme adds to the menu and to the start page."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

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

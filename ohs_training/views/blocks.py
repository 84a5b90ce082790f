"""What the scheme adds to shared pages: the menu, the start page, 我的資料."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from accounts.clock import today
from accounts.rights import organisations_with
from ohs_training.models import Accreditation
from ohs_training.permissions import VIEW_OWN
from ohs_training.selectors.people import certificates_of, trainees_of


def start_page(request: HttpRequest) -> Mapping[str, Any] | None:
    """The institution's days left; the trainee's hours to confirm."""
    if not request.user.is_authenticated:
        return None
    day = today()
    units = organisations_with(request.user, VIEW_OWN)
    rows = Accreditation.objects.filter(organisation__in=units, state="in_force", ends_before__gt=day).select_related(
        "organisation"
    )
    found = [{"one": one, "days_left": (one.ends_on - day).days} for one in rows[:5]]
    lines = trainees_of(request.user).filter(
        confirmation=None, training_class__case__state__in=["ended", "issued", "reported", "closed"]
    )
    asked = lines.exclude(training_class__training="professional").count()
    return {"accreditations": found, "asked": asked} if found or asked else None


def visitors(request: HttpRequest) -> Mapping[str, Any] | None:
    count = Accreditation.objects.filter(state="in_force", announced_on__isnull=False).count()
    return {"count": count} if count else None


def mine(request: HttpRequest) -> Mapping[str, Any] | None:
    rows = list(certificates_of(request.user))
    return {"certificates": rows} if rows else None

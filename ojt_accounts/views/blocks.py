"""What the scheme adds to shared pages: the menu, the start page, 我的資料."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from accounts.clock import today
from accounts.models import Organisation
from accounts.rights import organisations_with
from accounts.roles import right
from casework.law.in_force import law_in_force
from ojt_accounts.models import Registration
from ojt_accounts.permissions import PREPARE, VIEW_OFFICE, VIEW_UNIT
from ojt_accounts.rules.accounts import year_in_hand
from ojt_accounts.selectors import accounts_of, granted_count, open_intakes, with_seats
from ojt_accounts.views.unit_page import account_row, seat_gauge


def _holds(request: HttpRequest, code: str) -> bool:
    rights = request._portal.rights if hasattr(request, "_portal") else None  # type: ignore[attr-defined]
    if rights is not None:
        return right(code).codename in rights
    return organisations_with(request.user, code).exists()


def start_page(request: HttpRequest) -> Mapping[str, Any] | None:
    """The unit: seats at each branch. The branch: how many accounts the year still lacks."""
    if not request.user.is_authenticated:
        return None
    day = today()
    if _holds(request, VIEW_UNIT):
        units = organisations_with(request.user, VIEW_UNIT).filter(kind=Organisation.Kind.UNIT)
        rows = with_seats(Registration.objects.filter(organisation__in=units)).select_related("organisation", "branch")
        cap = law_in_force().at("oa.account_cap", day).value
        found = list(rows.order_by("branch")[:5])
        several = len({one.organisation_id for one in found}) > 1
        seats = [
            {
                "label": f"{one.organisation}　{one.branch.label}" if several else one.branch.label,
                **seat_gauge(one.seats, cap),
            }
            for one in found
        ]
        intakes = open_intakes(on=day)
        if found:
            intakes = intakes.filter(branch__in=[one.branch_id for one in found])
        return {"seats": seats, "intakes": list(intakes[:5]), "may_prepare": _holds(request, PREPARE), "office": None}
    if _holds(request, VIEW_OFFICE):
        year = year_in_hand(day)
        used, granted = granted_count(organisations_with(request.user, VIEW_OFFICE), program_year=year)
        return (
            {"office": {"year": year, "used": used, "waiting": used - granted}, "seats": [], "intakes": []}
            if used
            else None
        )
    return None


def visitors(request: HttpRequest) -> Mapping[str, Any] | None:
    """Open intakes, for those not signed in."""
    return {"intakes": list(open_intakes(on=today())[:5])}


def mine(request: HttpRequest) -> Mapping[str, Any] | None:
    """我的資料: the person's accounts, with rights by year and plan (OA-13)."""
    rows = [account_row(one, on=today()) for one in accounts_of(request.user)]
    return {"rows": rows} if rows else None

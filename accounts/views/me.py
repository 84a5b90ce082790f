"""我的資料: what is held about the person signed in, and who used it."""

from dataclasses import dataclass
from typing import Any

from allauth.usersessions.views import ListUserSessionsView
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.http import SignedIn
from accounts.identity import contested
from accounts.models import AccessLog, Organisation, User
from accounts.panels import PROFILE, shown
from accounts.roles import all_roles
from accounts.services.addresses import open_change

LINES_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class RolesHeld:
    organisation: Organisation
    labels: list[str]


def roles_of(user: User) -> list[RolesHeld]:
    labels = {role.code: role.label for role in all_roles()}
    found: dict[Organisation, list[str]] = {}
    groups = user.groups.filter(held_role__isnull=False).select_related("held_role__organisation")
    for group in groups.order_by("held_role__organisation__name"):
        held = group.held_role
        found.setdefault(held.organisation, []).append(labels.get(held.role, held.role))
    return [RolesHeld(organisation, sorted(names)) for organisation, names in found.items()]


@require_safe
def me(request: SignedIn) -> HttpResponse:
    user = request.user
    memberships = user.memberships.filter(ends_before=None).select_related("organisation")
    context = {
        "person": user,
        "change": open_change(user, at=clock.now()),
        "roles": roles_of(user),
        "memberships": memberships,
        "contested": contested().filter(pk=user.pk).exists(),
        "panels": shown(PROFILE, request),
    }
    return render(request, "portal/me.html", context)


@require_safe
def log(request: SignedIn) -> HttpResponse:
    """存取紀錄: what I did, who failed to sign in as me, and who looked at my ID number."""
    of_me = Q(action=AccessLog.Action.REVEAL, subject=request.user.account_name)
    lines = AccessLog.objects.filter(Q(user=request.user) | of_me).select_related("user")
    page = Paginator(lines, LINES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/me_log.html", {"page": page})


class SessionsView(ListUserSessionsView):
    """登入中的裝置. The moment last seen is kept by the idle middleware, not by allauth's (three queries a page)."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "show_last_seen_at": True}


sessions = SessionsView.as_view()

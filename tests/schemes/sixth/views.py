"""The one page, for everybody."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.clock import today
from casework.law.in_force import law_in_force


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "sixth/home.html", {"most": law_in_force().at("sx.group_size", today()).value})

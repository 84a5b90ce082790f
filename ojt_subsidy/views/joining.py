"""Becoming a member, and the personal data: what stands before the first filing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.clock import now, today
from accounts.limits import REGISTER, limited
from casework.cases.drafts import draft, drop_draft
from casework.papers.wordings import wording
from casework.views.acting import acting, into_form
from ojt_subsidy.forms.public import JoinForm
from ojt_subsidy.forms.trainee import ProfileForm
from ojt_subsidy.selectors.money import trainee_of
from ojt_subsidy.services import profile, signing_up
from ojt_subsidy.views.pages import page, pressed
from ojt_subsidy.wordings import PURPOSE


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@acting
@limited(REGISTER)
def join(request: HttpRequest) -> HttpResponse:
    """加入會員. The answer is the same whether or not the address belongs to somebody already."""
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with into_form(request, form) as tried:
            signing_up.sign_up(name=given["name"], email=given["email"], account=given["account"], at=now())
        if tried.ok:
            return redirect("ojt_subsidy:joined")
    context = {"form": form, "purpose": wording(PURPOSE, on=today())}
    return page(request, "join", context, status=422 if form.errors else 200)


@login_not_required
@require_safe
def joined(request: HttpRequest) -> HttpResponse:
    return page(request, "joined", {})


DRAFT = "ojt_subsidy.profile"


@never_cache
@acting
def personal(request: HttpRequest) -> HttpResponse:
    """個人報名資料: left for 30 minutes it signs out, with a warning; what was typed is kept as a draft (SUB-17)."""
    user, trainee = request.user, trainee_of(request.user)
    form = ProfileForm(request.POST or None, user=user, trainee=trainee)
    kept = draft(user=user, key=DRAFT) if request.method != "POST" else None
    if kept and (trainee is None or kept.saved_at > trainee.saved_at):
        known = {name: value for name, value in kept.data.items() if name in form.fields and value}
        form.initial |= known
    else:
        kept = None
    if request.method == "POST" and form.is_valid():

        def do(at: Any) -> None:
            profile.save_profile(person=user, data=form.answers, seen=form.posted_seen, at=at)
            drop_draft(user=user, key=DRAFT)

        if pressed(request, form, "profile", do) is not None:
            messages.success(request, "個人報名資料已儲存。")
            goal = request.POST.get("next", "")
            return redirect(goal if goal.startswith("/courses/") else "ojt_subsidy:profile")
    context = {
        "form": form, "trainee": trainee, "draft_key": DRAFT, "kept": kept, "next": request.GET.get("next", ""),
        "purpose": wording(PURPOSE, on=today()),
    }  # fmt: skip
    return page(request, "profile", context, status=422 if form.errors else 200)

"""開放密碼登入 (OA-12): for one person, with the special case, by whom, until when."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.clock import now, today
from accounts.models import PasswordOpening, User
from casework.services.receipts import once
from casework.views.acting import acting, into_form
from ojt_accounts.forms.office import OpeningForm
from ojt_accounts.permissions import SET_ACCOUNT
from ojt_accounts.services import opening as service
from ojt_accounts.views.office import branches_of, office_page

PER_PAGE = 50


def _state(opening: PasswordOpening) -> dict[str, str]:
    if opening.withdrawn_at:
        return {"word": "已收回", "tone": "calm"}
    return {"word": "開放中", "tone": "warn"} if opening.until >= today() else {"word": "已到期", "tone": "calm"}


@acting
def openings(request: HttpRequest) -> HttpResponse:
    branches_of(request.user, SET_ACCOUNT)
    form = OpeningForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = now()

        def do() -> dict[str, Any]:
            return {"pk": service.open_password(by=request.user, at=at, **form.answers).pk}

        with into_form(request, form) as tried:
            once(user=request.user, key=form.posted_key, act="ojt_accounts.opening", at=at, do=do)
        if tried.ok:
            messages.success(request, "已開放密碼登入。")
            return redirect("admin:password_openings")
    people = User.objects.filter(service.people_in_care(request.user)).values("pk")
    rows = PasswordOpening.objects.filter(user__in=people).select_related("user", "opened_by")
    hidden = [
        f"{who}__{name}" for who in ("user", "opened_by") for name in ("national_id", "national_id_index", "password")
    ]
    page = Paginator(rows.defer(*hidden).order_by("-opened_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [{"opening": one, "live": _state(one)["word"] == "開放中", **_state(one)} for one in page],
        "certificates": settings.CERTIFICATE_SIGN_IN,
    }
    return office_page(request, "openings", context, title="開放密碼登入", status=422 if form.errors else 200)


@require_POST
@acting
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    branches_of(request.user, SET_ACCOUNT)
    try:
        opening = service.withdraw(pk=pk, by=request.user, at=now())
    except PasswordOpening.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, f"已收回{opening.user.name}的密碼登入。")
    return redirect("admin:password_openings")

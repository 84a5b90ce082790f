"""更名、更正字號: the person asks from their own page; officers see the proof (the acts stand in 登入協助)."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.care import in_care_of
from accounts.catalogue import HELP_SIGN_IN
from accounts.clock import now
from accounts.http import SignedIn
from accounts.identity import past
from accounts.limits import DOWNLOAD, limited
from accounts.models import AccessLog, IdentityChange, User
from accounts.services.access import record_access
from accounts.services.identity_changes import ask_identity_change, open_identity_change, withdraw_identity_change
from casework.cases.attachments import judged
from casework.forms.identity import AskChangeForm
from casework.intake import Limits
from casework.views.acting import acting, into_form, once_here
from casework.views.files import secure
from casework.views.registers import require


@acting
def ask(request: SignedIn) -> HttpResponse:
    """申請更正: the form, or what became of it."""
    user = request.user
    form = AskChangeForm(request.POST, request.FILES) if request.method == "POST" else AskChangeForm()
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            judged(form.cleaned_data["proof"], Limits(), field="proof")

            def do() -> dict[str, int]:
                return {"change": ask_identity_change(user=user, at=now(), **form.answers).pk}

            once_here(request, form, "identity.ask", at=now(), do=do)
        if tried.ok:
            messages.success(request, "已送出更正申請，辦理結果會通知您。")
            return redirect("casework:identity")
    context = {
        "person": user,
        "form": form,
        "change": open_identity_change(user),
        "past": past(user),
    }
    return render(request, "casework/identity.html", context, status=422 if form.errors else 200)


@require_POST
@acting
def withdraw(request: SignedIn) -> HttpResponse:
    withdraw_identity_change(user=request.user, at=now())
    messages.success(request, "已撤回更正申請。")
    return redirect("casework:identity")


def waiting_changes(officer: User) -> list[IdentityChange]:
    """Changes of people in the officer's care that wait for somebody; each a person whose page opens."""
    rows = IdentityChange.objects.filter(confirmed_at=None, refused_at=None, user__in=in_care_of(officer).values("pk"))
    return list(
        rows.exclude(user=officer.pk).select_related("user").defer("user__national_id").order_by("asked_at", "pk")
    )


@require_GET
@acting
@limited(DOWNLOAD)
def proof(request: SignedIn, pk: int) -> HttpResponseBase:
    """The proof somebody in the officer's care brought. Looking is written down."""
    require(request, HELP_SIGN_IN)
    rows = IdentityChange.objects.filter(user__in=in_care_of(request.user).values("pk"))
    change = get_object_or_404(rows.select_related("user"), pk=pk)
    if not change.proof or not default_storage.exists(str(change.proof.name)):
        raise Http404
    subject = f"{change.user.account_name} 更正的證明文件"
    record_access(AccessLog.Action.DOWNLOAD, at=now(), user=request.user, subject=subject, request=request)
    answer = FileResponse(change.proof.open("rb"), filename="證明文件.pdf", content_type="application/pdf")
    return secure(answer, "application/pdf")

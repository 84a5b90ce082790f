"""查驗文件: anybody with a paper in hand sees what it should say and whether it still holds. No identifier is shown."""

import re
import unicodedata

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.clock import today
from accounts.limits import CHECK, limited
from casework.cases import casepage
from casework.forms import PortalForm
from casework.models import Document
from casework.papers import rendering

TONES = {
    Document.State.ISSUED: "good",
    Document.State.REPLACED: "warn",
    Document.State.REVOKED: "bad",
    Document.State.DRAFT: "warn",
}


def _code(text: str) -> str:
    return re.sub(r"[\s\-－]", "", unicodedata.normalize("NFKC", text)).upper()


class CheckForm(PortalForm):
    number = forms.CharField(label="文件編號", max_length=40, help_text="文件左下角，例：D-115-000123")
    code = forms.CharField(label="查驗碼", max_length=40, help_text="文件左下角 12 碼，英文不分大小寫")

    def clean_number(self) -> str:
        number = _code(self.cleaned_data["number"])
        found = re.fullmatch(r"([A-Z]{1,10})(\d{2,3})(\d{6})", number)
        if not found:
            raise forms.ValidationError("文件編號的格式不符，例：D-115-000123。")
        return "-".join(found.groups())

    def clean_code(self) -> str:
        code = _code(self.cleaned_data["code"])
        if not re.fullmatch(r"[A-Z0-9]{12}", code):
            raise forms.ValidationError("查驗碼應為 12 碼英文字母與數字。")
        return code


def _kind(document: Document | None) -> rendering.Paper | None:
    """None also for a paper of a scheme this site no longer offers."""
    try:
        return rendering.paper(document.paper) if document else None
    except KeyError:
        return None


@login_not_required
@never_cache
@require_GET
def form(request: HttpRequest) -> HttpResponse:
    """Number and code by hand; what a QR code opens has both in its address."""
    asked = "number" in request.GET or "code" in request.GET
    filled = CheckForm(request.GET if asked else None)
    if asked and filled.is_valid():
        return redirect("casework:check", filled.cleaned_data["number"], filled.cleaned_data["code"])
    return render(request, "casework/check_form.html", {"form": filled})


@login_not_required
@never_cache
@require_GET
@limited(CHECK)
def check(request: HttpRequest, number: str, code: str) -> HttpResponse:
    document = casepage.checked_document(number, _code(code))
    holds = document is not None and document.state == Document.State.ISSUED
    kind = _kind(document)
    standing = kind.standing(document, today()) if kind and kind.standing else None
    context = {
        "number": number,
        "document": document,
        # the document's own title may carry a person's whole name
        "kind": kind.title if kind else "",
        "tone": TONES[Document.State(document.state)] if document else "bad",
        "holds": holds,
        "standing": standing,
        "good": holds and (standing is None or standing.holds),
    }
    return render(request, "casework/check.html", context, status=200 if document else 404)

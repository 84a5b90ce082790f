"""範本文字: the texts the agency words itself, version by version; a new one from a day on, past ones never changed."""

from itertools import groupby

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.clock import now, today
from accounts.http import SignedIn
from accounts.rights import holds
from casework.errors import NotPermitted
from casework.forms import PortalForm, RocDateField
from casework.models import Wording
from casework.papers.wordings import set_wording
from casework.rights import WORDING
from casework.views.acting import acting, into_form
from casework.views.agency import page


class WordingForm(PortalForm):
    code = forms.ChoiceField(label="範本")
    body = forms.CharField(label="內容", widget=forms.Textarea(attrs={"rows": 10}), help_text="每一點自成一段。")
    in_force_from = RocDateField(label="生效日", help_text="今日或以後，例：115/12/01。已簽署的舊版不受影響。")

    def __init__(self, *args: object, texts: list[Wording], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["code"].choices = list(dict.fromkeys((one.code, one.title) for one in texts))  # type: ignore[attr-defined]


@acting
def wordings(request: SignedIn) -> HttpResponse:
    if not holds(request, WORDING):
        raise NotPermitted("您沒有維護範本文字的權限。")
    texts = list(Wording.objects.select_related("set_by").order_by("code", "-in_force_from"))
    form = WordingForm(request.POST or None, texts=texts)
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            set_wording(**form.cleaned_data, by=request.user, at=now(), today=today())
        if tried.ok:
            messages.success(request, "已新增版本，自生效日起使用。")
            return redirect("admin:wordings")
    groups = [
        {"title": versions[0].title, "versions": versions}
        for versions in (list(g) for _, g in groupby(texts, key=lambda t: t.code))
    ]
    status = 422 if request.method == "POST" else 200
    return page(
        request, "wordings", {"groups": groups, "form": form, "today": today()}, title="範本文字", status=status
    )

"""更新（換證）, 展延 and the way back after lapse."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from accounts.clock import now, today
from casework.cases.doing import perform
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.views import words
from casework.views.acting import acting, into_form
from kernel import rulebook
from vrs_credentials import documents
from vrs_credentials.forms import applying as forms
from vrs_credentials.models import ExtensionApplication
from vrs_credentials.selectors import casepage
from vrs_credentials.selectors.register import standing
from vrs_credentials.services import renewing
from vrs_credentials.states import EDITABLE
from vrs_credentials.views.common import form_page, own_case, own_certificate, page, pressed_once
from vrs_credentials.views.dashboard import ME, card
from vrs_credentials.views.papers import editing


@acting
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """換證: what counts and what is missing; the button where the window is open."""
    one, day, law = own_certificate(request, pk), today(), law_in_force()
    found = standing(one, on=day, law=law)
    form = forms.UploadForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        at = now()
        try:
            answer = pressed_once(
                request,
                form,
                "vrs.renew",
                at,
                lambda: {"number": renewing.start_renewal(one, person=request.user, at=at).case.number},
            )
            return redirect("vrs_credentials:renewal", answer["number"])
        except Refused as error:
            form.add_error(None, error.message)
    outcomes = [found.window, found.count, found.period, *filter(None, (found.way_back,))]
    context = {
        "card": card(found, here=request.path), "one": one, "form": form, "findings": [words.finding(o) for o in outcomes], "table": casepage.ledger_table(one, since=found.since),
        "may": found.may_renew and found.open_renewal is None,
    }  # fmt: skip
    return page(
        request,
        "renew",
        context,
        title=f"資格更新（換證）：{one.kind_label}",
        crumbs=[ME],
        status=422 if form.errors else 200,
    )


@require_GET
@acting
def renewal(request: HttpRequest, number: str) -> HttpResponse:
    case = own_case(request, number, "renewal")
    return editing(request, case, title="資格更新（換證）申請")


@acting
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """展延: the new last day is computed before any paper is uploaded."""
    one = own_certificate(request, pk)
    form = forms.ExtensionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = now()
        with into_form(request, form) as tried:
            answer = pressed_once(
                request, form, "vrs.extend", at,
                lambda: {"number": renewing.start_extension(one, person=request.user, **form.answers, at=at).case.number},
            )  # fmt: skip
        if tried.ok:
            return redirect("vrs_credentials:extension", answer["number"])
    months = law_in_force().at("vrs.extension_months", today()).value
    intro = f"{one.kind_label}　目前效期至 {documents.roc(one.valid_until)}。離開職場 {months} 個月以上者，得於屆期前申請扣除該期間。"
    return form_page(request, form, title="資格展延", button="下一步：上傳文件", crumbs=[ME], intro=intro)


@acting
def extension(request: HttpRequest, number: str) -> HttpResponse:
    case = own_case(request, number, "extension")
    one = ExtensionApplication.objects.get(case=case)
    form = forms.ExtensionForm(
        request.POST or None, case=case, initial={n: getattr(one, n) for n in ("reason", "away_from", "away_until")}
    )
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            said = form.answers
            perform(
                case, "change_extension", by=request.user, at=now(), version=form.posted_version, cause=said["reason"],
                away_from=said["away_from"], away_until=said["away_until"],
            )  # fmt: skip
        if tried.ok:
            return redirect("vrs_credentials:extension", number)
    extra = {"edit_form": form if case.state in EDITABLE else None, "edit_title": "離開職場期間"}
    return editing(
        request,
        case,
        title="資格展延申請",
        extra=extra,
        status=422 if form.is_bound and form.errors else 200,
    )


@require_GET
@acting
def lapsed(request: HttpRequest, pk: int) -> HttpResponse:
    """失效後如何恢復 (準則第10-1條, 第15條第3項)."""
    one, day, law = own_certificate(request, pk), today(), law_in_force()
    found = standing(one, on=day, law=law)
    if not found.last:
        return redirect("vrs_credentials:certificate", pk)
    outcomes = [*filter(None, (found.window, found.way_back)), found.count, found.period]
    years, most, least = (
        law.at(f"vrs.{name}", day).value
        for name in ("education_valid_years", "professional_law_hours", "ethics_quality_hours")
    )
    ways = [
        f"逾期後仍可申請更新：申請日前{years}年內完成專業課程及法規{most}小時、專業倫理及品質{least}小時，新證明自申請日起算（準則第15條）。",
        rulebook.get("VRS-14").sentence,
    ]
    context = {
        "card": card(found, here=request.path), "found": found, "ways": ways, "findings": [words.finding(o) for o in outcomes],
    }  # fmt: skip
    return page(request, "lapsed", context, title="失效後如何恢復", crumbs=[ME])

"""專業訓練時數: applications for hours before and after being taken on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.clock import now, today
from casework.cases.doing import perform
from casework.law.in_force import law_in_force
from casework.views import words
from casework.views.acting import acting, into_form
from kernel import rulebook
from vrs_credentials.forms import applying as forms
from vrs_credentials.models import Certificate, HoursApplication
from vrs_credentials.selectors.register import current_certificates, follow_up_outcome, own_cases
from vrs_credentials.services import training
from vrs_credentials.states import EDITABLE
from vrs_credentials.views.common import own_case, page, pressed_once, professional_of
from vrs_credentials.views.dashboard import ME
from vrs_credentials.views.papers import editing


@acting
def hours(request: HttpRequest) -> HttpResponse:
    """專業人員時數抵免申請: the list, the clocks, and a new application."""
    if professional_of(request) is None:
        return redirect("vrs_credentials:profile")
    on, law = today(), law_in_force()
    held = current_certificates(request.user, on=on)
    rows = [(row["code"], f"{row['citation']}") for row in law.at("vrs.clauses", on).value]
    certificates = Certificate.objects.filter(pk__in=[one.pk for one in held])
    form = forms.HoursStartForm(request.POST or None, certificates=certificates, clauses=rows)
    if request.method == "POST" and form.is_valid():
        at = now()
        with into_form(request, form) as tried:
            answer = pressed_once(
                request,
                form,
                "vrs.hours",
                at,
                lambda: {"number": training.start(person=request.user, **form.answers, at=at).case.number},
            )
        if tried.ok:
            return redirect("vrs_credentials:hours_case", answer["number"])
    cases = [words.row(c, on) for c in own_cases(request.user).filter(kind="vrs_credentials.hours")]
    clocks = [(one, one.follow_up) for one in held if hasattr(one, "follow_up")]
    cards = [{"one": one, "clock": words.finding(follow_up_outcome(clock, on=on, law=law))} for one, clock in clocks]
    context = {"form": form, "rows": cases, "cards": cards, "sentence": rulebook.get("VRS-04").sentence}
    return page(request, "hours", context, title="專業人員時數抵免申請", crumbs=[ME],
                status=422 if form.is_bound and form.errors else 200)  # fmt: skip


@acting
def hours_case(request: HttpRequest, number: str, position: int | None = None) -> HttpResponse:
    """上課紀錄 one by one; 儲存 is not 送審."""
    case = own_case(request, number, "hours")
    one = HoursApplication.objects.get(case=case)
    row = get_object_or_404(one.records, position=position, removed_at=None) if position else None
    initial = {name: getattr(row, name) for name in training.FIELDS} if row else None
    form = forms.RecordForm(request.POST or None, case=case, initial=initial)
    if request.method == "POST":
        if "remove" in request.POST and row:
            perform(case, "remove_record", by=request.user, at=now(), position=row.position)
            return redirect("vrs_credentials:hours_case", number)
        if form.is_valid():
            with into_form(request, form) as tried:
                perform(
                    case, "save_record", by=request.user, at=now(), version=form.posted_version, position=position,
                    data=form.answers,
                )  # fmt: skip
            if tried.ok:
                messages.success(request, "已儲存；資料齊備後請按送審，儲存並未送出。")
                return redirect("vrs_credentials:hours_case", number)
    extra = {
        "edit_form": form if case.state in EDITABLE else None, "edit_title": f"修改第 {position} 筆" if row else "新增上課紀錄",
        "records": training.live_records(one), "record": row,
    }  # fmt: skip
    return editing(
        request,
        case,
        title="專業訓練時數認定",
        extra=extra,
        status=422 if form.is_bound and form.errors else 200,
    )

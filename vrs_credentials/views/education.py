"""繼續教育個人申請."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.clock import now, today
from casework.cases.doing import perform
from casework.cases.drafts import drop_draft
from casework.views.acting import acting, into_form
from kernel import rulebook
from vrs_credentials.forms import applying as forms
from vrs_credentials.models import OwnEducation
from vrs_credentials.selectors.register import current_certificates
from vrs_credentials.services import education
from vrs_credentials.states import EDITABLE
from vrs_credentials.views.common import form_page, own_case, pressed_once, typed_before
from vrs_credentials.views.dashboard import ME
from vrs_credentials.views.papers import editing


def _held(request: HttpRequest) -> list[str]:
    return [one.kind for one in current_certificates(request.user, on=today())]


@acting
def education_apply(request: HttpRequest) -> HttpResponse:
    """繼續教育個人申請, in ten kinds."""
    held = _held(request)
    if not held:
        messages.warning(request, "取得資格認證證明後，才能登錄繼續教育時數。")
        return redirect("vrs_credentials:dashboard")
    form = forms.EducationForm(request.POST or None, held=held, initial=typed_before(request, "vrs.education"))
    if request.method == "POST" and form.is_valid():
        at = now()
        with into_form(request, form) as tried:
            answer = pressed_once(
                request,
                form,
                "vrs.education",
                at,
                lambda: {"number": education.start(person=request.user, data=form.answers, at=at).case.number},
            )
        if tried.ok:
            drop_draft(user=request.user, key="vrs.education")
            messages.success(request, "已儲存，請上傳佐證資料及切結書後送審。")
            return redirect("vrs_credentials:education", answer["number"])
    return form_page(
        request,
        form,
        title="繼續教育個人申請",
        button="儲存並繼續",
        crumbs=[ME],
        intro=f"{rulebook.get('VRS-09').sentence}儲存並未送審。",
        draft_key="vrs.education",
    )


@acting
def education_case(request: HttpRequest, number: str) -> HttpResponse:
    case = own_case(request, number, "education")
    one = OwnEducation.objects.get(case=case)
    initial = {name: getattr(one, name) for name in education.FIELDS}
    form = forms.EducationForm(
        request.POST or None, case=case, held=[*dict.fromkeys([*_held(request), *one.kinds])], initial=initial
    )
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            perform(case, "save_education", by=request.user, at=now(), version=form.posted_version, data=form.answers)
        if tried.ok:
            messages.success(request, "已儲存。")
            return redirect("vrs_credentials:education", number)
    extra = {"edit_form": form if case.state in EDITABLE else None, "edit_title": "課程資料"}
    return editing(
        request,
        case,
        title="繼續教育個人申請",
        extra=extra,
        status=422 if form.is_bound and form.errors else 200,
    )

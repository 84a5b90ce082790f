"""機構單位專區: profile, password, file a course, courses and filing, attendance look-up, jobs, lecturers."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import now, today
from accounts.identity import every_number
from casework.cases.doing import perform
from casework.cases.drafts import drop_draft
from casework.views import words
from casework.views.acting import acting, into_form
from kernel import identifiers
from vrs_credentials.forms.institution import CourseForm, JobForm, LecturerForm
from vrs_credentials.models import Course, JobPost, Lecturer
from vrs_credentials.permissions import KEEP_LECTURERS, POST_JOBS, VIEW_OWN, file_right
from vrs_credentials.services import courses, site
from vrs_credentials.states import EDITABLE
from vrs_credentials.views.common import form_page, institution_of, own_case, page, pressed_once, typed_before
from vrs_credentials.views.papers import editing

HOME = ("機構單位專區", "/vrs/institution/")
FILE_COURSE = file_right("course")


@require_GET
@acting
def home(request: HttpRequest) -> HttpResponse:
    """The eight functions."""
    body = institution_of(request, VIEW_OWN)
    functions = [
        ("基本資料維護", reverse("vrs_credentials:institution_profile")),
        ("重設密碼", reverse("account_change_password")),
        ("課程資料申請", reverse("vrs_credentials:course_file")),
        ("課程資料查詢、送審", reverse("vrs_credentials:course_list")),
        ("上課紀錄查詢", reverse("vrs_credentials:attendance_list")),
        ("求才訊息申請", reverse("vrs_credentials:job_new")),
        ("求才訊息查詢", reverse("vrs_credentials:job_list")),
        ("講師維護", reverse("vrs_credentials:lecturers")),
    ]
    return page(request, "institution", {"functions": functions, "body": body}, title="機構單位專區")


# --- courses --------------------------------------------------------------------------------------------------------------


def _own_lecturers(body: Any) -> Any:
    """Those the institution entered, and everybody already passed."""
    return (
        Lecturer.objects.filter(Q(institution=body) | Q(passes__isnull=False))
        .distinct()
        .defer("national_id")
        .order_by("name")
    )


@acting
def course_file(request: HttpRequest) -> HttpResponse:
    """課程資料申請."""
    body = institution_of(request, FILE_COURSE)
    form = CourseForm(request.POST or None, lecturers=_own_lecturers(body), initial=typed_before(request, "vrs.course"))
    if request.method == "POST" and form.is_valid():
        at = now()
        with into_form(request, form) as tried:
            answer = pressed_once(
                request, form, "vrs.course", at,
                lambda: {
                    "number": courses.start(
                        body, data=form.answers, sets=form.sets(), lecturers=list(form.cleaned_data["lecturers"]), by=request.user, at=at
                    ).case.number
                },
            )  # fmt: skip
        if tried.ok:
            drop_draft(user=request.user, key="vrs.course")
            messages.success(request, "已儲存（尚未送審）。請列印課程摘要表並上傳文件，再按送審。")
            return redirect("vrs_credentials:course", answer["number"])
    return form_page(
        request,
        form,
        title="課程資料申請",
        crumbs=[HOME],
        intro="儲存只是暫存，上傳文件並按送審後才算申請完成。",
        draft_key="vrs.course",
    )


@acting
def course(request: HttpRequest, number: str) -> HttpResponse:
    """課程資料修改／送審."""
    case = own_case(request, number, "course")
    one = Course.objects.get(case=case)
    sets = {
        f"{name}_{f.position}": getattr(f, name)
        for f in one.fields.all()
        for name in ("group", "competence", "area", "hours")
    }
    initial = {**{name: getattr(one, name) for name in courses.FIELDS}, **sets, "lecturers": list(one.lecturers.all())}
    form = CourseForm(request.POST or None, case=case, lecturers=_own_lecturers(case.organisation), initial=initial)
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            perform(
                case, "save_course", by=request.user, at=now(), version=form.posted_version, data=form.answers,
                sets=form.sets(), lecturers=list(form.cleaned_data["lecturers"]),
            )  # fmt: skip
        if tried.ok:
            messages.success(request, "已儲存，尚未送審。")
            return redirect("vrs_credentials:course", number)
    extra = {"edit_form": form if case.state in EDITABLE else None, "edit_title": "課程資料"}
    status = 422 if form.is_bound and form.errors else 200
    return editing(request, case, title="課程資料", extra=extra, status=status)


@require_GET
@acting
def course_list(request: HttpRequest) -> HttpResponse:
    """課程資料查詢、送審."""
    body = institution_of(request, VIEW_OWN)
    rows = Course.objects.filter(case__organisation=body).select_related("case").order_by("-starts_on", "-pk")
    asked = request.GET.get("q", "").strip()[:100]
    if asked:
        rows = rows.filter(Q(title__holding=asked) | Q(number__icontains=asked))
    shown = [{"course": one, "row": words.row(one.case, today())} for one in rows[:100]]
    return page(request, "course_list", {"rows": shown, "asked": asked}, title="課程資料查詢、送審", crumbs=[HOME])


# --- lecturers ------------------------------------------------------------------------------------------------------------


@acting
def lecturers(request: HttpRequest) -> HttpResponse:
    """講師維護: found by name or ID; posted, so that an identifier never stands in an address."""
    body = institution_of(request, KEEP_LECTURERS)
    asked, rows = request.POST.get("q", "").strip()[:100], _own_lecturers(body).prefetch_related("passes")
    if asked:
        try:
            rows = rows.filter(national_id_index__in=every_number(identifiers.read_person_id(asked)))
        except identifiers.IdentifierError:
            rows = rows.filter(name__holding=asked)
    return page(
        request, "lecturers", {"rows": rows[:200], "asked": asked, "body": body}, title="講師維護", crumbs=[HOME]
    )


@acting
def lecturer(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    body = institution_of(request, KEEP_LECTURERS)
    one = get_object_or_404(Lecturer, pk=pk, institution=body) if pk else None
    initial = {name: getattr(one, name) for name in courses.LECTURER_FIELDS} if one else None
    form = LecturerForm(request.POST or None, row=one, initial=initial, new=one is None)
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            courses.save_lecturer(
                body, data=form.answers, lecturer=one, seen=form.posted_seen, by=request.user, at=now()
            )
        if tried.ok:
            messages.success(request, "已儲存講師資料。")
            return redirect("vrs_credentials:lecturers")
    crumbs = [HOME, ("講師維護", reverse("vrs_credentials:lecturers"))]
    return form_page(request, form, title="講師資料維護", crumbs=crumbs)


# --- jobs -----------------------------------------------------------------------------------------------------------------


@acting
def job(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """求才訊息申請."""
    body = institution_of(request, POST_JOBS)
    one = get_object_or_404(JobPost, pk=pk, institution=body, removed_at=None) if pk else None
    names = ("title", "kind", "place", "pay", "body", "contact", "opens_on", "closes_on")
    initial = {n: getattr(one, n) for n in names} if one else {"opens_on": today()}
    form = JobForm(request.POST or None, row=one, initial=initial)
    if request.method == "POST" and form.is_valid():
        at = now()
        given = {"data": form.answers, "job": one, "seen": form.posted_seen, "by": request.user, "at": at}
        with into_form(request, form) as tried:
            pressed_once(
                request,
                form,
                "vrs.job",
                at,
                lambda: {"pk": site.save_job(body, **given).pk},
            )
        if tried.ok:
            messages.success(request, "已刊登求才訊息。")
            return redirect("vrs_credentials:job_list")
    return form_page(request, form, title="求才訊息申請", button="刊登", crumbs=[HOME])


@require_GET
@acting
def job_list(request: HttpRequest) -> HttpResponse:
    body = institution_of(request, POST_JOBS)
    rows = JobPost.objects.filter(institution=body, removed_at=None)[:200]
    return page(request, "job_list", {"rows": rows, "today": today()}, title="求才訊息查詢", crumbs=[HOME])


@require_POST
@acting
def job_remove(request: HttpRequest, pk: int) -> HttpResponse:
    body = institution_of(request, POST_JOBS)
    site.remove_job(get_object_or_404(JobPost, pk=pk, institution=body, removed_at=None), by=request.user, at=now())
    messages.success(request, "已下架求才訊息。")
    return redirect("vrs_credentials:job_list")

"""機構單位專區: profile, password, file a course, courses and filing, attendance look-up, jobs, lecturers."""

import base64
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts import crypto
from accounts.clock import now, today
from casework.errors import Refused
from casework.kernel import identifiers
from casework.services.drafts import drop_draft
from casework.services.law import law_in_force
from casework.views import words
from casework.views.acting import acting, into_form
from vrs_credentials.forms.institution import CourseForm, JobForm, LecturerForm, RosterForm
from vrs_credentials.models import Attendance, Course, JobPost, Lecturer
from vrs_credentials.permissions import FILE_ATTENDANCE, KEEP_LECTURERS, POST_JOBS, VIEW_OWN, file_right
from vrs_credentials.rules.attendance import COLUMNS, EXAMPLE
from vrs_credentials.selectors import papers
from vrs_credentials.services import attending, courses, site
from vrs_credentials.views.common import form_page, institution_of, own_case, page, pressed_once, typed_before
from vrs_credentials.views.papers import editing, slots_of

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
    editable = case.state in ("draft", "supplement")
    form = CourseForm(request.POST or None, case=case, lecturers=_own_lecturers(case.organisation), initial=initial)
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            courses.save(
                case, data=form.answers, sets=form.sets(), lecturers=list(form.cleaned_data["lecturers"]), by=request.user, at=now(),
                version=form.posted_version,
            )  # fmt: skip
        if tried.ok:
            messages.success(request, "已儲存，尚未送審。")
            return redirect("vrs_credentials:course", number)
    extra = {"edit_form": form if editable else None, "edit_title": "課程資料"}
    status = 422 if form.is_bound and form.errors else 200
    return editing(request, case, slots_of(case), title="課程資料", extra=extra, status=status)


@require_GET
@acting
def course_list(request: HttpRequest) -> HttpResponse:
    """課程資料查詢、送審."""
    body = institution_of(request, VIEW_OWN)
    rows = Course.objects.filter(case__organisation=body).select_related("case").order_by("-starts_on", "-pk")
    asked = request.GET.get("q", "").strip()[:100]
    if asked:
        rows = rows.filter(Q(title__icontains=asked) | Q(number__icontains=asked))
    shown = [{"course": one, "row": words.row(one.case, today())} for one in rows[:100]]
    return page(request, "course_list", {"rows": shown, "asked": asked}, title="課程資料查詢、送審", crumbs=[HOME])


# --- attendance -----------------------------------------------------------------------------------------------------------


def _kept(case: Any, position: int) -> str:
    return f"rosters/{case.pk}/{position}"


def _keep(case: Any, position: int, name: str, content: bytes) -> None:
    """Between preview and 確定上傳 the file waits in private storage."""
    path = _kept(case, position)
    if default_storage.exists(path):
        default_storage.delete(path)
    default_storage.save(path, ContentFile(base64.b64encode(name.encode()) + b"\n" + content))


def _waiting(case: Any, fields: Any) -> list[tuple[Any, str, bytes]]:
    found = []
    for one in fields:
        if default_storage.exists(_kept(case, one.position)):
            with default_storage.open(_kept(case, one.position)) as file:
                name, _, content = file.read().partition(b"\n")
            found.append((one, base64.b64decode(name).decode(), content))
    return found


def _drop(case: Any, fields: Any) -> None:
    for one in fields:
        if default_storage.exists(_kept(case, one.position)):
            default_storage.delete(_kept(case, one.position))


def _progress_key(request: HttpRequest, number: str) -> str:
    return f"vrs-import:{request.user.pk}:{number}"


@acting
def attendance_import(request: HttpRequest, number: str) -> HttpResponse:
    """紀錄匯入: choose files → preview with the reasons per row → 確定上傳. Nothing enters before that, and nothing with an error."""
    case = own_case(request, number, "course")
    one = Course.objects.get(case=case)
    fields, there = list(one.fields.all()), papers.attached(case)
    form = RosterForm(
        request.POST or None, request.FILES or None, case=case, fields=fields, sheet_there=attending.SHEET in there
    )
    progress = _progress(request, number)
    context: dict[str, Any] = {
        "case": case, "course": one, "form": form, "previews": [], "sheet": there.get(attending.SHEET), "ready": False,
        "state": words.state_of(case), "open": case.state == "approved",
        "early": case.state == "approved" and today() < one.ends_on,
    }  # fmt: skip
    status = 200
    if request.method == "POST" and "confirm" in request.POST:
        files = _waiting(case, fields)
        if not files:
            raise Refused("預覽的檔案已不在，請重新選擇檔案。")
        # the version of the page: somebody else's import in between is a conflict, not an overwriting
        form.is_valid()
        added, _ = attending.import_attendance(
            case, files=files, by=request.user, at=now(), version=form.cleaned_data.get("version"), progress=progress
        )
        _drop(case, fields)
        text = f"已匯入 {added} 筆上課紀錄。" if added else "這個檔案已經匯入過，沒有新增任何資料。"
        messages.success(request, text)
        return redirect("vrs_credentials:attendance_import", number)
    if request.method == "POST" and form.is_valid():
        status = _preview(request, case, fields, form, context, progress)
    elif request.method == "POST":
        status = 422
    return page(request, "attendance_import", context, title="上課紀錄匯入", crumbs=[HOME], status=status)


def _preview(
    request: HttpRequest, case: Any, fields: Any, form: RosterForm, context: dict[str, Any], progress: Any
) -> int:
    if sheet := form.cleaned_data.get("sheet"):
        with into_form(request, form) as tried:
            attending.keep_sheet(case, upload=sheet, by=request.user, at=now())
        if not tried.ok:
            return 422
        case.refresh_from_db()
    ok = True
    for one in fields:
        upload = form.cleaned_data[f"roster_{one.position}"]
        content = upload.read()
        found = attending.preview(one, content, on=today(), law=law_in_force(), progress=progress)
        _keep(case, one.position, upload.name or "", content)
        wrong = found.wrong
        context["previews"].append(
            {
                "field": one,
                "found": found,
                "wrong": wrong[:200],
                "more": max(0, len(wrong) - 200),
                "sample": found.rows[:20],
                "name": upload.name,
            }
        )
        ok = ok and (found.ok or found.again)
    progress(100)
    context["ready"] = ok
    context["form"] = RosterForm(case=case, fields=fields, sheet_there=True)
    return 200 if ok else 422


def _progress(request: HttpRequest, number: str) -> Any:
    key = _progress_key(request, number)

    def told(done: int) -> None:
        cache.set(key, done, timeout=300)

    return told


@require_GET
@acting
def import_progress(request: HttpRequest, number: str) -> HttpResponse:
    """How far the running import is: the bar on the page asks every second."""
    own_case(request, number, "course")
    return JsonResponse({"done": cache.get(_progress_key(request, number), 0)})


@require_GET
@acting
def roster_example(request: HttpRequest) -> HttpResponse:
    """上傳格式範例: heading and the example row, UTF-8 with BOM."""
    institution_of(request, VIEW_OWN)
    lines = [",".join([*COLUMNS, "※表頭以及範例部分請勿刪除，資料內容請勿斷行"]), ",".join([*EXAMPLE, "第一筆不能刪"])]
    response = HttpResponse("\r\n".join(lines).encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="attendance-example.csv"'
    return response


@require_GET
@acting
def attendance_list(request: HttpRequest) -> HttpResponse:
    """上課紀錄查詢: by course, day and ID (typed whole; the page shows it masked)."""
    body = institution_of(request, FILE_ATTENDANCE)
    rows = Attendance.objects.filter(imported__field__course__case__organisation=body, imported__cleared_at=None)
    rows = rows.select_related("imported__field__course", "person").order_by("-held_on", "-pk")
    asked, who = request.GET.get("q", "").strip()[:100], request.GET.get("who", "").strip()[:20]
    problem = ""
    if asked:
        rows = rows.filter(
            Q(imported__field__course__title__icontains=asked) | Q(imported__field__course__number=asked)
        )
    if who:
        try:
            rows = rows.filter(person__national_id_index=crypto.index(identifiers.read_person_id(who)))
        except identifiers.IdentifierError as error:
            problem, rows = str(error), rows.none()
    context = {"rows": rows[:200], "asked": asked, "problem": problem}
    return page(request, "attendance_list", context, title="上課紀錄查詢", crumbs=[HOME])


# --- lecturers ------------------------------------------------------------------------------------------------------------


@require_GET
@acting
def lecturers(request: HttpRequest) -> HttpResponse:
    """講師維護: found by name or ID."""
    body = institution_of(request, KEEP_LECTURERS)
    asked, rows = request.GET.get("q", "").strip()[:100], _own_lecturers(body).prefetch_related("passes")
    if asked:
        try:
            rows = rows.filter(national_id_index=crypto.index(identifiers.read_person_id(asked)))
        except identifiers.IdentifierError:
            rows = rows.filter(name__icontains=asked)
    return page(
        request, "lecturers", {"rows": rows[:200], "asked": asked, "body": body}, title="講師維護", crumbs=[HOME]
    )


@acting
def lecturer(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    body = institution_of(request, KEEP_LECTURERS)
    one = get_object_or_404(Lecturer, pk=pk, institution=body) if pk else None
    initial = {name: getattr(one, name) for name in courses.LECTURER_FIELDS} if one else None
    form = LecturerForm(request.POST or None, initial=initial, new=one is None)
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            courses.save_lecturer(body, data=form.answers, lecturer=one, by=request.user, at=now())
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
    form = JobForm(request.POST or None, initial={n: getattr(one, n) for n in names} if one else {"opens_on": today()})
    if request.method == "POST" and form.is_valid():
        at = now()
        with into_form(request, form) as tried:
            pressed_once(
                request,
                form,
                "vrs.job",
                at,
                lambda: {"pk": site.save_job(body, data=form.answers, job=one, by=request.user, at=at).pk},
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

"""上課紀錄: rosters uploaded, checked, confirmed and imported by a worker, with how far it is; and the look-up."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from accounts import crypto
from accounts.clock import now, today
from accounts.identity import bearing
from casework.cases.doing import perform
from casework.cases.moving import require
from casework.models import Case
from casework.views import words
from casework.views.acting import acting, into_form
from vrs_credentials.forms.institution import AttendanceSearchForm, RosterForm
from vrs_credentials.models import Attendance, Course
from vrs_credentials.permissions import FILE_ATTENDANCE, VIEW_OWN
from vrs_credentials.rules.attendance import COLUMNS, EXAMPLE
from vrs_credentials.selectors import papers
from vrs_credentials.services import attending, rosters
from vrs_credentials.views.common import institution_of, own_case, page
from vrs_credentials.views.institution import HOME


def _course_case(request: HttpRequest, number: str) -> Case:
    case = own_case(request, number, "course")
    require(request.user, FILE_ATTENDANCE, case)
    return case


@acting
def attendance_import(request: HttpRequest, number: str) -> HttpResponse:
    """紀錄匯入: choose files → a worker checks them → 確定上傳 → a worker imports. Nothing with an error enters."""
    case = _course_case(request, number)
    one = Course.objects.get(case=case)
    fields, there = list(one.fields.all()), papers.attached(case)
    form = RosterForm(
        request.POST or None, request.FILES or None, case=case, fields=fields, sheet_there=attending.SHEET in there
    )
    if request.method == "POST" and "confirm" in request.POST:
        # the version of the page: somebody else's import in between is a conflict, not an overwriting
        form.is_valid()
        perform(case, "confirm_rosters", by=request.user, at=now(), version=form.cleaned_data.get("version"))
        return redirect("vrs_credentials:attendance_import", number)
    if request.method == "POST" and form.is_valid() and _upload(request, case, fields, form):
        messages.success(request, "已收到檔案，正在檢查。")
        return redirect("vrs_credentials:attendance_import", number)
    context: dict[str, Any] = {
        "case": case, "course": one, "form": form, "sheet": there.get(attending.SHEET), "state": words.state_of(case),
        "open": case.state == "approved", **_job(case, one),
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return page(request, "attendance_import", context, title="上課紀錄匯入", crumbs=[HOME], status=status)


def _upload(request: HttpRequest, case: Case, fields: list[Any], form: RosterForm) -> bool:
    version = form.posted_version
    with into_form(request, form) as tried:
        if sheet := form.cleaned_data.get("sheet"):
            attending.keep_sheet(case, upload=sheet, by=request.user, at=now(), version=version)
            version = None  # ours, a moment ago
        files = [(one, form.cleaned_data[f"roster_{one.position}"]) for one in fields]
        perform(case, "upload_rosters", by=request.user, at=now(), version=version, files=files)
    return tried.ok


def _job(case: Case, course: Course) -> dict[str, Any]:
    """What the part of the page about the last upload needs."""
    job = rosters.latest(case)
    shown = job is not None and (job.running or case.state == "approved")
    return {
        "job": job if shown else None,
        "early": case.state == "approved" and today() < course.ends_on,
        "envelope": RosterForm(case=case, fields=[], sheet_there=True, auto_id=False),
        "poll": bool(shown and job and job.running),
    }


@require_GET
@acting
def import_progress(request: HttpRequest, number: str) -> HttpResponse:
    """How far the last upload is: the page asks every second while a worker is at it, and is drawn anew at the end."""
    case = _course_case(request, number)
    if "HX-Request" not in request.headers:
        return redirect("vrs_credentials:attendance_import", number)
    context = {"case": case, "course": Course.objects.get(case=case)}
    context |= _job(case, context["course"])
    answer = page(request, "roster_job", context, title="上課紀錄匯入")
    if not context["poll"]:
        answer["HX-Refresh"] = "true"
    return answer


@require_GET
@acting
def import_findings(request: HttpRequest, number: str) -> HttpResponse:
    """Every row of the last upload that was refused, with its reasons, as CSV."""
    job = rosters.latest(_course_case(request, number))
    if job is None or not job.findings:
        raise Http404
    answer = FileResponse(
        job.findings.open("rb"),
        as_attachment=True,
        filename=f"{number}_檢查報告.csv",
        content_type="text/csv; charset=utf-8",
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_GET
@acting
def roster_example(request: HttpRequest) -> HttpResponse:
    """上傳格式範例: heading and the example row, UTF-8 with BOM."""
    institution_of(request, VIEW_OWN)
    lines = [",".join([*COLUMNS, "※表頭以及範例部分請勿刪除，資料內容請勿斷行"]), ",".join([*EXAMPLE, "第一筆不能刪"])]
    # the last line ends too: what is added below does not stick to the example
    response = HttpResponse(
        "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig"), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="attendance-example.csv"'
    return response


@acting
def attendance_list(request: HttpRequest) -> HttpResponse:
    """上課紀錄查詢: by course, span of days and ID (typed whole and posted; the page shows it masked)."""
    body = institution_of(request, FILE_ATTENDANCE)
    rows = Attendance.objects.filter(imported__field__course__case__organisation=body, imported__cleared_at=None)
    rows = rows.select_related("imported__field__course", "person").order_by("-held_on", "-pk")
    form = AttendanceSearchForm(request.POST or None)
    if form.is_bound:
        rows = _searched(rows, form.cleaned_data) if form.is_valid() else rows.none()
    return page(request, "attendance_list", {"rows": rows[:200], "form": form}, title="上課紀錄查詢", crumbs=[HOME])


def _searched(rows: Any, asked: dict[str, Any]) -> Any:
    if words_ := asked["course"]:
        rows = rows.filter(
            Q(imported__field__course__title__holding=words_) | Q(imported__field__course__number=words_)
        )
    if asked["person"]:
        rows = rows.filter(person__in=bearing(crypto.index(asked["person"])))
    if asked["held_from"]:
        rows = rows.filter(held_on__gte=asked["held_from"])
    if asked["held_until"]:
        rows = rows.filter(held_on__lte=asked["held_until"])
    return rows

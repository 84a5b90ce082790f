"""The unit: my classes, the plan, screening in order, attendance, results, closing, passing on."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from accounts.clock import now, today
from accounts.models import AccessLog, Organisation
from accounts.rights import can, organisations_with
from accounts.roles import Side
from accounts.services.access import record_access
from casework.cases.access import case_on_side
from casework.cases.doing import perform
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.views.acting import acting, into_form
from casework.views.files import secure
from ojt_subsidy.acts import CLOSING, COURSE
from ojt_subsidy.forms.trainee import PayeeForm
from ojt_subsidy.forms.unit import AttendanceForm, ClosingPaperForm, CourseForm, GradeForm, PassOnForm, ScreenForm
from ojt_subsidy.models import Course, Enrolment, Evidence, PaymentLine
from ojt_subsidy.permissions import (
    ATTENDANCE,
    CLOSE_CLASS,
    FILE_CLOSING,
    FILE_COURSE,
    PASS_ON,
    SCREEN,
    VIEW_UNIT,
    unit_courses,
)
from ojt_subsidy.selectors.courses import course_of, findings, open_intakes
from ojt_subsidy.services import closing as closing_acts
from ojt_subsidy.services import paying, planning, running, screening
from ojt_subsidy.states import EDITABLE, ENROLMENT, PAYMENT, RECRUITING
from ojt_subsidy.views.pages import page, pressed

PER_PAGE = 100


def _units(request: HttpRequest, right: str) -> list[Organisation]:
    return list(organisations_with(request.user, right).filter(kind=Organisation.Kind.UNIT).order_by("name", "pk"))


def class_of(request: HttpRequest, code: str, right: str = VIEW_UNIT) -> Course:
    """A class of the person's unit. Http404 for somebody else's."""
    rows = unit_courses(request.user, right).select_related(
        "case__office", "case__organisation", "county", "intake", "closing"
    )
    return get_object_or_404(rows, code=code)


@require_safe
@acting
def classes(request: HttpRequest) -> HttpResponse:
    """我的課程: by state, with what comes next."""
    units = _units(request, VIEW_UNIT)
    if not units:
        raise Http404
    rows = (
        unit_courses(request.user)
        .select_related("case__organisation", "case__office", "ledger", "closing")
        .order_by("-starts_on", "-pk")
    )
    pages = Paginator(rows, 30).get_page(request.GET.get("page"))
    listed = [
        {"course": one, "state": COURSE.state(one.case.state), "ledger": getattr(one, "ledger", None)} for one in pages
    ]
    may_file = organisations_with(request.user, FILE_COURSE).exists()
    return page(
        request,
        "classes",
        {"units": units, "rows": listed, "page": pages, "intakes": open_intakes(today()), "may_file": may_file},
    )


@acting
def file_course(request: HttpRequest, number: str | None = None) -> HttpResponse:
    """The plan: a new one, or one that is in the unit's hands, with what the rules say of it beside."""
    units = _units(request, FILE_COURSE)
    if not units:
        raise Http404
    case, course = None, None
    if number:
        case, _ = case_on_side(request.user, number, Side.APPLICANT)
        if case.kind != COURSE.kind or not can(request.user, FILE_COURSE, case):
            raise Http404
        course = course_of(case)
        if case.state not in EDITABLE:
            return redirect("casework:case", number)
    form = CourseForm(request.POST or None, course=course, case=case)
    if request.method == "POST" and form.is_valid():
        given, data = form.cleaned_data, form.answers

        def do(at: Any) -> dict[str, Any]:
            if case is None:
                unit = next((u for u in units if str(u.pk) == request.POST.get("unit")), units[0])
                made = planning.draft_course(
                    unit=unit, intake=given["intake"], county=given["county"], data=data, by=request.user, at=at
                )
                return {"number": made.case.number}
            perform(
                case, "saved", data=data, county=given["county"], by=request.user, at=at, version=form.posted_version
            )
            return {"number": case.number}

        answer = pressed(request, form, "file_course", do)
        if answer is not None:
            messages.success(request, "已儲存訓練計畫，確認檢核結果後即可送審。")
            return redirect("ojt_subsidy:file_course_edit", answer["number"])
    judged = findings(course, on=today(), law=law_in_force()) if course else []
    context = {
        "form": form,
        "case": case,
        "course": course,
        "units": units,
        "findings": judged,
        "intakes": open_intakes(today()),
    }
    return page(request, "file_course", context, status=422 if form.errors else 200)


# --- enrolments -------------------------------------------------------------------------------------------------------------


@acting
def enrolments(request: HttpRequest, code: str) -> HttpResponse:
    """報名名單, worked through in order of number (SUB-03, SUB-21)."""
    course = class_of(request, code)
    form = ScreenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = get_object_or_404(Enrolment, pk=form.cleaned_data["enrolment"], course=course)
        if pressed(request, form, "screen", lambda at: _screen(row, form.cleaned_data, request, at)) is not None:
            messages.success(request, f"第 {row.number} 號已辦理。")
            return redirect("ojt_subsidy:enrolments", code)
    pages = Paginator(course.enrolments.select_related("person").order_by("number"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    turns = ("filed", "waiting")
    firsts = [course.enrolments.filter(state=t).order_by("number").values_list("pk", flat=True).first() for t in turns]
    first = {firsts[0]} if firsts[0] else {firsts[1]}
    statements = {
        one.enrolment_id: one
        for one in Evidence.objects.filter(enrolment__course=course, kind=Evidence.Kind.INSURANCE)
        .select_related("case")
        .order_by("pk")
    }
    may = can(request.user, SCREEN, course.case)
    rows = [
        {
            "row": row,
            "state": ENROLMENT.state(row.state),
            "statement": statements.get(row.pk),
            "forms": [
                form if form.is_bound and form.about == (act, row.pk) else ScreenForm(act=act, row=row.pk)
                for act in (_acts(row, course, row.pk in first) if may else ())
            ],
        }
        for row in pages
    ]
    context = {"course": course, "rows": rows, "page": pages, "form": form, "ledger": getattr(course, "ledger", None)}
    return page(request, "enrolments", context, status=422 if form.errors else 200)


def _acts(row: Enrolment, course: Course, is_next: bool) -> list[str]:
    """What can be done with a filing now."""
    on = today()
    recruits = course.case.state in RECRUITING
    over = row.state == "asked" and not row.accepted_at and row.respond_by is not None and row.respond_by < on
    offered = {
        "ask": is_next and recruits,
        "admit": row.state == "asked" and recruits,
        "lapse": over,
        "reject": row.state in ("filed", "waiting", "asked"),
        "no_show": row.state == "admitted" and on >= course.starts_on,
        "drop": row.state == "attending",
    }
    return [act for act, can_be in offered.items() if can_be]


def _screen(row: Enrolment, given: dict[str, Any], request: HttpRequest, at: Any) -> None:
    by = request.user
    if given["act"] == "ask":
        screening.ask(row, respond_by=given["respond_by"], by=by, at=at)
    elif given["act"] == "admit":
        screening.admit(row, fee_paid_on=given["fee_paid_on"], papers_on=given["papers_on"], by=by, at=at)
    elif given["act"] == "reject":
        screening.reject(row, reason=given["reason"], by=by, at=at)
    elif given["act"] == "no_show":
        running.no_show(row, by=by, at=at)
    elif given["act"] == "drop":
        running.drop(row, reason=given["reason"], by=by, at=at)
    elif not screening.lapse(row, by=by, at=at):
        raise Refused("期限未過，或學員已確認參訓，不能逾期取消。")


@require_safe
@acting
def statement(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The trainee's insurance statement, for the unit that checks it (SUB-06)."""
    course = class_of(request, code, SCREEN)
    one = get_object_or_404(Evidence, pk=pk, enrolment__course=course, kind=Evidence.Kind.INSURANCE)
    paper = one.case.attachments.filter(removed_at=None).order_by("-pk").first()
    if paper is None:
        raise Http404
    record_access(
        AccessLog.Action.DOWNLOAD,
        at=now(),
        user=request.user,
        subject=f"{paper.case.number} {paper.label}",
        request=request,
    )
    with paper.file.open("rb") as file:
        return secure(HttpResponse(file.read(), content_type=paper.media_type), paper.media_type)


# --- in class ---------------------------------------------------------------------------------------------------------------


@acting
def attendance(request: HttpRequest, code: str, number: int | None = None) -> HttpResponse:
    """點名, session by session."""
    course = class_of(request, code, ATTENDANCE)
    sessions = list(course.sessions.order_by("number"))
    chosen = next((s for s in sessions if s.number == number), None)
    at, why = now(), running.why_not_called(course)
    called = set(course.sessions.filter(absences__isnull=False).values_list("number", flat=True))
    form, why_session = None, ""
    if number is not None:
        if chosen is None:
            raise Http404
        why_session = why or (running.NOT_BEGUN if at < chosen.starts_at else "")
        inside = course.enrolments.filter(state__in=("admitted", "attending")).order_by("number")
        rows = [row for row in inside if row.takes_part_in(chosen)]
        known = {a.enrolment_id: a.hours for a in chosen.absences.all()}
        form = AttendanceForm(request.POST or None, session=chosen, rows=rows, known=known)
        if request.method == "POST" and form.is_valid():
            done = pressed(request, form, "attendance", lambda at: {
                "rows": running.record_attendance(chosen, missed=form.missed, by=request.user, at=at)
            })  # fmt: skip
            if done is not None:
                messages.success(request, f"第 {number} 堂已登錄 {done['rows']} 人。")
                return redirect("ojt_subsidy:attendance", code)
    context = {
        "course": course, "chosen": chosen, "form": form, "why": why, "why_session": why_session,
        "sessions": [
            {"session": s, "called": s.number in called, "open": not why and s.starts_at <= at} for s in sessions
        ],
    }  # fmt: skip
    return page(request, "attendance", context, status=422 if form is not None and form.errors else 200)


@acting
def results(request: HttpRequest, code: str) -> HttpResponse:
    """考核: who passed with which certificate, who did not and why."""
    course = class_of(request, code, CLOSE_CLASS)
    form = GradeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        row = get_object_or_404(Enrolment, pk=given["enrolment"], course=course)
        done = pressed(
            request,
            form,
            "grade",
            lambda at: running.grade(
                row,
                passed=given["passed"],
                certificate=given["certificate"],
                reason=given["reason"],
                by=request.user,
                at=at,
            ),
        )
        if done is not None:
            return redirect("ojt_subsidy:results", code)
    rows = (
        course.enrolments.filter(state__in=("attending", "completed", "failed"))
        .select_related("survey")
        .order_by("number")
    )
    listed = [{"row": row, "state": ENROLMENT.state(row.state), "surveyed": hasattr(row, "survey")} for row in rows]
    context = {"course": course, "rows": listed, "form": form, "why": running.why_not_graded(course)}
    return page(request, "results", context, status=422 if form.errors else 200)


# --- closing -----------------------------------------------------------------------------------------------------------------


@acting
def closing(request: HttpRequest, code: str) -> HttpResponse:
    """結訓核銷: dossier, papers, one line per trainee (SUB-13)."""
    course = class_of(request, code, FILE_CLOSING)
    one = (
        closing_acts.start_closing(course, by=request.user, at=now())
        if not hasattr(course, "closing")
        else course.closing
    )
    form = ClosingPaperForm(request.POST or None, request.FILES or None, case=one.case)
    payee = getattr(course.case.organisation, "subsidy_payee", None)
    wanted = course.advance_percent != 100
    payee_form = PayeeForm(request.POST if "payee" in request.POST else None, row=payee) if wanted else None
    if request.method == "POST" and payee_form is not None and "payee" in request.POST:
        if payee_form.is_valid():
            given = {**payee_form.answers, "seen": payee_form.posted_seen}
            with into_form(request, payee_form) as tried:
                paying.save_unit_payee(one.case, by=request.user, at=now(), **given)
            if tried.ok:
                messages.success(request, "已儲存單位受款帳戶。")
                return redirect("ojt_subsidy:closing", code)
        form = ClosingPaperForm(case=one.case)
    elif request.method == "POST" and "supply" in request.POST:
        paying.supply(
            get_object_or_404(PaymentLine, pk=request.POST.get("line", "0"), closing=one), by=request.user, at=now()
        )
        messages.success(request, "已補件，分署將重新審核。")
        return redirect("ojt_subsidy:closing", code)
    elif request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        done = pressed(
            request,
            form,
            "closing_paper",
            lambda at: perform(
                one.case, "add_paper", label=given["label"], upload=given["file"], by=request.user, at=at
            ),
        )
        if done is not None:
            messages.success(request, "已上傳文件。")
            return redirect("ojt_subsidy:closing", code)
    lines = [
        {"line": x, "state": PAYMENT.state(x.state)}
        for x in one.lines.select_related("enrolment").order_by("enrolment__number")
    ]
    context = {
        "course": course, "closing": one, "case": Case.objects.get(pk=one.case_id), "state": CLOSING.state(one.case.state), "form": form,
        "lines": lines, "papers": list(one.case.attachments.filter(removed_at=None)), "payee": payee, "payee_form": payee_form,
        "open": one.case.state in EDITABLE,
    }  # fmt: skip
    bad = form.errors or (payee_form is not None and payee_form.errors)
    return page(request, "closing", context, status=422 if bad else 200)


@acting
def pass_on(request: HttpRequest, code: str) -> HttpResponse:
    """轉撥: what the branch paid the unit goes on to the trainees, with proof (SUB-14)."""
    course = class_of(request, code, PASS_ON)
    one = getattr(course, "closing", None)
    if one is None:
        raise Http404
    paper = ClosingPaperForm(
        request.POST if request.FILES else None, request.FILES or None, case=one.case, initial={"label": "轉撥證明"}
    )
    form = PassOnForm(request.POST if request.method == "POST" and not request.FILES else None)
    if request.method == "POST" and request.FILES:
        done = None
        if paper.is_valid():
            file = paper.cleaned_data["file"]
            done = pressed(
                request, paper, "proof", lambda at: perform(one.case, "add_proof", upload=file, by=request.user, at=at)
            )
        if done is not None:
            messages.success(request, "已上傳轉撥證明。")
            return redirect("ojt_subsidy:pass_on", code)
    elif request.method == "POST" and form.is_valid():
        line = get_object_or_404(PaymentLine, pk=form.cleaned_data["line"], closing=one)
        day = form.cleaned_data["passed_on_on"]
        done = pressed(
            request, form, "pass_on", lambda at: paying.pass_on(line, passed_on_on=day, by=request.user, at=at)
        )
        if done is not None:
            return redirect("ojt_subsidy:pass_on", code)
    rows = one.lines.filter(payee="unit").select_related("enrolment").order_by("enrolment__number")
    lines = [{"line": x, "state": PAYMENT.state(x.state)} for x in rows]
    proofs = list(one.case.attachments.filter(field=paying.PROOF, removed_at=None))
    context = {"course": course, "closing": one, "lines": lines, "form": form, "paper": paper, "proofs": proofs}
    return page(request, "pass_on", context, status=422 if form.errors or paper.errors else 200)

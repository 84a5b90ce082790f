"""A class before it begins: new, plan, teachers, timetable, roster, versions."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.clock import now, today
from casework.forms import ActForm
from casework.law.in_force import law_in_force
from casework.views.acting import acting, into_form, once_here
from casework.views.files import to_fill_in
from kernel.dates import TAIPEI, DateError, parse_day, roc, roc_long
from kernel.saying import plain
from ohs_training.forms import classes as forms
from ohs_training.models import Trainee
from ohs_training.models.classes import CATEGORIES
from ohs_training.permissions import FILE_CLASS
from ohs_training.rules import classes as rules
from ohs_training.rules import timetable as timetable_rules
from ohs_training.selectors.classes import live_trainees, roster_outcome, rows_of, timetable_facts, unfiled
from ohs_training.services import planning, roster
from ohs_training.views.institution import chosen
from ohs_training.views.places import Place, act_here, load, shown

SPARE_ROWS = 4


@acting
def class_new(request: HttpRequest) -> HttpResponse:
    unit = chosen(request, FILE_CLASS)
    form = forms.ClassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at, answer = now(), {}

        def do() -> dict[str, Any]:
            return {"number": planning.start_class(unit=unit, by=request.user, at=at, **form.answers).case.number}

        with into_form(request, form) as tried:
            answer, _ = once_here(request, form, "ohs_training.class_new", at=at, do=do)
        if tried.ok:
            return redirect("ohs_training:plan", answer["number"])
    return render(
        request,
        "ohs_training/class_new.html",
        {"form": form, "unit": unit, "title": "新的班次"},
        status=422 if form.errors else 200,
    )


@require_safe
def last_day(request: HttpRequest) -> HttpResponse:
    """The last day of filing for a first day being typed (OHS-06): a line of text for the page."""
    typed = request.GET.get("starts_on", "")[:30].strip()
    if not typed:
        return HttpResponse("輸入開訓日後，顯示報備之末日。")
    try:
        day = parse_day(typed)
    except DateError as error:
        return HttpResponse(f"{error}")
    outcome = rules.filing(rules.FilingFacts(day), on=today(), law=law_in_force())
    file_by = parse_day(outcome.result["file_by"])
    change_by = parse_day(outcome.result["change_by"])
    late = file_by < today()
    text = (
        f"{roc_long(day)}開訓：最遲應於 {roc(file_by)} 報備（{outcome.lines[0].citation}），變動至 {roc(change_by)}。"
    )
    return HttpResponse(("已逾報備期限。" if late else "") + text)


def _tabs(place: Place, here: str) -> list[dict[str, Any]]:
    pages = [
        ("plan", "附表二 計畫"),
        ("teachers", "附表四 講師"),
        ("timetable", "附表三 課程表"),
        ("roster", "附表五 名冊"),
        ("versions", "報備版次"),
    ]
    return [{"label": label, "url": place.url(name), "current": name == here, "count": None} for name, label in pages]


def _page(
    request: HttpRequest, place: Place, here: str, context: dict[str, Any], *, title: str, bad: bool = False
) -> HttpResponse:
    return shown(request, place, here, {"tabs": _tabs(place, here), **context}, title=title, status=422 if bad else 200)


@acting
def plan(request: HttpRequest, number: str) -> HttpResponse:
    place = load(request, number, right=FILE_CLASS)
    form = forms.PlanForm(request.POST or None, case=place.case, training_class=place.training_class)
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            act_here(request, form, place.case, "save_plan", data=form.answers, version=form.posted_version)
        if tried.ok:
            messages.success(request, "已儲存訓練計畫。")
            return redirect(place.url("teachers") if "go" in request.POST else place.url("plan"))
    filing = rules.filing(rules.FilingFacts(place.training_class.starts_on), on=today(), law=law_in_force())
    return _page(
        request, place, "plan", {"form": form, "filing": filing}, title="訓練計畫報備書", bad=bool(form.errors)
    )


@acting
def teachers(request: HttpRequest, number: str) -> HttpResponse:
    place = load(request, number, right=FILE_CLASS)
    form = ActForm(request.POST or None, case=place.case)
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            typed = forms.read_teachers(request.POST)
            act_here(request, form, place.case, "save_teachers", teachers=typed, version=form.posted_version)
        if tried.ok:
            messages.success(request, "已儲存講師名冊。")
            return redirect(place.url("timetable") if "go" in request.POST else place.url("teachers"))
        rows = forms.numbered(request.POST, forms.TEACHER, "name")
    else:
        rows = [
            {"id": one.pk, **{n: getattr(one, n) for n in forms.TEACHER[1:]}}
            for one in place.training_class.teachers.order_by("position")
        ]
    rows = [*rows, *(dict.fromkeys(forms.TEACHER, "") for _ in range(SPARE_ROWS))]
    return _page(
        request,
        place,
        "teachers",
        {"form": form, "rows": list(enumerate(rows))},
        title="講師名冊",
        bad=bool(form.errors),
    )


@acting
def timetable(request: HttpRequest, number: str) -> HttpResponse:
    place = load(request, number, right=FILE_CLASS)
    form = ActForm(request.POST or None, case=place.case)
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            typed = forms.read_timetable(request.POST, place.training_class)
            act_here(request, form, place.case, "save_timetable", rows=typed, version=form.posted_version)
        if tried.ok:
            messages.success(request, "已儲存課程表。")
            return redirect(place.url("roster") if "go" in request.POST else place.url("timetable"))
        rows: list[dict[str, Any]] = list(forms.numbered(request.POST, forms.ROW, "day"))
    else:
        rows = [_typed_row(row) for row in rows_of(place.training_class)]
    rows += [dict.fromkeys(forms.ROW, "") for _ in range(SPARE_ROWS)]
    outcome = None
    if place.training_class.rows.exists():
        outcome = timetable_rules.timetable(timetable_facts(place.training_class), on=today(), law=law_in_force())
    context = {
        "form": form,
        "rows": list(enumerate(rows)),
        "teachers": [(str(one.pk), one.name) for one in place.training_class.teachers.order_by("position")],
        "categories": CATEGORIES,
        "outcome": outcome,
    }
    return _page(request, place, "timetable", context, title="訓練課程表", bad=bool(form.errors))


def _typed_row(row: Any) -> dict[str, Any]:
    start, end = row.starts_at.astimezone(TAIPEI), row.ends_at.astimezone(TAIPEI)
    return {
        "day": roc(start.date()), "start": f"{start:%H:%M}", "end": f"{end:%H:%M}", "course": row.course, "hours": plain(row.hours),
        "teacher": str(row.teacher_id), "category": row.category, "practice": "1" if row.practice else "",
    }  # fmt: skip


# --- roster ------------------------------------------------------------------------------------------------------------------


@require_safe
@acting
def roster_template(request: HttpRequest, number: str) -> HttpResponse:
    """A roster to fill in, with an example."""
    load(request, number, right=FILE_CLASS)
    return to_fill_in(roster.COLUMNS, "受訓人員名冊", "受訓人員名冊範本")


@acting
def roster_page(request: HttpRequest, number: str) -> HttpResponse:
    """The roster; a file is shown first as it was read, and kept when confirmed."""
    place = load(request, number, right=FILE_CLASS)
    form = forms.RosterFileForm(case=place.case)
    confirm = None
    preview = None
    if "sealed" in request.POST:
        confirm = forms.RosterConfirmForm(request.POST, case=place.case)
        if confirm.is_valid():
            with into_form(request, confirm) as tried:
                rows, left_out = roster.unseal(confirm.cleaned_data["sealed"], place.training_class)
                given = {"rows": rows, "left_out": left_out, "checked": confirm.cleaned_data["checked"]}
                act_here(request, confirm, place.case, "import_roster", version=confirm.posted_version, **given)
            if tried.ok:
                messages.success(request, f"已匯入名冊 {len(rows)} 人。")
                if left_out:
                    messages.warning(
                        request, f"未匯入 {len(left_out)} 列，請更正後只上傳這些列：{'；'.join(left_out)}。"
                    )
                return redirect(place.url("roster"))
    elif request.method == "POST":
        form = forms.RosterFileForm(request.POST, request.FILES, case=place.case)
        if form.is_valid():
            with into_form(request, form) as tried:
                preview = roster.read_roster(
                    form.cleaned_data["file"].read(), place.training_class, on=today(), years=form.cleaned_data["years"]
                )
            if tried.ok and preview and preview.takeable:
                sealed = roster.seal(preview, place.training_class)
                confirm = forms.RosterConfirmForm(case=place.case, initial={"sealed": sealed})
    wrong = roster_outcome(place.training_class, on=today(), law=law_in_force()).result["wrong"]
    people = [
        {"one": one, "why": "；".join(wrong.get(str(one.seat), ()))}
        for one in live_trainees(place.training_class).prefetch_related("exemptions")
    ]
    context = {
        "form": form,
        "confirm": confirm,
        "preview": preview,
        "people": people,
        "labels": [roster.LABELS[name] for name in roster.required(place.training_class)],
        "envelope": ActForm(case=place.case, auto_id=False),
    }
    bad = bool(form.errors or (confirm and confirm.errors) or (preview and not preview.takeable))
    response = _page(request, place, "roster", context, title="受訓人員名冊", bad=bad)
    response["Cache-Control"] = "no-store"
    return response


@acting
def trainee(request: HttpRequest, number: str, pk: int | None = None) -> HttpResponse:
    """One line of the roster; its photograph and exemptions beside it."""
    place = load(request, number, right=FILE_CLASS)
    one = get_object_or_404(live_trainees(place.training_class), pk=pk) if pk else None
    form = forms.TraineeForm(request.POST if "name" in request.POST else None, case=place.case, trainee=one)
    if form.is_bound and form.is_valid():
        with into_form(request, form) as tried:
            act_here(request, form, place.case, "save_trainee", pk=pk, data=form.answers, version=form.posted_version)
        if tried.ok:
            messages.success(request, "已儲存。")
            return redirect(place.url("roster"))
    photo, exemption = _photo(request, place, one), _exemption(request, place, one)
    for done in (photo, exemption):
        if isinstance(done, HttpResponse):
            return done
    context = {
        "one": one,
        "form": form,
        "photo": photo,
        "exemption": exemption,
        "exemptions": list(one.exemptions.select_related("attachment")) if one else [],
    }
    bad = any(f is not None and f.errors for f in (form, photo, exemption))
    return shown(
        request, place, "trainee", context, title=str(one) if one else "新增受訓人員", status=422 if bad else 200
    )


def _photo(request: HttpRequest, place: Place, one: Trainee | None) -> Any:
    if one is None:
        return None
    posted = "send_photo" in request.POST
    form = forms.PhotoForm(
        request.POST if posted else None, request.FILES if posted else None, case=place.case, auto_id="photo_%s"
    )
    if posted and form.is_valid():
        with into_form(request, form) as tried:
            act_here(request, form, place.case, "add_photo", pk=one.pk, upload=form.cleaned_data["photo"])
        if tried.ok:
            messages.success(request, "已上傳照片。")
            return redirect(place.url("trainee", one.pk))
    return form


def _exemption(request: HttpRequest, place: Place, one: Trainee | None) -> Any:
    if one is None or not place.training_class.professional:
        return None
    posted = "send_exemption" in request.POST
    form = forms.ExemptionForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        case=place.case,
        training_class=place.training_class,
        auto_id="exempt_%s",
    )
    if posted and form.is_valid():
        with into_form(request, form) as tried:
            given = {
                "course": form.cleaned_data["course"],
                "paper": form.cleaned_data["paper"],
                "upload": form.cleaned_data["file"],
            }
            act_here(request, form, place.case, "add_exemption", pk=one.pk, **given)
        if tried.ok:
            messages.success(request, "已登錄抵免。")
            return redirect(place.url("trainee", one.pk))
    return form


@require_POST
@acting
def trainee_remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    place = load(request, number, right=FILE_CLASS)
    get_object_or_404(live_trainees(place.training_class), pk=pk)
    form = ActForm(request.POST, case=place.case)
    if form.is_valid():
        act_here(request, form, place.case, "remove_trainee", pk=pk, version=form.posted_version)
        messages.success(request, "已移出名冊。")
    return redirect(place.url("roster"))


@require_safe
@acting
def versions(request: HttpRequest, number: str) -> HttpResponse:
    """Every version that was filed with its differences, and what is not filed yet."""
    place = load(request, number)
    context = {
        "versions": list(
            place.training_class.versions.select_related("filed_by", "answer").defer("filed_by__national_id")
        ),
        "unfiled": unfiled(place.training_class),
    }
    return _page(request, place, "versions", context, title="報備版次")

"""County and ministry: board, institutions, marks, inspections, statistics, expired records."""

from datetime import date, timedelta
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.clock import now, today
from accounts.rights import organisations_with
from casework.cases.access import with_people
from casework.errors import NotPermitted
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.views import words
from casework.views.acting import acting, into_form
from kernel.saying import plain
from ohs_training.forms.office import InspectionForm, ListForm
from ohs_training.forms.running import MarksForm
from ohs_training.models import Accreditation, Inspection, Retention
from ohs_training.permissions import MARK_EXAM, ORDER, VIEW_ALL, VIEW_OFFICE
from ohs_training.selectors.boards import board, classes_visible, institutions_by_county, statistics
from ohs_training.selectors.chain import TraineeLine, class_chain
from ohs_training.selectors.institutions import matching, reapply_outcome
from ohs_training.services import inspecting
from ohs_training.states import ORDER_KIND
from ohs_training.views.county_map import county_map
from ohs_training.views.places import act_here, load, pressed, shown


def office_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, title: str, status: int = 200
) -> HttpResponse:
    given = {**admin.site.each_context(request), "title": title, "shell": "ohs_training/office/base.html", **context}
    return render(request, f"ohs_training/office/{template}.html", given, status=status)


def needs_office(request: HttpRequest, *codes: str) -> None:
    if not any(organisations_with(request.user, code).exists() for code in codes):
        raise NotPermitted("您沒有使用這個頁面的權限。")


@require_safe
@acting
def class_board(request: HttpRequest) -> HttpResponse:
    """班次看板: by stage, each class with its next deadline; the county's own, or all for the ministry."""
    needs_office(request, VIEW_OFFICE, VIEW_ALL)
    stages = board(classes_visible(request.user), on=today())
    return office_page(request, "board", {"stages": stages}, title="訓練班次看板")


@require_safe
@acting
def institutions(request: HttpRequest) -> HttpResponse:
    """Institutions with days left, classes, orders: list, and counts by county beside it."""
    needs_office(request, VIEW_OFFICE, VIEW_ALL)
    day, law = today(), law_in_force()
    rows = Accreditation.objects.select_related("organisation", "county", "case").order_by("state", "ends_before")
    form = ListForm(request.GET)
    asked = form.asked()
    if not organisations_with(request.user, VIEW_ALL).exists():
        rows = rows.filter(classes__case__office__in=organisations_with(request.user, VIEW_OFFICE)).distinct()
    if asked:
        rows = rows.filter(pk__in=matching(asked))
    listed = []
    for one in rows[:300]:
        outcome = reapply_outcome(one, on=day, law=law)
        listed.append(
            {
                "one": one,
                "days_left": (one.ends_on - day).days,
                "holds": one.holds(day),
                "reapply_by": outcome.result["reapply_by"],
            }
        )
    context = {"rows": listed, "form": form, "map": county_map(institutions_by_county(), request.path, asked)}
    return office_page(request, "institutions", context, title="認可訓練機構")


@acting
def marks(request: HttpRequest, number: str) -> HttpResponse:
    """測驗成績: typed by the county's labour authority; who may not sit is shown with the clause."""
    place = load(request, number, right=MARK_EXAM)
    chain = class_chain(place.training_class, on=today(), law=law_in_force(), at=now())
    form = MarksForm(
        request.POST or None, case=place.case, people=[line.trainee for line in chain.lines],
        initial={"sat_on": today(), "examiner": place.training_class.examiner},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            given = {name: form.cleaned_data[name] for name in ("number", "sat_on", "examiner", "reason")}
            act_here(request, form, place.case, "enter_marks", marks=form.typed, version=form.posted_version, **given)
        if tried.ok:
            messages.success(request, "已登錄成績。")
            return redirect("admin:ohs_class", number)
    people = [
        {
            "one": line.trainee,
            "marks": [f"{s.get_number_display()} {plain(s.mark)}" for s in line.sittings],
            "field": form[f"mark-{line.trainee.pk}"],
            "may": _may_be_marked(line),
            "why": ""
            if line.chain and line.chain.may_sit
            else (line.chain.absence.sentence if line.chain else line.wrong),
            "passed": _passed(line),
        }
        for line in chain.lines
    ]
    return shown(
        request, place, "marks", {"form": form, "people": people}, title="測驗成績", status=422 if form.errors else 200
    )


def _passed(line: TraineeLine) -> bool:
    return bool(line.chain and line.chain.exam and line.chain.exam.result["passed"])


def _may_be_marked(line: TraineeLine) -> bool:
    return bool(line.chain and line.chain.may_sit) and not line.certificate and not _passed(line)


@acting
def inspections(request: HttpRequest) -> HttpResponse:
    """查核紀錄, and a new one; a breach opens the order."""
    needs_office(request, ORDER, VIEW_ALL)
    offices = list(organisations_with(request.user, ORDER).order_by("pk"))
    office = offices[0] if offices else None
    form = InspectionForm(request.POST or None, office=office) if office else None
    if request.method == "POST":
        if office is None or form is None:
            raise NotPermitted("您沒有查核的權限。")
        if form.is_valid():
            made: list[Any] = []
            with into_form(request, form) as tried:
                pressed(
                    request,
                    form,
                    "inspection",
                    lambda at: made.append(inspecting.inspect(office=office, by=request.user, at=at, **form.answers)),
                )
            if tried.ok:
                messages.success(request, "已登錄查核紀錄。")
                order = made[0][1] if made else None
                return redirect(
                    reverse("admin:case", args=[order.case.number]) if order else reverse("admin:ohs_inspections")
                )
    rows = Inspection.objects.select_related(
        "accreditation__organisation", "training_class", "office"
    ).prefetch_related("orders__case")
    if not organisations_with(request.user, VIEW_ALL).exists():
        rows = rows.filter(office__in=offices)
    orders = Case.objects.filter(kind=ORDER_KIND, office__in=organisations_with(request.user, VIEW_OFFICE)).exclude(
        turn="nobody"
    )
    context = {
        "form": form,
        "rows": list(rows[:100]),
        "orders": [words.row(one, today()) for one in with_people(orders).order_by("due_on")[:50]],
    }
    return office_page(request, "inspections", context, title="查核與改善", status=422 if form and form.errors else 200)


@require_safe
@acting
def figures(request: HttpRequest) -> HttpResponse:
    """統計: charts drawn by the server, each with its table."""
    needs_office(request, VIEW_ALL)
    day = today()
    since = date(day.year - 1, day.month, 1)
    found = statistics(since=since, until=day + timedelta(days=1), on=day, law=law_in_force())
    context = {
        **found,
        "since": since,
        "until": day,
        "month_bars": _columns(found["months"]),
        "county_bars": _bars([(row["county__name"], row["people"]) for row in found["counties"]]),
        "rate": f"{100 * found['passed_first'] / found['sat']:.1f}" if found["sat"] else "",
    }
    return office_page(request, "statistics", context, title="訓練統計")


def _columns(rows: list[tuple[str, int]]) -> dict[str, Any]:
    """A column chart's geometry: width 720, height 200."""
    most = max((count for _, count in rows), default=0) or 1
    step = 720 / max(1, len(rows))
    return {
        "bars": [
            {"x": round(n * step + step * 0.15, 1), "y": round(170 - 150 * count / most, 1), "w": round(step * 0.7, 1), "h": round(150 * count / most, 1), "mid": round(n * step + step / 2, 1), "label": label, "count": count}
            for n, (label, count) in enumerate(rows)
        ]
    }  # fmt: skip


def _bars(rows: list[tuple[str, int]]) -> dict[str, Any]:
    """A bar chart's geometry: label left of 110, bars up to 560 wide."""
    most = max((count for _, count in rows), default=0) or 1
    return {
        "height": 30 * len(rows) + 10,
        "bars": [{"y": 30 * n + 8, "mid": 30 * n + 22, "w": round(540 * count / most, 1), "end": round(128 + 540 * count / most, 1), "label": label, "count": count} for n, (label, count) in enumerate(rows)],
    }  # fmt: skip


@require_safe
@acting
def retention(request: HttpRequest) -> HttpResponse:
    """保存期滿清冊: what the job listed, over every class the visitor sees."""
    needs_office(request, VIEW_OFFICE, VIEW_ALL)
    rows = Retention.objects.filter(training_class__in=classes_visible(request.user)).select_related(
        "training_class__case", "training_class__accreditation__organisation", "decided_by"
    )
    return office_page(
        request, "retention", {"rows": list(rows.defer("decided_by__national_id")[:300])}, title="保存期滿清冊"
    )

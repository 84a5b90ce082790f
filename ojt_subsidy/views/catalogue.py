"""公開課程查詢: list, course page, calendar file, open data, ledger. For everybody, without sign-in (SUB-01)."""

import io
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from accounts.clock import now, today
from accounts.idle import no_idle_sign_out
from accounts.limits import PUBLIC_DATA, limited
from casework.deadlines import ics
from casework.law.in_force import law_in_force
from casework.sheets import writing
from kernel.dates import TAIPEI, roc
from kernel.identifiers import mask_name
from kernel.outcome import Outcome
from ojt_subsidy.acts import COURSE
from ojt_subsidy.forms.public import CatalogueForm
from ojt_subsidy.forms.trainee import EnrolForm
from ojt_subsidy.models import Course, Enrolment
from ojt_subsidy.selectors.catalogue import Asked, first_named, listed, named, public_course, seats_left
from ojt_subsidy.selectors.courses import weekly_of
from ojt_subsidy.selectors.money import estimate, trainee_of
from ojt_subsidy.states import ENROLMENT, LIVE
from ojt_subsidy.views.pages import download, page, spelled

PER_PAGE = 20
MOST_OPEN_DATA = 20_000


class Pages(Paginator):  # type: ignore[type-arg]
    """Counts the keys alone."""

    @cached_property
    def count(self) -> int:
        return int(self.object_list.order_by().values("pk").count())  # type: ignore[union-attr]


def row_of(course: Course, at: datetime) -> dict[str, Any]:
    left = seats_left(course)
    opens = course.opens_at
    if course.case.state != "published":
        word, tone = COURSE.state(course.case.state).label, "calm"
    elif opens and at < opens:
        here = opens.astimezone(TAIPEI)
        word, tone = f"{roc(here.date())} {here:%H:%M} 開放報名", "info"
    else:
        word, tone = (f"尚有名額 {left} 人", "good") if left else ("額滿，可登記備取", "warn")
    return {"course": course, "left": left, "word": word, "tone": tone}


@login_not_required
@no_idle_sign_out
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    form = CatalogueForm(request.GET)
    pages = Pages(listed(form.asked(), on=today()), PER_PAGE).get_page(request.GET.get("page"))
    at = now()
    query = spelled(request.GET)
    context = {
        "form": form, "page": pages, "rows": [row_of(one, at) for one in first_named(pages.object_list)],
        "query": f"{query}&" if query else "", "plain_query": query,
    }  # fmt: skip
    return page(request, "catalogue", context)


def _course(code: str) -> Course:
    try:
        return public_course(code)
    except Course.DoesNotExist as error:
        raise Http404 from error


@login_not_required
@no_idle_sign_out
@require_safe
def course(request: HttpRequest, code: str) -> HttpResponse:
    """One course, with a countdown to the server's clock and the button at its place."""
    one = _course(code)
    at = now()
    context: dict[str, Any] = {
        **row_of(one, at),
        "sessions": list(one.sessions.order_by("number")),
        "weekly": [row.label for row in weekly_of(one.weekly)],
        "state": COURSE.state(one.case.state),
        "opening": Outcome.from_json(one.opening).lines if one.opening else (),
        "opens_at": one.opens_at,
        "open": bool(one.case.state == "published" and one.opens_at and one.opens_at <= at and today() < one.starts_on),
        "early": bool(one.case.state == "published" and one.opens_at and at < one.opens_at),
        "server_ms": int(at.timestamp() * 1000),
        "opens_ms": int(one.opens_at.timestamp() * 1000) if one.opens_at else 0,
        "mine": None,
        "estimate": (),
        "ready": False,
        "form": None,
    }
    user = request.user
    if user.is_authenticated:
        mine = Enrolment.objects.filter(course=one, person=user, state__in=LIVE).first()
        context |= {
            "mine": {"row": mine, "state": ENROLMENT.state(mine.state)} if mine else None,
            "ready": bool(user.national_id and trainee_of(user)),
            "form": EnrolForm(initial={"person": user.pk}),
            "estimate": [line for o in estimate(user, one, on=today(), law=law_in_force()) for line in o.lines],
        }
    return page(request, "course", context)


@login_not_required
@require_safe
def clock(request: HttpRequest) -> HttpResponse:
    """The server's time in milliseconds, for the countdown."""
    return JsonResponse({"now": int(now().timestamp() * 1000)}, headers={"Cache-Control": "no-store"})


@login_not_required
@no_idle_sign_out
@require_safe
def ledger(request: HttpRequest, code: str) -> HttpResponse:
    """報名簿: number, time and state of every filing with masked names, and the chain of digests (SUB-03)."""
    one = _course(code)
    pages = Paginator(one.enrolments.order_by("number"), 100).get_page(request.GET.get("page"))
    rows = [{"row": row, "name": mask_name(row.name), "state": ENROLMENT.state(row.state)} for row in pages]
    digests = list(one.digests.order_by("-sequence")[:24])
    return page(request, "ledger", {"course": one, "rows": rows, "page": pages, "digests": digests})


# --- files --------------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """Every session as a calendar file."""
    one = _course(code)
    url = _address(request, one)
    sessions = one.sessions.order_by("number")
    entries = [
        ics.Entry(
            f"{one.code}-{s.number}@courses", s.starts_at, f"{one.title}（第 {s.number} 堂）", url, one.published_at or now(),
            until=s.ends_at, location=f"{one.county.name}{one.place.removeprefix(one.county.name)}",
        )
        for s in sessions
    ]  # fmt: skip
    return download(ics.calendar(one.title, entries), f"{one.code}.ics", "text/calendar; charset=utf-8")


def _address(request: HttpRequest, one: Course) -> str:
    return request.build_absolute_uri(reverse("ojt_subsidy:course", args=[one.code]))


OPEN_DATA = {
    "課程代碼": "code", "課程名稱": "title", "計畫別": "plan", "訓練單位": "unit", "分署": "branch", "縣市": "county", "地點": "place",
    "類別": "category", "開訓日": "starts_on", "結訓日": "ends_on", "時數": "hours", "訓練費用": "fee", "補助人數": "seats", "剩餘名額": "left",
    "開放報名時間": "opens_at", "網址": "url",
}  # fmt: skip


def _open_row(request: HttpRequest, one: Course) -> dict[str, Any]:
    return {
        "code": one.code,
        "title": one.title,
        "plan": one.get_plan_display(),
        "unit": one.case.organisation.name if one.case.organisation else "",
        "branch": one.case.office.label,
        "county": one.county.name,
        "place": one.place,
        "category": one.get_category_display(),
        "starts_on": one.starts_on.isoformat(),
        "ends_on": one.ends_on.isoformat(),
        "hours": float(one.hours),
        "fee": one.cost,
        "seats": one.subsidised_seats,
        "left": seats_left(one),
        "opens_at": one.opens_at.astimezone(TAIPEI).isoformat() if one.opens_at else "",
        "url": _address(request, one),
    }


@login_not_required
@require_safe
@limited(PUBLIC_DATA)
def open_data(request: HttpRequest, kind: str) -> HttpResponse:
    """What the list shows, whole, as CSV or JSON; the same question as the list's."""
    asked: Asked = CatalogueForm(request.GET).asked()
    found = named(listed(asked, on=today()))[:MOST_OPEN_DATA]
    rows = [_open_row(request, one) for one in found]
    if kind == "json":
        body = {"updated": now().astimezone(TAIPEI).isoformat(), "count": len(rows), "courses": rows}
        return JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    out = io.BytesIO()
    lines = ([row[name] for name in OPEN_DATA.values()] for row in rows)
    writing.write(writing.CSV, out, title="課程", header=list(OPEN_DATA), rows=lines)
    return download(out.getvalue(), "courses.csv", writing.CONTENT_TYPES[writing.CSV])

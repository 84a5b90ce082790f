"""Signing on a tablet, the paper sheet keyed or imported, roll call."""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from accounts.clock import now, today
from accounts.idle import idle_allowance, keeps_idle_limit
from casework.errors import NotAllowed, NotPermitted, Refused
from casework.forms import ActForm
from casework.intake.sheet_table import SheetError
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.sheets.records import Column, Record, read_records
from casework.views.acting import acting, into_form
from casework.views.files import to_fill_in
from kernel.asked import whole_number
from kernel.dates import TAIPEI, WEEKDAYS, DateError, parse_day, roc
from kernel.identifiers import plain
from ohs_training.forms.running import SheetFileForm, TimeField
from ohs_training.models import RollCall, SignRecord
from ohs_training.permissions import RUN_CLASS
from ohs_training.rules import timetable
from ohs_training.selectors.chain import class_chain
from ohs_training.selectors.classes import live_trainees, row_facts, rows_of
from ohs_training.services import attending
from ohs_training.views.places import Place, act_here, load, shown

MOST_AT_ONCE = 500
#: The tablet signs for a whole day and is without network for up to an hour: its page may be left for two.
TABLET_MAY_BE_LEFT = 2 * 60 * 60
STATUS = {"present": ("出席", "good"), "late": ("遲到", "warn"), "leave": ("請假", "info"), "truant": ("曠課", "bad")}


def _periods(place: Place) -> list[timetable.Period]:
    return timetable.periods(row_facts(row) for row in rows_of(place.training_class))


@require_safe
@acting
def attendance(request: HttpRequest, number: str) -> HttpResponse:
    """Every period with its counts; one period's lines below, to look at and to key a paper sheet into."""
    place = load(request, number, right=RUN_CLASS)
    return _attendance(request, place)


def _attendance(
    request: HttpRequest, place: Place, *, form: ActForm | None = None, sheet: SheetFileForm | None = None
) -> HttpResponse:
    periods, day = _periods(place), today()
    asked = request.GET.get("period") or request.POST.get("period") or ""
    current = (
        next((p for p in periods if _key(p) == asked), None)
        or next((p for p in periods if p.day >= day), None)
        or (periods[-1] if periods else None)
    )
    chain = class_chain(place.training_class, on=day, law=law_in_force(), at=now())
    counts = {(p.day, p.half): {"here": 0, "away": 0} for p in periods}
    for line in chain.lines:
        for key, outcome in (line.chain.periods if line.chain else {}).items():
            counts[key]["here" if outcome.result["status"] in ("present", "late") else "away"] += 1
    context = {
        "periods": [
            {
                "key": _key(p),
                "label": _label(p),
                "current": p is current,
                "over": p.ends_at <= now(),
                **counts[(p.day, p.half)],
            }
            for p in periods
        ],
        "current": {"key": _key(current), "label": _label(current), "day": current.day, "first": current.first}
        if current
        else None,
        "lines": _lines(place, current, chain) if current else [],
        "form": form or ActForm(case=place.case, auto_id=False),
        "sheet": sheet or SheetFileForm(case=place.case),
    }
    bad = bool((form and form.errors) or (sheet and sheet.errors))
    return shown(request, place, "attendance", context, title="簽到退", status=422 if bad else 200)


def _key(period: timetable.Period) -> str:
    return f"{period.day.isoformat()}.{period.half}"


def _label(period: timetable.Period) -> str:
    half = "上午" if period.half == "morning" else "下午"
    return (
        f"{roc(period.day)}（{WEEKDAYS[period.day.weekday()]}）{half} {period.starts_at:%H:%M}–{period.ends_at:%H:%M}"
    )


def _lines(place: Place, period: timetable.Period, chain: Any) -> list[dict[str, Any]]:
    signed: dict[int, dict[bool, SignRecord]] = {}
    rows = SignRecord.objects.filter(trainee__training_class=place.training_class, day=period.day, half=period.half)
    voided = set(rows.filter(tampered=True).values_list("trainee", flat=True))
    for one in rows.filter(voided_at=None):
        signed.setdefault(one.trainee_id, {})[one.leaving] = one
    found = []
    for line in chain.lines:
        outcome = line.chain.periods.get((period.day, period.half)) if line.chain else None
        word, tone = STATUS[outcome.result["status"]] if outcome else ("", "calm")
        own = signed.get(line.trainee.pk, {})
        found.append(
            {
                "one": line.trainee,
                "came": own.get(False),
                "left": own.get(True),
                "came_at": f"{own[False].at.astimezone(TAIPEI):%H:%M}" if False in own else "",
                "left_at": f"{own[True].at.astimezone(TAIPEI):%H:%M}" if True in own else "",
                "tampered": line.trainee.pk in voided,
                "word": word,
                "tone": tone,
                "why": "；".join(one.text for one in outcome.refusals) if outcome else "",
            }
        )
    return found


def _period_of(request: HttpRequest, place: Place) -> timetable.Period:
    asked = request.POST.get("period", "")
    for period in _periods(place):
        if _key(period) == asked:
            return period
    raise Refused("課程表沒有這個時段。")


@require_POST
@acting
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """Results of the paper sheet, keyed in the table or imported from a file."""
    place = load(request, number, right=RUN_CLASS)
    if request.FILES:
        form: ActForm = SheetFileForm(request.POST, request.FILES, case=place.case)
    else:
        form = ActForm(request.POST, case=place.case)
    if form.is_valid():
        with into_form(request, form) as tried:
            period = _period_of(request, place)
            if isinstance(form, SheetFileForm):
                (lines, told), source = _file_lines(form.cleaned_data["file"].read(), place, period), "import"
            else:
                (lines, told), source = (_typed_lines(request, place, period), []), "sheet"
            act_here(
                request, form, place.case, "enter_sheet",
                day=period.day, half=period.half, lines=lines, source=source, reason=request.POST.get("reason", ""),
            )  # fmt: skip
        if tried.ok:
            messages.success(request, f"已登錄簽到表 {len(lines)} 人。" if told else "已登錄簽到表。")
            for one in told:
                messages.info(request, one)
            return redirect(f"{place.url('attendance')}?period={request.POST.get('period', '')}")
    return _attendance(request, place, **({"sheet": form} if isinstance(form, SheetFileForm) else {"form": form}))  # type: ignore[arg-type]


def _moment(text: str, period: timetable.Period, who: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        clock = TimeField(required=False, label="時間").clean(text.strip())
    except ValidationError as error:
        raise Refused(f"{who}：看不懂時間「{text}」，請輸入時:分，例：09:00。") from error
    return datetime.combine(period.day, clock) if clock else None


def _typed_lines(request: HttpRequest, place: Place, period: timetable.Period) -> list[dict[str, Any]]:
    return [
        {
            "trainee": one.pk,
            "came": _moment(request.POST.get(f"came-{one.pk}", ""), period, str(one)),
            "left": _moment(request.POST.get(f"left-{one.pk}", ""), period, str(one)),
            "tampered": bool(request.POST.get(f"tampered-{one.pk}")),
        }
        for one in live_trainees(place.training_class)
        if f"came-{one.pk}" in request.POST
    ]


#: The paper sheet as a table; the example names no seat.
SHEET = (
    Column("seat", "座號", ("編號", "序號"), "範例"),
    Column("came", "簽到", ("簽到時間", "到課"), "09:00"),
    Column("left", "簽退", ("簽退時間", "離課"), "12:00"),
    Column("tampered", "塗改", ("是否塗改",), "是"),
)
_YES = {"是", "V", "✓", "✔", "○", "O", "1", "Y"}
_NO = {"", "否", "N", "0", "X"}


def _file_lines(data: bytes, place: Place, period: timetable.Period) -> tuple[list[dict[str, Any]], list[str]]:
    """座號、簽到、簽退、塗改 of every line, and what was left out. Raises Refused with every line that cannot be read."""
    try:
        table = read_records(data, SHEET, key="seat")
    except SheetError as error:
        raise Refused(str(error), field="file") from error
    seats = {one.seat: one for one in live_trainees(place.training_class)}
    found: dict[int, dict[str, Any]] = {}
    wrong = []
    for row in table.rows:
        try:
            if row.errors:
                raise Refused(f"第 {row.number} 列：{'、'.join(row.errors)}。")
            line = _file_line(row, seats, period)
            if line["trainee"] in found:
                raise Refused(f"第 {row.number} 列：座號「{row.values['seat']}」重複。")
            found[line["trainee"]] = line
        except Refused as error:
            wrong.append(str(error))
    if wrong:
        raise Refused(f"未登錄任何一列。{''.join(wrong[:10])}", field="file")
    return list(found.values()), table.told


def _file_line(row: Record, seats: Mapping[int, Any], period: timetable.Period) -> dict[str, Any]:
    seat, who = whole_number(plain(row.values["seat"])), f"第 {row.number} 列"
    one = seats.get(seat) if seat is not None else None
    if one is None:
        raise Refused(f"{who}：座號「{row.values['seat']}」不在名冊上。")
    mark = plain(row.values.get("tampered", ""))
    if mark not in _YES | _NO:
        raise Refused(f"{who}：塗改請填「是」或空白，不是「{mark}」。")
    return {
        "trainee": one.pk,
        "came": _moment(row.values.get("came", ""), period, who),
        "left": _moment(row.values.get("left", ""), period, who),
        "tampered": mark in _YES,
    }


@require_safe
@acting
def sheet_template(request: HttpRequest, number: str) -> HttpResponse:
    """The table to fill in, with an example."""
    load(request, number, right=RUN_CLASS)
    return to_fill_in(SHEET, "簽到結果", "簽到結果範本")


# --- tablet ---------------------------------------------------------------------------------------------------------------------


@idle_allowance(TABLET_MAY_BE_LEFT)
@require_safe
@acting
def tablet(request: HttpRequest, number: str) -> HttpResponse:
    """The page in the classroom: seats as buttons, a place to sign. It goes on for an hour without network."""
    place = load(request, number, right=RUN_CLASS)
    hours = [
        f"{'上午' if p.half == 'morning' else '下午'}簽到 {p.starts_at - attending.EARLY:%H:%M} 至 {p.ends_at:%H:%M}、簽退至 {p.ends_at + attending.AFTER:%H:%M}"
        for p in _periods(place)
        if p.day == today()
    ]
    context = {"people": list(live_trainees(place.training_class)), "state": _state(place), "hours": hours}
    return shown(request, place, "tablet", context, title="課堂簽到")


def _state(place: Place) -> dict[str, Any]:
    """Today's periods and who has signed what; `server` sets the tablet's offset."""
    at, day = now(), today()
    periods = [p for p in _periods(place) if p.day == day]
    rows = SignRecord.objects.filter(trainee__training_class=place.training_class, day=day, voided_at=None)
    signed = [
        [pk, half, leaving, f"{when.astimezone(TAIPEI):%H:%M}"]
        for pk, half, leaving, when in rows.values_list("trainee", "half", "leaving", "at")
    ]
    return {
        "server": at.timestamp() * 1000,
        "running": place.case.state == "running",
        "day": roc(day),
        "periods": [
            {
                "half": p.half,
                "label": "上午" if p.half == "morning" else "下午",
                "starts": p.starts_at.timestamp() * 1000,
                "ends": p.ends_at.timestamp() * 1000,
            }
            for p in periods
        ],
        "signed": signed,
        "late": law_in_force().at("ohs.late_minutes", day).value,
    }


@require_safe
@acting
def tablet_state(request: HttpRequest, number: str) -> JsonResponse:
    return JsonResponse(_state(load(request, number, right=RUN_CLASS)))


@idle_allowance(TABLET_MAY_BE_LEFT)
@require_POST
def tablet_sign(request: HttpRequest, number: str) -> JsonResponse:
    """What the tablet has to send, one signature or an hour's; each gets its own answer."""

    try:
        place = load(request, number, right=RUN_CLASS)
    except Case.DoesNotExist as error:
        raise Http404 from error
    try:
        sent = json.loads(request.body)
        sent_wall = _wall(sent["wall"])
        items = [_item(one) for one in sent["items"][:MOST_AT_ONCE]]
    except (ValueError, KeyError, TypeError, OverflowError, binascii.Error):
        return JsonResponse({"error": "送出的內容無法讀取，請重新整理頁面。"}, status=400)
    try:
        answers = attending.sign(place.case, items=items, sent_wall=sent_wall, by=request.user, at=now())
    except (Refused, NotAllowed, NotPermitted) as error:
        return JsonResponse({"error": str(error)}, status=422)
    return JsonResponse(
        {
            "answers": [{"key": a.key, "kept": a.kept, "done": a.done, "text": a.text, "at": a.at} for a in answers],
            "server": now().timestamp() * 1000,
        }
    )


def _wall(milliseconds: Any) -> datetime:
    return datetime.fromtimestamp(float(milliseconds) / 1000, UTC)


def _item(one: dict[str, Any]) -> attending.Signing:
    image = str(one["image"])
    prefix = "data:image/png;base64,"
    content = base64.b64decode(image.removeprefix(prefix), validate=True) if image.startswith(prefix) else b""
    offset = max(-1e12, min(1e12, float(one["offset"])))
    return attending.Signing(
        UUID(str(one["key"])),
        int(one["trainee"]),
        str(one["half"])[:10],
        bool(one["leaving"]),
        _wall(one["wall"]),
        timedelta(milliseconds=offset),
        content,
    )


@login_not_required
@keeps_idle_limit
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, served from the folder it may look after: it keeps the tablet page and its script, nothing else."""
    response = HttpResponse(render_to_string("ohs_training/worker.js"), content_type="text/javascript")
    response["Service-Worker-Allowed"] = "/ohs/"
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
@acting
def signature(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    place = load(request, number)
    row = get_object_or_404(SignRecord, pk=pk, trainee__training_class=place.training_class)
    if not row.signature:
        raise Http404
    response = HttpResponse(bytes(row.signature), content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


# --- roll call --------------------------------------------------------------------------------------------------------------------


@acting
def roll_call(request: HttpRequest, number: str) -> HttpResponse:
    place = load(request, number, right=RUN_CLASS)
    days = sorted({p.day for p in _periods(place)})
    try:
        day = parse_day(request.POST.get("day") or request.GET.get("day") or "")
    except DateError:
        day = today() if today() in days else (days[0] if days else today())
    form = ActForm(request.POST or None, case=place.case)
    if request.method == "POST" and form.is_valid():
        present = [pk for pk in map(whole_number, request.POST.getlist("present")) if pk is not None]
        with into_form(request, form) as tried:
            act_here(request, form, place.case, "call_roll", day=day, present=present)
        if tried.ok:
            messages.success(request, "已登錄點名。")
            return redirect(f"{place.url('roll_call')}?day={day.isoformat()}")
    answers = dict(
        RollCall.objects.filter(trainee__training_class=place.training_class, day=day).values_list(
            "trainee", "answered"
        )
    )
    people = [{"one": one, "present": answers.get(one.pk, True)} for one in live_trainees(place.training_class)]
    context = {
        "form": form,
        "people": people,
        "days": [{"day": d, "current": d == day} for d in days],
        "day": day,
        "called": bool(answers),
    }
    return shown(request, place, "roll_call", context, title="點名", status=422 if form.errors else 200)

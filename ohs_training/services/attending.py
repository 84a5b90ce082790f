"""七、附表八: signatures from tablets and sheets. The moment is the server's; what is sent twice is kept once."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from PIL import Image

from accounts.models import User
from accounts.rights import can
from casework.cases.doing import Doing
from casework.cases.moving import lock
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import TAIPEI, roc, taipei_day
from ohs_training.models import RollCall, SignRecord, Trainee, TrainingClass
from ohs_training.permissions import RUN_CLASS
from ohs_training.rules import timetable
from ohs_training.selectors.classes import class_of, live_trainees, row_facts, rows_of
from ohs_training.services.saying import say

#: A tablet may be without network for so long; the grace is for the last signature's way to the server.
OFFLINE = timedelta(hours=1)
GRACE = timedelta(minutes=5)
#: How far a tablet's clock may move between a signature and its sending.
CLOCK_MOVED = timedelta(seconds=60)
#: What counts as sent at once.
AT_ONCE = timedelta(seconds=20)
EARLY, AFTER = timedelta(hours=1), timedelta(hours=1)
MOST_BYTES = 40_000
LEAST_INK = 40
HALF = {"morning": "上午", "afternoon": "下午"}


@dataclass(frozen=True, slots=True)
class Signing:
    """One signature as the tablet sends it. `wall`: the tablet's clock when it was drawn; `offset`: server minus tablet, as
    last measured before it was drawn."""

    key: UUID
    trainee: int
    half: str
    leaving: bool
    wall: datetime
    offset: timedelta
    image: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one. `kept`: it stands (now or from before); the tablet drops it from its queue whenever `done`."""

    key: str
    kept: bool
    done: bool
    text: str
    at: str = ""
    late: int = 0


def judge_signature(image: bytes) -> str:
    """What is wrong with a drawn signature; empty when nothing is."""
    if not image:
        return "請簽名。"
    if len(image) > MOST_BYTES:
        return "簽名圖檔過大，請清除後重簽。"
    try:
        with Image.open(io.BytesIO(image), formats=["PNG"]) as picture:
            if picture.width > 1200 or picture.height > 600:
                return "簽名圖檔過大，請清除後重簽。"
            grey = picture.convert("RGBA").getchannel("A") if "A" in picture.getbands() else None
            ink = sum(grey.histogram()[64:]) if grey else sum(picture.convert("L").histogram()[:160])
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return "簽名圖檔無法讀取，請清除後重簽。"
    return "" if ink >= LEAST_INK else "沒有簽名筆跡，請簽名。"


def running_class(case: Case, by: User) -> TrainingClass:
    """The class, while it runs and to who may run it. Raises NotPermitted, Refused."""
    if not can(by, RUN_CLASS, case):
        raise NotPermitted("您沒有辦理簽到的權限。")
    if case.state != "running":
        raise Refused("班次不在訓練期間，不能簽到退。")
    return class_of(case)


def sign(case: Case, *, items: Sequence[Signing], sent_wall: datetime, by: User, at: datetime) -> list[Answer]:
    """Keep what a tablet sends, each by itself: one that cannot stand takes none of the others with it.

    The tablet's clock is never believed by itself: the moment is this server's, less the time the tablet says has passed; where
    its clock moved between drawing and sending, that cannot be said and the signature is refused.
    """
    training_class = running_class(case, by)
    offset_now = at - sent_wall
    periods = {(p.day, p.half): p for p in timetable.periods(row_facts(row) for row in rows_of(training_class))}
    people = {one.pk: one for one in live_trainees(training_class).filter(pk__in={i.trainee for i in items})}
    for one in people.values():
        one.training_class = training_class
    law = law_in_force()
    return [_sign(one, people, periods, law, offset_now=offset_now, by=by, at=at) for one in items]


def _sign(
    item: Signing, people: Mapping[int, Trainee], periods: Mapping[Any, timetable.Period], law: Any, *, offset_now: timedelta,
    by: User, at: datetime,
) -> Answer:  # fmt: skip
    key = str(item.key)

    def no(text: str) -> Answer:
        return Answer(key, False, True, text)

    trainee = people.get(item.trainee)
    if trainee is None:
        return no("名冊上沒有這個人。")
    if wrong := judge_signature(item.image):
        return no(wrong)
    if abs(offset_now - item.offset) > CLOCK_MOVED:
        return no(
            "平板時鐘在簽名後曾變更，無法認定簽名時間（要點七：應由受訓人員每日親自於上課前及下課後簽到退）。請重新簽名；補登請用紙本簽到表。"
        )
    moment = item.wall + offset_now
    age = at - moment
    if age < -CLOCK_MOVED or age > OFFLINE + GRACE:
        return no("離線超過一小時，無法認定簽名時間。請以紙本簽到表登錄。")
    offline = age > AT_ONCE
    moment = moment if offline else at
    period = periods.get((taipei_day(moment), item.half))
    if period is None:
        return no(f"{roc(taipei_day(moment))}{HALF.get(item.half, '')}沒有課程。")
    if wrong := _out_of_time(period, item.leaving, moment):
        return no(wrong)
    with transaction.atomic():
        if lock(trainee.training_class.case_id).state != "running":  # ended while the drawing was looked at
            return no("班次不在訓練期間，不能簽到退。")
        return _keep(item, trainee, period, moment, offline, law, by=by, at=at)


def _out_of_time(period: timetable.Period, leaving: bool, moment: datetime) -> str:
    starts, ends = period.starts_at, period.ends_at
    if not leaving and not starts - EARLY <= moment < ends:
        return f"簽到時間為 {starts - EARLY:%H:%M} 至 {ends:%H:%M}。"
    if leaving and not starts <= moment <= ends + AFTER:
        return f"簽退時間為上課後至 {ends + AFTER:%H:%M}。"
    return ""


def _keep(
    item: Signing,
    trainee: Trainee,
    period: timetable.Period,
    moment: datetime,
    offline: bool,
    law: Any,
    *,
    by: User,
    at: datetime,
) -> Answer:
    key = str(item.key)
    shown = moment.astimezone(TAIPEI)
    # The signature in may wait in another tablet's queue: the row is kept, the derivation judges.
    came = trainee.signs.filter(day=period.day, half=period.half, leaving=False, voided_at=None)
    note = "（尚無簽到紀錄）" if item.leaving and not came.exists() else ""
    row = SignRecord(
        trainee=trainee,
        day=period.day,
        half=period.half,
        leaving=item.leaving,
        at=moment,
        received_at=at,
        source=SignRecord.Source.OFFLINE if offline else SignRecord.Source.TABLET,
        client_key=item.key,
        signature=item.image,
        recorded_by=by,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        there = SignRecord.objects.filter(client_key=item.key).first()
        if there is not None and there.trainee_id == trainee.pk:
            return Answer(key, True, True, "已收到。", f"{there.at.astimezone(TAIPEI):%H:%M}")
        first = trainee.signs.filter(day=period.day, half=period.half, leaving=item.leaving, voided_at=None).first()
        if first is None:
            return Answer(key, False, True, "簽名識別碼重複，請重新簽名。")
        done = "簽退" if item.leaving else "簽到"
        return Answer(
            key, False, True, f"{trainee.name}已於 {first.at.astimezone(TAIPEI):%H:%M} {done}，以先簽者為準。"
        )
    late = 0 if item.leaving else max(0, int((shown - period.starts_at).total_seconds() // 60))
    limit = law.at("ohs.late_minutes", period.day)
    text = f"{trainee.name}{HALF[period.half]}{'簽退' if item.leaving else '簽到'} {shown:%H:%M}{note}"
    if late >= limit.value:
        text += f"，遲到 {late} 分鐘，視為曠課（{limit.citation}）"
    elif late:
        text += f"，遲到 {late} 分鐘"
    return Answer(key, True, True, text + "。", f"{shown:%H:%M}", late)


# --- the paper sheet 附表八, keyed or imported --------------------------------------------------------------------------------------


def enter_sheet(
    doing: Doing, *, day: date, half: str, lines: Sequence[Mapping[str, Any]], source: str = "sheet"
) -> int:
    """Results of a printed sheet: {trainee, came: moment|None, left: moment|None, tampered}. An entry that differs from what
    stands voids it with the reason; says how many lines were written."""
    training_class = class_of(doing.case)
    periods = {(p.day, p.half): p for p in timetable.periods(row_facts(row) for row in rows_of(training_class))}
    period = periods.get((day, half))
    if period is None:
        raise Refused(f"{roc(day)}{HALF.get(half, '')}沒有課程。", field="day")
    if period.starts_at > doing.at:
        raise Refused("這個時段還沒有開始。", field="day")
    people = {one.pk: one for one in live_trainees(training_class)}
    written = 0
    for line in lines:
        trainee = people.get(line["trainee"])
        if trainee is None:
            raise Refused("名冊上沒有這個人。")
        came, left = line.get("came"), line.get("left")
        if came and left and left < came:
            raise Refused(f"{trainee}：簽退時間不得早於簽到時間。")
        for leaving, moment in ((False, came), (True, left)):
            written += _sheet_cell(doing, trainee, day, half, leaving, moment, bool(line.get("tampered")), source)
    if written:
        label = f"登錄簽到表 {roc(day)}{HALF[half]}（{written} 筆）"
        say(doing, "sheet.entered", label)
    return written


def _sheet_cell(
    doing: Doing, trainee: Trainee, day: date, half: str, leaving: bool, moment: datetime | None, tampered: bool, source: str
) -> int:  # fmt: skip
    by, at, reason = doing.by, doing.at, doing.reason
    rows = trainee.signs.filter(day=day, half=half, leaving=leaving)
    there = rows.filter(voided_at=None).first()
    if there and not tampered and (moment is None or there.at.replace(second=0, microsecond=0) == moment):
        return 0
    if there:
        if not reason.strip():
            raise Refused(f"{trainee} 已有{'簽退' if leaving else '簽到'}紀錄，更正請填寫理由。", field="reason")
        _void(there, reason=reason, tampered=tampered, by=by, at=at)
    elif moment is None:
        return 0
    if moment is not None and (there is None or not tampered):
        try:
            with transaction.atomic():
                made = SignRecord.objects.create(
                    trainee=trainee, day=day, half=half, leaving=leaving, at=moment, received_at=at, source=source,
                    client_key=uuid5(UUID(int=trainee.pk), f"{day}{half}{leaving}{at.isoformat()}"), recorded_by=by,
                )  # fmt: skip
        except IntegrityError as error:
            raise Refused(
                f"{trainee}剛才已由平板{'簽退' if leaving else '簽到'}，請核對後再登錄；要更正者請填寫理由。",
                field="reason",
            ) from error
        if tampered:
            _void(made, reason=reason or "塗改或不符規定", tampered=True, by=by, at=at)
    return 1


def _void(row: SignRecord, *, reason: str, tampered: bool, by: User | None, at: datetime) -> None:
    row.voided_at, row.voided_by, row.void_reason, row.tampered = at, by, reason[:200], tampered
    row.save(update_fields=["voided_at", "voided_by", "void_reason", "tampered"])


def call_roll(doing: Doing, *, day: date, present: Sequence[int]) -> int:
    """點名 of the day's first period, not before twenty minutes into it (附表八附註四). Called again it replaces the first."""
    training_class = class_of(doing.case)
    first = next(
        (p for p in timetable.periods(row_facts(r) for r in rows_of(training_class)) if p.day == day and p.first), None
    )
    if first is None:
        raise Refused(f"{roc(day)} 沒有課程。", field="day")
    minutes = law_in_force().at("ohs.roll_call_minutes", day)
    due = first.starts_at + timedelta(minutes=minutes.value)
    if doing.at < due:
        raise Refused(f"第 1 節過 {minutes.value} 分鐘後（{due:%H:%M}）始得點名（{minutes.citation}）。", field="day")
    here = set(present)
    for trainee in live_trainees(training_class):
        RollCall.objects.update_or_create(
            trainee=trainee,
            day=day,
            defaults={"answered": trainee.pk in here, "called_at": doing.at, "called_by": doing.by},
        )
    absent = live_trainees(training_class).exclude(pk__in=here).count()
    label = f"點名 {roc(day)}：未到 {absent} 人"
    say(doing, "roll.called", label)
    return absent

"""七、附表八: signing in and out, lateness, leave, withdrawal, make-up (OHS-08, OHS-09)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from kernel import dates
from kernel.comparing import BELOW, WORD, beyond
from kernel.facts import Impossible, happened
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule
from kernel.saying import plain, share
from ohs_training.rules.training import Training


@dataclass(frozen=True, slots=True)
class Leave:
    """請假單. `asked_at`: when the form was handed in; `proof`: for sick leave, handed in before or after."""

    starts_at: datetime = field(metadata={"name": "from"})
    ends_at: datetime = field(metadata={"name": "until"})
    asked_at: datetime
    sick: bool = False
    proof: bool = False

    def __post_init__(self) -> None:
        if self.ends_at <= self.starts_at:
            raise Impossible("請假的結束時間應晚於開始時間。")


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    """One trainee in one period (上午 or 下午). `tampered`: the line was altered, or in red or pencil.

    `answered`: the tutor's roll call in the day's first period; None where none is held.
    """

    starts_at: datetime
    ends_at: datetime
    signed_in_at: datetime | None = None
    signed_out_at: datetime | None = None
    tampered: bool = False
    answered: bool | None = None
    leaves: tuple[Leave, ...] = ()

    def __post_init__(self) -> None:
        if self.ends_at <= self.starts_at:
            raise Impossible("時段的結束時間應晚於開始時間。")
        if self.signed_in_at and self.signed_out_at and self.signed_out_at < self.signed_in_at:
            raise Impossible("簽退時間不得早於簽到時間。")


Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Missed:
    """What was missed of a period: spans on leave and spans of truancy 曠課, apart from each other."""

    leave: tuple[Span, ...]
    truant: tuple[Span, ...]


@rule("OHS-08", facts=PeriodFacts)
def period(facts: PeriodFacts, *, on: date, law: Law) -> Outcome:
    """要點七、附表八附註：每日上、下午親自於課前簽到、課後簽退；遲到 15 分鐘者視為曠課；任意塗改視為無效；請假應事前填寫請假單。

    Less than fifteen minutes late is late and present. Fifteen or more, no signature in or out, a void line or silence at the
    roll call: the whole period is truancy, as far as no leave covers it. Leaving early is missed from that minute on.
    """
    why = Reasoning("OHS-08", on=on, law=law)
    missed, late = _missed(facts, why)
    leave_minutes, truant_minutes = _minutes(missed.leave), _minutes(missed.truant)
    status = "present"
    if truant_minutes:
        status = "truant"
    elif leave_minutes:
        status = "leave"
    elif late:
        status = "late"
    return why.outcome(
        status=status,
        late_minutes=late,
        leave_minutes=leave_minutes,
        truant_minutes=truant_minutes,
    )


def missed(facts: PeriodFacts, *, on: date, law: Law) -> Missed:
    """The spans behind the minutes of OHS-08: the derivation lays them over the rows of the timetable."""
    return _missed(facts, Reasoning("OHS-08", on=on, law=law))[0]


def _missed(facts: PeriodFacts, why: Reasoning) -> tuple[Missed, Decimal]:
    leaves = _good_leaves(facts, why)
    # Where leave covers the beginning or the end, presence is expected only between: lateness counts from its end.
    expected_from, expected_until = facts.starts_at, facts.ends_at
    for start, end in leaves:
        if start <= expected_from < end:
            expected_from = end
    for start, end in reversed(leaves):
        if start < expected_until <= end:
            expected_until = start
    if expected_from >= expected_until:
        why.note("全時段請假")
        return Missed(tuple(leaves), ()), Decimal(0)

    signed_in, signed_out = facts.signed_in_at, facts.signed_out_at
    late = Decimal(0)
    absent: list[Span] = []
    whole = [(facts.starts_at, facts.ends_at)]
    if facts.tampered:
        why.judge(False, "簽名經塗改或不符規定，視為無效", citation="要點附表八附註二")
        absent = whole
    elif signed_in is None or signed_out is None:
        why.judge(False, "未簽到" if signed_in is None else "未簽退", citation="要點七第1項")
        absent = whole
    else:
        limit = why.figure("ohs.late_minutes")
        late = max(Decimal(0), _seconds(signed_in - expected_from) / 60)
        if not why.judge(
            late < limit,
            f"遲到 {_whole(late)} 分鐘" if late else "準時簽到",
            otherwise=f"遲到 {_whole(late)} 分鐘，視為曠課",
            comparison=f"{_whole(late)} < {limit}",
        ):
            absent = whole
        elif signed_out < expected_until:
            why.judge(
                False, f"提前 {_whole(_seconds(expected_until - signed_out) / 60)} 分鐘離開", citation="要點七第1項"
            )
            absent = [
                (max(signed_out, facts.starts_at), facts.ends_at)
            ]  # who left before it began missed all of it, not more
    if facts.answered is False and not absent:
        called_at = facts.starts_at + timedelta(minutes=why.figure("ohs.roll_call_minutes"))
        if any(start <= called_at < end for start, end in leaves):
            why.note("點名時請假中")
        else:
            why.judge(False, "點名未到，視為曠課")
            absent = whole
    return Missed(tuple(leaves), tuple(_without(absent, leaves))), late


def _good_leaves(facts: PeriodFacts, why: Reasoning) -> list[Span]:
    """The leave that counts as leave, cut to the period, joined and in order. The rest of an absence is truancy."""
    good: list[Span] = []
    for leave in facts.leaves:
        start, end = max(leave.starts_at, facts.starts_at), min(leave.ends_at, facts.ends_at)
        if start >= end:
            continue
        asked = why.judge(
            leave.asked_at <= leave.starts_at,
            "事前填寫請假單",
            otherwise="未於事前填寫請假單，不得視為請假",
            citation="要點附表八附註三",
        )
        proved = not leave.sick or why.judge(
            leave.proof,
            "病假已補證明",
            otherwise="病假未補相關證明，不得視為請假",
            citation="要點附表八附註三",
        )
        if asked and proved:
            good.append((start, end))
    joined: list[Span] = []
    for start, end in sorted(good):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _without(spans: list[Span], taken: list[Span]) -> list[Span]:
    for start, end in taken:
        rest: list[Span] = []
        for a, b in spans:
            rest += [(a, min(b, start))] if a < start else []
            rest += [(max(a, end), b)] if b > end else []
        spans = [(a, b) for a, b in rest if a < b]
    return spans


def _seconds(delta: timedelta) -> Decimal:
    return Decimal(delta.days * 86400 + delta.seconds)


def _minutes(spans: tuple[Span, ...]) -> Decimal:
    return sum((_seconds(b - a) for a, b in spans), Decimal(0)) / 60


def _whole(minutes: Decimal) -> str:
    """Minutes for reading: 14 分 59 秒 is 14."""
    return str(int(minutes))


@dataclass(frozen=True, slots=True)
class AbsenceFacts:
    """Hours of the whole class and hours missed, by leave and by truancy. `made_up_on`: the day all courses were made up."""

    total_hours: Decimal
    leave_hours: Decimal
    truant_hours: Decimal
    training: Training = "professional"
    ends_on: date | None = None
    made_up_on: date | None = None

    def __post_init__(self) -> None:
        if self.total_hours <= 0:
            raise Impossible("課程總時數應大於 0。")
        if min(self.leave_hours, self.truant_hours) < 0:
            raise Impossible("請假及曠課時數不得為負數。")
        if self.leave_hours + self.truant_hours > self.total_hours:
            raise Impossible("缺課時數不得超過課程總時數。")


@rule("OHS-09", facts=AbsenceFacts)
def absence(facts: AbsenceFacts, *, on: date, law: Law) -> Outcome:
    """要點七第2項：專業訓練缺課時數達課程總時數五分之一以上者，應通知退訓；請假超過三小時或曠課者，應於一年內補足全部課程，補足後方能測驗。

    That the exam waits for the make-up is the amendment's own: under the former text it is due all the same and bars nobody.

    缺課 is leave and truancy together; exactly one fifth is too much (≥), exactly three hours' leave is not (>).

    `make_up_due` says whether the second half of the sentence applies, whatever the first half says. The two halves stand
    side by side with a semicolon, each with its own condition and its own notice; the second does not begin with 「未達五分之一
    而…」, so somebody withdrawn for ten hours of leave has also been on leave for more than three. Withdrawal is the stronger
    consequence, not an exemption: `may_sit` is what follows from both, and it is False after withdrawal, made up or not.
    """
    judged_on = facts.ends_on or on
    why = Reasoning("OHS-09", on=on, law=law)
    happened("補足課程之日", facts.made_up_on, on=on)
    if facts.training != "professional":
        # 對於接受專業訓練者: in-service absence is 十三 第3款 (OHS-17).
        why.note("在職教育訓練不適用退訓及補課規定，應全程參與")
        return why.outcome(withdraw=False, make_up_due=False, make_up_by=None, may_sit=False)
    absent = facts.leave_hours + facts.truant_hours
    percent = why.figure("ohs.withdrawal_percent", judged_on)
    how = law.at("ohs.absence_comparator", judged_on).value
    withdraw = percent is not None and beyond(absent * 100, how, facts.total_hours * percent)
    if percent is None:
        why.note("修正前要點九無退訓規定")
    else:
        why.judge(
            not withdraw,
            f"缺課 {plain(absent)} 小時，未{WORD[how]}課程總時數{share(percent)}",
            otherwise=f"缺課 {plain(absent)} 小時，{WORD[how]}課程總時數{share(percent)}{'以上' if how == 'ge' else ''}，應通知退訓",
            comparison=f"{plain(absent)} {BELOW[how]} {plain(facts.total_hours)} × {percent}%",
            leave_hours=facts.leave_hours,
            truant_hours=facts.truant_hours,
            total_hours=facts.total_hours,
        )
    free = why.figure("ohs.leave_hours", judged_on)
    make_up_due = facts.leave_hours > free or facts.truant_hours > 0
    make_up_by = None
    made_up, barred = facts.made_up_on is not None, False
    if make_up_due:
        why.note(
            f"請假 {plain(facts.leave_hours)} 小時、曠課 {plain(facts.truant_hours)} 小時，應補足全部課程",
            comparison=f"{plain(facts.leave_hours)} > {free} 或 {plain(facts.truant_hours)} > 0",
        )
        months = why.figure("ohs.make_up_months", judged_on)
        if facts.ends_on is not None and months is not None:
            make_up_by = law.calendar.act_by(dates.months_after(facts.ends_on, months))
            made_up = made_up and facts.made_up_on is not None and facts.made_up_on <= make_up_by
        until = f"（至遲 {dates.roc(make_up_by)}）" if make_up_by else ""
        barred = why.figure("ohs.make_up_before_exam", judged_on)
        before_exam = "，補足後方能參加測驗" if barred else ""
        why.judge(made_up, f"已補足全部課程{until}", otherwise=f"應補足全部課程{until}{before_exam}")
    else:
        why.note(
            f"請假 {plain(facts.leave_hours)} 小時，無曠課，毋須補課",
            comparison=f"{plain(facts.leave_hours)} ≤ {free}，{plain(facts.truant_hours)} = 0",
        )
    return why.outcome(
        absent_hours=absent,
        withdraw=withdraw,
        make_up_due=make_up_due,
        make_up_by=make_up_by,
        may_sit=not withdraw and (made_up or not barred),
    )

"""三年七萬: the window, the rest of the cap, and what a course is paid (學員問答第14–17題)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Literal

from kernel.dates import roc, validity_end
from kernel.facts import FactsError, Impossible
from kernel.law import Law
from kernel.money import dollars
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule
from ojt_subsidy.params import IDENTITY_LABELS, Identity, Scheme


def windows(first_days: Iterable[date], law: Law) -> list[tuple[date, date]]:
    """The chain of windows (first day, last day): each begins with the first course after the one before is over."""
    chain: list[tuple[date, date]] = []
    for day in sorted(set(first_days)):
        if not chain or day > chain[-1][1]:
            chain.append((day, validity_end(day, years=law.at("sub.window_years", day).value)))
    return chain


@dataclass(frozen=True, slots=True)
class Begun:
    """A course begun. `employed`: attended as 在職勞工或自營作業者 (充電起飛計畫 counts only then)."""

    starts_on: date
    scheme: Scheme = Scheme.INDUSTRY_TALENT
    employed: bool = True


@dataclass(frozen=True, slots=True)
class WindowFacts:
    """`history`: every other course the person began or is admitted to, in any order."""

    starts_on: date
    history: tuple[Begun, ...] = ()
    scheme: Scheme = Scheme.INDUSTRY_TALENT
    employed: bool = True


@rule("SUB-09", facts=WindowFacts)
def window(facts: WindowFacts, *, on: date, law: Law) -> Outcome:
    """學員問答第14題：自初次參加產業人才投資方案、充電起飛計畫（在職勞工及自營作業者）或照顧服務職類訓練之開訓日起算三年，期滿後自再次參加之開訓日重新起算。"""
    why = Reasoning("SUB-09", on=on, law=law)
    schemes = why.figure("sub.window_schemes", facts.starts_on)

    def counts(scheme: Scheme, employed: bool) -> bool:
        return scheme.value in schemes and (employed or scheme is not Scheme.RECHARGE)

    days = [c.starts_on for c in facts.history if counts(c.scheme, c.employed)]
    why.note(f"計入起算之課程共{len(days)}門", history=facts.history)
    if not counts(facts.scheme, facts.employed):
        why.note("本課程不屬起算補助期間之計畫", scheme=facts.scheme)
        return why.outcome(judged=False, counts=False, window_starts_on=None, window_ends_on=None)
    starts_on, ends_on = _window_of(facts.starts_on, days, law, why)
    return why.outcome(judged=False, counts=True, window_starts_on=starts_on, window_ends_on=ends_on)


def _window_of(day: date, others: Iterable[date], law: Law, why: Reasoning) -> tuple[date, date]:
    starts_on, ends_on = next(w for w in windows([day, *others], law) if w[0] <= day <= w[1])
    years = why.figure("sub.window_years", starts_on)
    why.note(
        f"補助期間為 {roc(starts_on)} 至 {roc(ends_on)}",
        comparison=f"{roc(starts_on)} + {years} 年 → {roc(ends_on)}",
        starts_on=day,
    )
    return starts_on, ends_on


@dataclass(frozen=True, slots=True)
class PastCourse:
    """A course with what it was or will be paid: reserved while running, 0 when nothing is decided yet."""

    starts_on: date
    amount: int

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise Impossible("補助金額不得為負數。")


@dataclass(frozen=True, slots=True)
class SubsidyFacts:
    """`history`: every other course, in any order, also one that begins later and already has its amount.

    Only so can concurrent courses never exceed the cap together, whichever is decided first. `decided`: what was approved for
    this course and not recovered since, asked again because something about the other courses became known later.
    """

    fee: int
    identity: Identity
    starts_on: date
    history: tuple[PastCourse, ...] = ()
    decided: int | None = None

    def __post_init__(self) -> None:
        if self.fee < 0:
            raise Impossible("訓練費用不得為負數。")
        if self.decided is not None and self.decided < 0:
            raise Impossible("補助金額不得為負數。")


@rule("SUB-10", facts=SubsidyFacts)
def subsidy(facts: SubsidyFacts, *, on: date, law: Law) -> Outcome:
    """學員問答第15題：三年累計最高補助七萬元，剩餘額度低於本次補助金額者，僅撥付剩餘額度，超出部分由學員負擔。

    The law of the first day of class applies to rate, rounding and cap: 開訓日當日為基準 (學員問答第10題).
    """
    why = Reasoning("SUB-10", on=on, law=law)
    day = facts.starts_on
    starts_on, ends_on = _window_of(day, (c.starts_on for c in facts.history), law, why)
    inside = [c for c in facts.history if starts_on <= c.starts_on <= ends_on]
    used = sum(c.amount for c in inside)
    why.note(f"期間內已使用及保留{dollars(used)}", comparison=_sum(inside), courses=inside)

    percent, amount = _asked_for(facts, why, law)
    cap = why.figure("sub.cap", day)
    left = max(0, cap - used)
    why.note(f"剩餘額度{dollars(left)}", comparison=f"{cap:,} − {used:,} = {left:,}", used=used)
    payable = min(amount, left)
    bears = facts.fee - payable
    why.note(
        f"本次補助{dollars(payable)}，學員負擔{dollars(bears)}",
        comparison=f"{amount:,} 與 {left:,} 取較低者 = {payable:,}",
        fee=facts.fee,
    )
    overpaid = 0 if facts.decided is None else amount - payable
    if overpaid:
        why.note(
            f"已核定之補助超出剩餘額度{dollars(overpaid)}，尚未撥付者重新核定，已撥付者應予追繳",
            comparison=f"{amount:,} − {payable:,} = {overpaid:,}",
        )
    return why.outcome(
        judged=False,
        window_starts_on=starts_on,
        window_ends_on=ends_on,
        used=used,
        percent=percent,
        amount=amount,
        left=left,
        payable=payable,
        trainee_bears=bears,
        overpaid=overpaid,
    )


def _asked_for(facts: SubsidyFacts, why: Reasoning, law: Law) -> tuple[int | None, int]:
    """(rate, amount) before the cap: rate times fee, or what was decided already."""
    day = facts.starts_on
    if facts.decided is not None:
        why.note(f"本課程已核定補助{dollars(facts.decided)}", decided=facts.decided)
        return None, facts.decided
    full = facts.identity.value in law.at("sub.full_identities", day).value
    percent: int = why.figure("sub.full_percent" if full else "sub.ordinary_percent", day)
    why.note(f"{IDENTITY_LABELS[facts.identity]}補助{percent}%", identity=facts.identity)
    rounding = why.figure("sub.rounding", day)
    amount = _rounded(Decimal(facts.fee) * percent / 100, rounding)
    why.note(
        f"訓練費用{dollars(facts.fee)}之補助為{dollars(amount)}",
        comparison=f"{facts.fee:,} × {percent}% = {amount:,}",
        fee=facts.fee,
    )
    return percent, amount


def _rounded(amount: Decimal, how: str) -> int:
    ways = {"down": ROUND_DOWN, "half_up": ROUND_HALF_UP}
    if how not in ways:
        raise FactsError(f"sub.rounding: {how!r} is not one of {', '.join(ways)}")
    return int(amount.to_integral_value(ways[how]))


def _sum(courses: Iterable[PastCourse]) -> str:
    return " + ".join(f"{c.amount:,}（{roc(c.starts_on)}）" for c in sorted(courses, key=lambda c: c.starts_on)) or "0"


@dataclass(frozen=True, slots=True)
class BalanceCourse:
    """One line of the balance: paid, or reserved by a course that runs or is admitted to.

    `overpaid`: what was paid beyond the cap and is to be given back; it takes nothing of the cap.
    """

    starts_on: date
    amount: int
    state: Literal["paid", "reserved"]
    title: str = ""
    overpaid: int = 0

    def __post_init__(self) -> None:
        if min(self.amount, self.overpaid) < 0:
            raise Impossible("補助金額不得為負數。")


@dataclass(frozen=True, slots=True)
class BalanceFacts:
    courses: tuple[BalanceCourse, ...]


@rule("SUB-12", facts=BalanceFacts)
def balance(facts: BalanceFacts, *, on: date, law: Law) -> Outcome:
    """學員問答第16題、第17題：學員得查詢補助期間、已使用、保留中及剩餘之補助額度，並列出其課程。

    The window running on `on`, or the one that begins with a course still to come. Without either there is none: the
    whole cap is free until a course begins.
    """
    why = Reasoning("SUB-12", on=on, law=law)
    current = next((w for w in windows((c.starts_on for c in facts.courses), law) if w[1] >= on), None)
    inside = [c for c in facts.courses if current and current[0] <= c.starts_on <= current[1]]
    if current is None:
        why.note("目前沒有進行中的補助期間，下次參加課程之開訓日起重新起算")
    else:
        why.figure("sub.window_years", current[0])
        why.note(f"補助期間為 {roc(current[0])} 至 {roc(current[1])}")
    for course in sorted(inside, key=lambda c: c.starts_on):
        kind = "已撥付" if course.state == "paid" else "保留中"
        why.note(f"{roc(course.starts_on)}{course.title and f'「{course.title}」'}{kind}{dollars(course.amount)}")
        if course.overpaid:
            why.note(f"另溢領{dollars(course.overpaid)}，應予追繳，不計入已使用額度", citation="學員問答第15題")
    used = sum(c.amount for c in inside if c.state == "paid")
    reserved = sum(c.amount for c in inside if c.state == "reserved")
    cap = why.figure("sub.cap")
    left = max(0, cap - used - reserved)
    why.note(f"剩餘額度{dollars(left)}", comparison=f"{cap:,} − {used:,} − {reserved:,} = {left:,}")
    return why.outcome(
        judged=False,
        window_starts_on=current and current[0],
        window_ends_on=current and current[1],
        used=used,
        reserved=reserved,
        left=left,
        overpaid=sum(c.overpaid for c in inside),
        courses=len(inside),
    )

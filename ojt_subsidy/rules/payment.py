"""請領與撥款: conditions of payment, closing of the class, who is paid (學員問答第10, 12, 13, 18, 22題)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from kernel.comparing import BELOW, WORD, beyond
from kernel.dates import days_after, months_after, roc
from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule
from kernel.saying import plain, share
from ojt_subsidy.params import PLAN_LABELS, Plan


@dataclass(frozen=True, slots=True)
class ConditionFacts:
    """`completed`: passed and holds the certificate. `missed_before_joining`: hours before a stand-in 遞補 joined."""

    total_hours: Decimal
    absent_hours: Decimal
    completed: bool
    surveyed: bool
    missed_before_joining: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if self.total_hours <= 0:
            raise Impossible("總訓練時數必須大於 0。")
        if min(self.absent_hours, self.missed_before_joining) < 0:
            raise Impossible("缺課時數不得為負數。")
        if self.absent_hours + self.missed_before_joining > self.total_hours:
            raise Impossible("缺課時數不可能多於總訓練時數。")


@rule("SUB-11", facts=ConditionFacts)
def conditions(facts: ConditionFacts, *, on: date, law: Law) -> Outcome:
    """學員問答第10題、第12題、第13題：經考核通過取得結訓證書或學分證明、缺課時數未超過總訓練時數五分之一（不含五分之一），並完成意見調查表者，
    得申領補助；遞補前未上課之時數計入缺課。
    """
    why = Reasoning("SUB-11", on=on, law=law)
    why.judge(
        facts.completed,
        "考核通過並取得結訓證書或學分證明",
        otherwise="尚未經考核通過取得結訓證書或學分證明",
        citation="學員問答第10題",
    )
    absent = facts.absent_hours + facts.missed_before_joining
    if facts.missed_before_joining:
        why.note(
            f"遞補前未上課{plain(facts.missed_before_joining)}小時計入缺課",
            citation="學員問答第13題",
            comparison=f"{plain(facts.absent_hours)} + {plain(facts.missed_before_joining)} = {plain(absent)}",
        )
    how = law.at("sub.absence_comparator", on).value
    percent = why.figure("sub.absence_percent")
    limit = facts.total_hours * percent / 100
    why.judge(
        not beyond(absent, how, limit),
        f"缺課{plain(absent)}小時，未{WORD[how]}{plain(limit)}小時",
        otherwise=f"缺課{plain(absent)}小時，{WORD[how]}總時數{share(percent)}（{plain(limit)}小時）",
        comparison=f"{plain(absent)} {BELOW[how]} {plain(facts.total_hours)} × {percent}%",
        absent_hours=absent,
        total_hours=facts.total_hours,
    )
    why.judge(
        facts.surveyed, "已填寫參訓學員意見調查表", otherwise="尚未填寫參訓學員意見調查表", citation="學員問答第10題"
    )
    return why.outcome(absent=absent, limit=limit, hours_left=max(Decimal(0), limit - absent))


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """`filed_on`: the day the dossier reached the branch, when it has."""

    ends_on: date
    filed_on: date | None = None

    def __post_init__(self) -> None:
        if self.filed_on is not None and self.filed_on < self.ends_on:
            raise Impossible("結訓作業不可能在結訓日之前送件。")


@rule("SUB-13", facts=ClosingFacts)
def closing(facts: ClosingFacts, *, on: date, law: Law) -> Outcome:
    """學員問答第18題：訓練單位應於結訓後21日內辦理結訓作業並以班為單位核銷，補助費用約於結訓後二個月內撥款；資料不全者通知補件，不影響其他學員。

    The last day moves past a holiday (行政程序法 §48 IV); the expected payout is an estimate and does not.
    """
    why = Reasoning("SUB-13", on=on, law=law)
    days = why.figure("sub.closing_days", facts.ends_on)
    last = days_after(facts.ends_on, days)
    close_by = law.calendar.act_by(last)
    moved = "" if close_by == last else f"，遇假日順延至 {roc(close_by)}"
    comparison = f"{roc(facts.ends_on)} + {days} 日 = {roc(last)}"
    acted_on = facts.filed_on or on
    why.judge(
        acted_on <= close_by,
        f"結訓作業期限為 {roc(last)}{moved}",
        otherwise=f"已逾結訓作業期限（{roc(last)}{moved}）",
        comparison=comparison,
        ends_on=facts.ends_on,
        filed_on=facts.filed_on,
    )
    months = why.figure("sub.payout_months", facts.ends_on)
    expected = months_after(facts.ends_on, months)
    why.note(f"預計於 {roc(expected)} 前撥款", comparison=f"{roc(facts.ends_on)} + {months} 個月")
    return why.outcome(close_by=close_by, payout_expected_by=expected)


@dataclass(frozen=True, slots=True)
class PayeeFacts:
    """`advance_percent`: what share of the fee the unit takes beforehand. `passed_on`: proof that it was passed on."""

    plan: Plan
    advance_percent: int
    passed_on: bool | None = None


@rule("SUB-14", facts=PayeeFacts)
def payee(facts: PayeeFacts, *, on: date, law: Law) -> Outcome:
    """學員問答第22題：產業人才投資計畫學員先繳全額，補助費撥付學員；提升勞工自主學習計畫得先收全額（撥付學員）或50%（撥付訓練單位再轉撥學員）。"""
    why = Reasoning("SUB-14", on=on, law=law)
    allowed = why.figure("sub.advance_percents")[facts.plan.value]
    spelled = "或".join(f"{p}%" for p in allowed)
    why.judge(
        facts.advance_percent in allowed,
        f"{PLAN_LABELS[facts.plan]}先收取訓練費用{facts.advance_percent}%",
        otherwise=f"{PLAN_LABELS[facts.plan]}僅得先收取訓練費用{spelled}",
        comparison=f"{facts.advance_percent}%；得為{spelled}",
    )
    paid_to: Literal["trainee", "unit"] = "trainee" if facts.advance_percent == 100 else "unit"
    if paid_to == "unit":
        why.note("補助費撥付訓練單位，由訓練單位轉撥學員")
        if facts.passed_on is not None:
            why.judge(facts.passed_on, "已附轉撥學員之證明", otherwise="尚未附轉撥學員之證明")
    else:
        why.note("補助費逕行撥付學員帳戶")
    return why.outcome(paid_to=paid_to, proof_needed=paid_to == "unit")

"""十一、十四: inspection, orders to improve, losing accreditation (OHS-15, OHS-18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kernel import dates
from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """限期改善. The term is the authority's to set; the report has to be written and in within it."""

    ordered_on: date
    answer_by: date
    answered_on: date | None = None
    in_writing: bool = True
    improved: bool | None = None

    def __post_init__(self) -> None:
        if self.answer_by < self.ordered_on:
            raise Impossible("改善期限不得早於通知日。")
        if self.answered_on is not None and self.answered_on < self.ordered_on:
            raise Impossible("改善報告日不得早於通知日。")


@rule("OHS-15", facts=OrderFacts)
def improvement(facts: OrderFacts, *, on: date, law: Law) -> Outcome:
    """要點十一：主管機關得查核或抽查並索取資料；違反規定者通知限期改善，認可訓練機構應於限期內提出改善之書面報告。"""
    why = Reasoning("OHS-15", on=on, law=law)
    answer_by = law.calendar.act_by(facts.answer_by)
    done_on = facts.answered_on or on
    in_time = why.judge(
        done_on <= answer_by,
        f"改善期限 {dates.roc(answer_by)}",
        otherwise=f"已逾改善期限 {dates.roc(answer_by)}",
        comparison=f"{dates.roc(done_on)} ≤ {dates.roc(answer_by)}",
    )
    if facts.answered_on is not None:
        why.judge(facts.in_writing, "已提出書面報告", otherwise="改善報告應以書面提出", citation="要點十一第4項")
    if facts.improved is not None:
        why.judge(facts.improved, "已改善", otherwise="屆期未改善，得撤銷或廢止認可", citation="要點十四第1項第1款")
    # 十四第1款 「屆期未改善」: the term gone by without improvement. A report that never came breaks 十一第4項; it is this ground
    # only as long as nobody has seen that things are better.
    reported = facts.answered_on is not None
    ground = on > answer_by and (facts.improved is False or (facts.improved is None and not reported))
    return why.outcome(answer_by=answer_by, overdue=not reported and not in_time, ground=ground)


@dataclass(frozen=True, slots=True)
class RevocationFacts:
    """`happened_on`: the day of the conduct, which decides which grounds exist. `applied_on`: a new application, if any."""

    grounds: tuple[str, ...]
    decision: Literal["revoked", "withdrawn"]
    decided_on: date
    happened_on: date
    applied_on: date | None = None

    def __post_init__(self) -> None:
        if self.happened_on > self.decided_on:
            raise Impossible("違規日不得晚於處分日。")


@rule("OHS-18", facts=RevocationFacts)
def revocation(facts: RevocationFacts, *, on: date, law: Law) -> Outcome:
    """要點十四：有十一款情形之一者，得撤銷或廢止認可；自撤銷或廢止之日起二年內，不得再申請認可。

    The bar is a disadvantage, so its first day counts whole and its last does not move (行政程序法 §48 V): two years from
    2026-03-10 end on 2028-03-09 and one may apply again on the 10th.
    """
    why = Reasoning("OHS-18", on=on, law=law)
    every = {code for value in law["ohs.revocation_grounds"].values for code in value.value}
    if unknown := set(facts.grounds) - every:
        raise Impossible(f"沒有這一款撤銷或廢止事由：{'、'.join(sorted(unknown))}。")
    why.judge(bool(facts.grounds), "已載明事由", otherwise="應載明撤銷或廢止之事由")
    for code in facts.grounds:
        grounds = why.figure("ohs.revocation_grounds", facts.happened_on)
        number = list(grounds).index(code) + 1 if code in grounds else 0
        why.judge(
            code in grounds,
            f"第{number}款：{grounds.get(code, '').rstrip('。')}",
            otherwise="行為時之要點尚無此款事由，不得據以撤銷或廢止",
            ground=code,
        )
    years = why.figure("ohs.bar_years", facts.decided_on)
    barred_until = dates.validity_end(facts.decided_on, years=years)
    why.note(f"至 {dates.roc(barred_until)} 止不得再申請認可", comparison=f"{dates.roc(facts.decided_on)} + {years} 年")
    asked_on = facts.applied_on or on
    return why.outcome(
        barred_until=barred_until,
        may_apply_from=barred_until + dates.ONE_DAY,
        barred=facts.decided_on <= asked_on <= barred_until,
    )

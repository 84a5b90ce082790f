"""八、測驗及補考 (OHS-10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel import dates
from kernel.facts import Impossible, happened
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule
from kernel.saying import plain

FULL_MARK = 100


@dataclass(frozen=True, slots=True)
class Sitting:
    """`by_authority`: questions, supervision and marking by the county's labour and health authorities."""

    sat_on: date
    mark: Decimal
    by_authority: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.mark <= FULL_MARK:
            raise Impossible("測驗成績應在 0 至 100 分之間。")


@dataclass(frozen=True, slots=True)
class ExamFacts:
    """`ended_on`: 結訓日. Sittings in the order they were held, the second being the resit 補考."""

    ended_on: date
    sittings: tuple[Sitting, ...] = ()

    def __post_init__(self) -> None:
        days = [s.sat_on for s in self.sittings]
        if days != sorted(set(days)):
            raise Impossible("測驗與補考應依日期先後，且不在同一日。")


def _fault(sitting: Sitting, ended_on: date) -> str:
    """Why a sitting does not count, or nothing (要點八第1項、第2項)."""
    if sitting.sat_on < ended_on:
        return f"測驗應於專業訓練完成（{dates.roc(ended_on)}）後辦理"
    return "" if sitting.by_authority else "題目、監試及閱卷應由勞工主管機關會同衛生主管機關辦理"


@rule("OHS-10", facts=ExamFacts)
def exam(facts: ExamFacts, *, on: date, law: Law) -> Outcome:
    """要點八：專業訓練完成後應予測驗，由勞工主管機關會同衛生主管機關辦理；不及格者應於結訓日起一年內完成補考，以一次為限。

    `met`: passed. A sitting before the training ended, or not held by the authorities, is void: it neither passes nor uses up
    the resit. A sitting after one that was passed, or beyond the one resit, is refused as impossible.
    """
    why = Reasoning("OHS-10", on=on, law=law)
    resits = why.figure("ohs.resits", facts.ended_on)
    months = why.figure("ohs.resit_months", facts.ended_on)
    resit_by = law.calendar.act_by(dates.months_after(facts.ended_on, months))
    why.note(
        f"補考期限 {dates.roc(resit_by)}",
        comparison=f"{dates.roc(facts.ended_on)} + {months} 個月",
        ended_on=facts.ended_on,
    )
    passed, number, void = False, 0, []
    for sitting in facts.sittings:
        happened("測驗日", sitting.sat_on, on=on)
        if passed:
            raise Impossible("測驗已及格，無須補考。")
        name = "補考" if number else "測驗"
        if fault := _fault(sitting, facts.ended_on):
            void.append(f"{dates.roc(sitting.sat_on)} {name}不計：{fault}")
            continue
        if number > resits:
            raise Impossible(f"補考以 {resits} 次為限。")
        in_time = number == 0 or sitting.sat_on <= resit_by
        if number and not in_time:
            why.judge(False, f"補考日 {dates.roc(sitting.sat_on)} 已逾期限 {dates.roc(resit_by)}", late=True)
        mark = why.figure("ohs.pass_mark", facts.ended_on)
        passed = sitting.mark >= mark and in_time
        text = f"{name} {plain(sitting.mark)} 分"
        # A first failure is told, not held against one who passes the resit.
        word, sign = ("及格", "≥") if sitting.mark >= mark else ("不及格", "<")
        why.note(f"{text}，{word}", comparison=f"{plain(sitting.mark)} {sign} {mark}")
        number += 1
    for text in void:
        if passed:
            why.note(text, citation="要點八")
        else:
            why.judge(False, text, citation="要點八")
    why.judge(passed, "測驗合格", otherwise="測驗不及格" if number else "尚未測驗", citation="要點八、九第1款")
    left = 0 < number <= resits and not passed
    return why.outcome(passed=passed, resit_by=resit_by, may_resit=left and on <= resit_by)

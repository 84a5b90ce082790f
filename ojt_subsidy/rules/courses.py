"""辦訓: who may run courses, how long, where, and how many seats (辦訓單位問答第1–6題)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel.comparing import folded, same_place
from kernel.dates import roc, validity_end
from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule
from kernel.saying import share
from ojt_subsidy.params import PLAN_LABELS, UNIT_KIND_LABELS, Plan, UnitKind


@dataclass(frozen=True, slots=True)
class FilingFacts:
    """`qualified`: the unit stands by OA-03 to OA-06 at the closing day of the intake (checked with its account).

    The intake's two days both count. `place_county`: where the training is held; `branch`: where the plan is filed.
    """

    plan: Plan
    kind: UnitKind
    qualified: bool
    place_county: str
    branch: str
    intake_from: date
    intake_until: date
    filed_on: date

    def __post_init__(self) -> None:
        if self.intake_until < self.intake_from:
            raise Impossible("受理截止日不可能早於開始日。")


@rule("SUB-18", facts=FilingFacts)
def filing(facts: FilingFacts, *, on: date, law: Law) -> Outcome:
    """辦訓單位問答第1題、第2題、第3題：符合資格之單位得於公告受理期間向辦訓地轄區分署申請，每年原則受理二次；公司及補習班不得申請。"""
    why = Reasoning("SUB-18", on=on, law=law)
    kinds = why.figure("sub.unit_kinds", facts.intake_until)[facts.plan.value]
    label = UNIT_KIND_LABELS[facts.kind]
    why.judge(
        facts.kind.value in kinds,
        f"{label}得辦理{PLAN_LABELS[facts.plan]}",
        otherwise=f"{label}不得辦理{PLAN_LABELS[facts.plan]}",
        kind=facts.kind,
    )
    why.judge(
        facts.qualified,
        "符合申請單位資格（TTQS、立案年資、辦訓等級、勞保費）",
        otherwise="不符合申請單位資格（TTQS、立案年資、辦訓等級、勞保費）",
        citation="辦訓單位問答第2題",
    )
    why.judge(
        facts.intake_from <= facts.filed_on <= facts.intake_until,
        f"於受理期間（{roc(facts.intake_from)} 至 {roc(facts.intake_until)}）申請",
        otherwise=f"不在受理期間（{roc(facts.intake_from)} 至 {roc(facts.intake_until)}）內",
        citation="辦訓單位問答第3題",
        filed_on=facts.filed_on,
    )
    in_charge = branch_of(facts.place_county, law, facts.intake_until)
    why.figure("sub.branch_counties", facts.intake_until)
    why.judge(
        in_charge is not None and in_charge == facts.branch,
        f"辦訓地{facts.place_county}由{in_charge}受理",
        otherwise=f"辦訓地{facts.place_county}應向{in_charge or '（查無轄區分署）'}申請",
        branch=facts.branch,
    )
    return why.outcome(branch=in_charge)


def branch_of(county: str, law: Law, on: date) -> str | None:
    """The branch 分署 in charge of a county; 台 is read as 臺. None for what is no county."""
    name = folded(county)
    branches: dict[str, list[str]] = law.at("sub.branch_counties", on).value
    return next((branch for branch, counties in branches.items() if name in counties), None)


@dataclass(frozen=True, slots=True)
class CourseDaysFacts:
    """First and last day of class, both held."""

    starts_on: date
    ends_on: date

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise Impossible("結訓日不可能早於開訓日。")


@rule("SUB-19", facts=CourseDaysFacts)
def course_days(facts: CourseDaysFacts, *, on: date, law: Law) -> Outcome:
    """辦訓單位問答第4題：訓練課程可跨年度開課，但開課期間不得超過四個月。

    The first day counts: 3/1 → 6/30. Where the last month has no corresponding day, its last day (10/31 → 2/28).
    """
    why = Reasoning("SUB-19", on=on, law=law)
    months = why.figure("sub.course_months", facts.starts_on)
    last_day = validity_end(facts.starts_on, months=months)
    why.judge(
        facts.ends_on <= last_day,
        f"開課期間未超過{months}個月（最晚 {roc(last_day)}）",
        otherwise=f"開課期間超過{months}個月，最晚應於 {roc(last_day)} 結訓",
        comparison=f"{roc(facts.ends_on)} ≤ {roc(last_day)}",
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
    )
    return why.outcome(last_day=last_day, crosses_year=facts.starts_on.year != facts.ends_on.year)


@dataclass(frozen=True, slots=True)
class LicenceFacts:
    """What 設立證書 of a vocational training institution says, against the course. Other kinds of unit have none."""

    kind: UnitKind
    place: str
    occupation: str
    licensed_place: str = ""
    licensed_occupations: tuple[str, ...] = ()


@rule("SUB-20", facts=LicenceFacts)
def licence(facts: LicenceFacts, *, on: date, law: Law) -> Outcome:
    """辦訓單位問答第5題：職業訓練機構之辦訓地點及職類，限於設立證書所載之所在地點及職類。"""
    why = Reasoning("SUB-20", on=on, law=law)
    if facts.kind is not UnitKind.TRAINING_INSTITUTION:
        why.judge(True, f"{UNIT_KIND_LABELS[facts.kind]}不受設立證書地點及職類之限制", kind=facts.kind)
        return why.outcome()
    why.judge(
        bool(facts.licensed_place) and same_place(facts.place, facts.licensed_place),
        "辦訓地點與設立證書相符",
        otherwise=f"辦訓地點「{facts.place}」與設立證書所載「{facts.licensed_place or '（未登錄）'}」不符",
    )
    why.judge(
        folded(facts.occupation) in map(folded, facts.licensed_occupations),
        "辦訓職類在設立證書所載職類之內",
        otherwise=f"辦訓職類「{facts.occupation}」不在設立證書所載職類之內",
        licensed=facts.licensed_occupations,
    )
    return why.outcome()


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """Numbers of persons of one class. `largest_employer`: employees of the employer with most of them."""

    approved: int
    subsidised: int
    others: int
    largest_employer: int
    credit_class: bool = False

    def __post_init__(self) -> None:
        if min(self.approved, self.subsidised, self.others, self.largest_employer) < 0:
            raise Impossible("人數不得為負數。")
        if self.largest_employer > self.subsidised + self.others:
            raise Impossible("同一單位員工人數不可能多於全班人數。")


@rule("SUB-21", facts=SeatFacts)
def seats(facts: SeatFacts, *, on: date, law: Law) -> Outcome:
    """辦訓單位問答第6題：補助人數以核定人數為上限，另招之非補助人數不得超過核定人數20%，同一單位員工不得超過核定人數二分之一。

    The head count of a credit class 學分班 follows the education ministry; only its subsidised seats are limited here.
    """
    why = Reasoning("SUB-21", on=on, law=law)
    why.judge(
        facts.subsidised <= facts.approved,
        f"補助人數{facts.subsidised}人，未超過核定{facts.approved}人",
        otherwise=f"補助人數{facts.subsidised}人，超過核定{facts.approved}人",
        comparison=f"{facts.subsidised} ≤ {facts.approved}",
    )
    percent = why.figure("sub.others_percent")
    others_limit = facts.approved * percent // 100
    if facts.credit_class:
        why.note("學分班實際上課人數依教育部規定辦理", others=facts.others)
    else:
        why.judge(
            facts.others <= others_limit,
            f"另招{facts.others}人，未超過{others_limit}人",
            otherwise=f"另招{facts.others}人，超過核定人數{percent}%（{others_limit}人）",
            comparison=f"{facts.others} ≤ {facts.approved} × {percent}% = {others_limit}",
        )
    percent = why.figure("sub.employer_percent")
    employer_limit = facts.approved * percent // 100
    why.judge(
        facts.largest_employer <= employer_limit,
        f"同一單位員工{facts.largest_employer}人，未超過{employer_limit}人",
        otherwise=f"同一單位員工{facts.largest_employer}人，超過核定人數{share(percent)}（{employer_limit}人）",
        comparison=f"{facts.largest_employer} ≤ {facts.approved} × {percent}% = {employer_limit}",
    )
    return why.outcome(others_limit=others_limit, employer_limit=employer_limit)

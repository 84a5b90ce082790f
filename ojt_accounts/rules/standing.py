"""Whether the unit may apply: TTQS, founding, grade, premiums 申請資格."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kernel.dates import add_months, days_before, overlap, roc
from kernel.facts import FactsError, Impossible, happened
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import promise, rule
from ojt_accounts.params import EDITIONS, GRADES, PLANS, UNIT_KINDS

Plan = Literal["industry_talent", "self_learning", "recharge", "regional_base"]
UnitKind = Literal[
    "university",
    "training_institution",
    "industrial_body",
    "commercial_body",
    "farmers_body",
    "fishermens_body",
    "research_institution",
    "foundation",
    "public_interest_association",
    "union",
    "company",
    "cram_school",
]


@dataclass(frozen=True, slots=True)
class TtqsFacts:
    """The latest TTQS result, and the closing date 受理申請截止日 of the intake."""

    plan: Plan
    edition: Literal["training_institution", "external_training"]
    grade: Literal["gold", "silver", "bronze", "pass", "qualified", "fail"]
    valid_from: date
    valid_until: date
    closing_on: date

    def __post_init__(self) -> None:
        if self.valid_until < self.valid_from:
            raise Impossible("TTQS 證書的有效期限早於生效日。")


def accepted_words(accepted: Sequence[Sequence[str]]) -> str:
    """訓練機構版（金牌、銀牌…）、外訓版（…）: the pairs of the figure, edition by edition."""
    by_edition: dict[str, list[str]] = {}
    for edition, grade in accepted:
        by_edition.setdefault(edition, []).append(GRADES[grade])
    return "、".join(f"{EDITIONS[edition]}（{'、'.join(grades)}）" for edition, grades in by_edition.items())


def ttqs_edition(plan: str, edition: str, grade: str, *, on: date, law: Law) -> Outcome:
    """Edition and grade alone, asked as soon as they are written; part of OA-03."""
    why = Reasoning("OA-03", on=on, law=law)
    accepted = why.figure(f"oa.ttqs_accepted.{plan}")
    named = f"TTQS {EDITIONS[edition]}「{GRADES[grade]}」"
    why.judge(
        [edition, grade] in accepted,
        f"{named}符合{PLANS[plan]}所定版本與等級",
        otherwise=f"{named}不符合{PLANS[plan]}所定版本與等級，該計畫接受{accepted_words(accepted)}",
        edition=edition,
        grade=grade,
    )
    return why.outcome()


@rule("OA-03", facts=TtqsFacts)
def ttqs(facts: TtqsFacts, *, on: date, law: Law) -> Outcome:
    """申請須知第1頁三、辦訓單位問答二：截止日（含）前120日內至少一日持有計畫所定版本通過或合格以上之 TTQS 有效證書。"""
    why = Reasoning("OA-03", on=facts.closing_on, law=law)
    why.include(ttqs_edition(facts.plan, facts.edition, facts.grade, on=facts.closing_on, law=law))
    days = why.figure("oa.ttqs_window_days")
    opens = days_before(facts.closing_on, days - 1)
    window, span = f"{roc(opens)} 至 {roc(facts.closing_on)}", f"{roc(facts.valid_from)} 至 {roc(facts.valid_until)}"
    why.judge(
        overlap(facts.valid_from, facts.valid_until, opens, facts.closing_on),
        f"證書有效期間 {span} 與所定期間 {window} 至少有一日重疊",
        otherwise=f"證書有效期間 {span} 與所定期間 {window} 均無重疊",
        window_from=opens,
        window_until=facts.closing_on,
    )
    return why.outcome(window_from=opens)


@dataclass(frozen=True, slots=True)
class KindFacts:
    """`founded_on` is not asked of a university approved by the Ministry of Education."""

    plan: Plan
    kind: UnitKind
    closing_on: date
    founded_on: date | None = None


@rule("OA-04", facts=KindFacts)
def unit_kind(facts: KindFacts, *, on: date, law: Law) -> Outcome:
    """申請須知第1頁四、辦訓單位問答一：限教育部核准設立之大專校院，或截止日前依法立案滿二年之所列機構、團體；自主學習計畫限各級工會。

    Companies and cram schools are in no list. The two years end on the corresponding day: founded 111/06/30, closing
    113/06/30 is enough.
    """
    why = Reasoning("OA-04", on=facts.closing_on, law=law)
    kinds = why.figure(f"oa.kinds.{facts.plan}")
    admitted = why.judge(
        facts.kind in kinds,
        f"{UNIT_KINDS[facts.kind]}得申請{PLANS[facts.plan]}",
        otherwise=f"{UNIT_KINDS[facts.kind]}不得申請{PLANS[facts.plan]}",
        kind=facts.kind,
    )
    if admitted and facts.kind not in law.at("oa.kinds_any_age", facts.closing_on).value:
        if facts.founded_on is None:
            raise FactsError("missing fact: founded_on")
        years = why.figure("oa.founded_years")
        complete_on = add_months(facts.founded_on, years * 12)
        why.judge(
            complete_on <= facts.closing_on,
            f"立案日 {roc(facts.founded_on)}，至截止日 {roc(facts.closing_on)} 已滿 {years} 年",
            otherwise=f"立案日 {roc(facts.founded_on)}，至 {roc(complete_on)} 始滿 {years} 年，晚於截止日 {roc(facts.closing_on)}",
            comparison=f"{roc(complete_on)} ≤ {roc(facts.closing_on)}",
            founded_on=facts.founded_on,
        )
    return why.outcome()


@dataclass(frozen=True, slots=True)
class GradeFacts:
    """Latest training grade 辦訓等級; None when the unit never ran the plan. `waiting`: nobody has looked it up yet."""

    latest_grade: Literal["A", "B", "C", "D"] | None = None
    waiting: bool = False


@rule("OA-05", facts=GradeFacts)
def training_grade(facts: GradeFacts, *, on: date, law: Law) -> Outcome:
    """申請須知第1頁※一、辦訓單位問答二：最近一次辦理產業人才投資方案經審查計分表核列辦訓等級為 D 級者，不得申請。"""
    why = Reasoning("OA-05", on=on, law=law)
    if facts.waiting:
        why.note("待查核最近一次辦訓等級")
        return why.outcome(judged=False, met=None)
    bars = why.figure("oa.barring_grade")
    if facts.latest_grade is None:
        why.judge(True, "未曾核列辦訓等級")
    else:
        named = f"最近一次辦訓等級為 {facts.latest_grade} 級"
        why.judge(
            facts.latest_grade != bars,
            named,
            otherwise=f"{named}，不得申請",
            comparison=f"{facts.latest_grade} ≠ {bars}",
        )
    return why.outcome()


@dataclass(frozen=True, slots=True)
class PremiumFacts:
    """The officer's check of labour-insurance premiums 勞保費; only unions are asked. `waiting` as for the grade."""

    kind: UnitKind
    owes: bool | None = None
    checked_on: date | None = None
    waiting: bool = False


@rule("OA-06", facts=PremiumFacts)
def premiums(facts: PremiumFacts, *, on: date, law: Law) -> Outcome:
    """申請須知第1頁※二：各級工會團體有積欠勞保費用者，不得申請；由承辦人查核並登錄查核日期。"""
    why = Reasoning("OA-06", on=on, law=law)
    happened("勞保費查核日", facts.checked_on, on=on)
    if facts.kind != "union":
        why.judge(True, "非工會團體，免查勞保費")
    elif facts.waiting:
        why.note("待查核有無積欠勞保費")
        return why.outcome(judged=False, met=None)
    elif facts.owes is None or facts.checked_on is None:
        why.judge(False, "承辦人尚未登錄勞保費查核結果")
    else:
        seen = f"{roc(facts.checked_on)} 查核"
        why.judge(not facts.owes, f"{seen}無積欠勞保費", otherwise=f"{seen}積欠勞保費，不得申請", owes=facts.owes)
    return why.outcome()


promise(
    __name__,
    "OA-17",
    "辦訓單位問答各分署轄區表：由訓練地所在縣市之分署受理；同一單位得向數分署申請，各依其表單及帳號上限辦理。",
    screens=("ojt_accounts:start", "admin:ojt_registers"),
)
promise(
    __name__,
    "OA-19",
    "申請須知第3頁填表說明2：機構別代碼為 A 至 Q（無 J）。",
    screens=("ojt_accounts:unit", "paper:ojt.unit_form"),
)
promise(
    __name__,
    "OA-18",
    "申請須知第3頁填表說明1、第4頁：註記「*」之欄位為必填。",
    screens=("ojt_accounts:unit", "ojt_accounts:account_new"),
)

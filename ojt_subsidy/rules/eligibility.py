"""補助對象: age and insurance on the first day of class (學員問答第4–7, 10, 11題)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from kernel.dates import roc, years_since
from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import promise, rule
from ojt_subsidy.params import INSURANCE_LABELS, MARK_LABELS, Insurance, Mark


@dataclass(frozen=True, slots=True)
class InsuranceRecord:
    """One row of an insurance statement 投保明細. Both days are insured: cover lasts until the day of leaving is over."""

    kind: Insurance
    from_on: date = field(metadata={"name": "from"})
    to_on: date | None = field(default=None, metadata={"name": "to"})
    mark: Mark | None = None

    def __post_init__(self) -> None:
        if self.to_on is not None and self.to_on < self.from_on:
            raise Impossible("退保日不可能早於加保日。")

    def covers(self, day: date) -> bool:
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True, slots=True)
class EligibilityFacts:
    """`starts_on`: 開訓日, the only day that counts, whatever happens before or after. `matched_born_on`: the birth date the records
    were found by, where it is told apart from the one on file."""

    born_on: date
    starts_on: date
    insurance: tuple[InsuranceRecord, ...]
    matched_born_on: date | None = None

    def __post_init__(self) -> None:
        if self.born_on > self.starts_on:
            raise Impossible("出生日期不可能晚於開訓日。")


@rule("SUB-05", facts=EligibilityFacts)
def eligibility(facts: EligibilityFacts, *, on: date, law: Law) -> Outcome:
    """學員問答第4題、第5題、第7題、第10題、第11題：年滿15歲，且開訓當日具就業保險、勞工保險或農民健康保險被保險人身分之在職勞工，始得補助；
    投保紀錄註記「訓」、「裁」或職業傷害後自費加保者不符合。

    One good record is enough. A record marked 裁 or paid alone after an injury does not count, and neither does it spoil
    another one: somebody laid off who found new work and is insured there is employed. 訓 speaks of the person: who is in
    pre-job training that day is none of those in work, whatever union insures them besides (學員問答第5題).
    """
    why = Reasoning("SUB-05", on=on, law=law)
    day = facts.starts_on
    age, needed = years_since(facts.born_on, day), why.figure("sub.min_age", day)
    why.judge(
        age >= needed,
        f"開訓日年滿{age}歲",
        otherwise=f"開訓日未滿{needed}歲",
        comparison=f"{age} ≥ {needed}",
        born_on=facts.born_on,
        starts_on=day,
    )
    if facts.matched_born_on not in (None, facts.born_on):
        why.judge(
            False,
            "投保紀錄係以更正前之出生日期勾稽，請重新勾稽",
            citation="學員問答第5題、第6題",
            matched_born_on=facts.matched_born_on,
        )
    marks = law.at("sub.excluded_marks", day).value
    kinds = why.figure("sub.insurance_kinds", day)
    on_the_day = [r for r in facts.insurance if r.covers(day)]
    good = [r for r in on_the_day if r.kind.value in kinds and (r.mark is None or r.mark.value not in marks)]
    in_training = Mark.TRAINEE.value in marks and any(r.mark is Mark.TRAINEE for r in on_the_day)
    if good and in_training:
        why.judge(
            False,
            f"開訓當日（{roc(day)}）另有註記「訓」字之投保紀錄，參加職前訓練期間不符合補助資格",
            citation="學員問答第5題",
        )
    why.judge(
        bool(good),
        f"開訓當日（{roc(day)}）為{'、'.join(dict.fromkeys(INSURANCE_LABELS[r.kind] for r in good))}被保險人",
        otherwise=_why_not(on_the_day, kinds, day),
        records=facts.insurance,
    )
    return why.outcome(age=age)


def _why_not(on_the_day: list[InsuranceRecord], kinds: list[str], day: date) -> str:
    if not on_the_day:
        return f"開訓當日（{roc(day)}）無投保紀錄"
    reasons = [
        f"{INSURANCE_LABELS[r.kind]}{MARK_LABELS[r.mark]}"
        if r.mark and r.kind.value in kinds
        else f"{INSURANCE_LABELS[r.kind]}非屬就業保險、勞工保險或農民健康保險"
        for r in on_the_day
    ]
    return f"開訓當日（{roc(day)}）不符合補助資格：{'、'.join(dict.fromkeys(reasons))}"


promise(
    __name__,
    "SUB-06",
    "學員問答第5題、第6題：開訓當日投保身分由系統與勞保局勾稽，並由訓練單位確認；無法勾稽者，學員檢附開訓當日投保明細表。",
    screens=("admin:subsidy_insurance", "ojt_subsidy:insurance_upload"),
)

"""伍、繼續教育時數認定－個人申請 (VRS-09)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel import dates
from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule


@dataclass(frozen=True, slots=True)
class OwnEducationFacts:
    """A person's own application. `kind`: 實施方式. The evidence and the signed pledge may still be missing."""

    kind: str
    ended_on: date
    applied_on: date
    evidence: bool = True
    pledge: bool = True


@rule("VRS-09", facts=OwnEducationFacts)
def own_education(facts: OwnEducationFacts, *, on: date, law: Law) -> Outcome:
    """說明書伍、一：個人參加之繼續教育，應於課程結束後 6 個月內完成線上申請，並上傳佐證資料及親簽之切結書。"""
    why = Reasoning("VRS-09", on=on, law=law)
    kinds = why.figure("vrs.own_course_kinds", facts.ended_on)
    if facts.kind not in kinds:
        raise Impossible("沒有這一種實施方式，請重新選擇。")
    why.note(f"實施方式：{kinds[facts.kind]}")
    why.judge(facts.applied_on >= facts.ended_on, "課程已結束", otherwise="課程尚未結束，請於結束後提出申請")
    months = why.figure("vrs.own_course_months", facts.ended_on)
    counted_to = dates.months_after(facts.ended_on, months)
    file_by = law.calendar.act_by(counted_to)
    why.judge(
        facts.applied_on <= file_by,
        f"於期限 {dates.roc(file_by)} 前提出",
        otherwise=f"已逾申請期限 {dates.roc(file_by)}",
        comparison=f"{dates.roc(facts.applied_on)} ≤ {dates.roc(file_by)}",
        ended_on=facts.ended_on,
    )
    why.judge(facts.evidence, "已上傳佐證資料", otherwise="請上傳佐證資料", citation="說明書伍、一、3")
    why.judge(facts.pledge, "已上傳親簽之切結書", otherwise="請上傳親簽之切結書", citation="說明書伍、一、4")
    return why.outcome(file_by=file_by, counted_to=counted_to)

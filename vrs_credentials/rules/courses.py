"""肆、繼續教育時數認定－機構申請: course filing, lecturers, supplements (VRS-05, VRS-06, VRS-07)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from kernel import dates
from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule


@dataclass(frozen=True, slots=True)
class FieldSet:
    """課程類別、核心能力、課程領域 with its hours."""

    category: str
    competence: str
    area: str
    hours: Decimal


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """A course as filed 送審. `papers`: course_summary, flyer, sign_in_sheet, handout, lecturer_profile."""

    mode: Literal["onsite", "video", "both"]
    starts_on: date
    ends_on: date
    filed_on: date
    sets: tuple[FieldSet, ...]
    audience: tuple[str, ...]
    lecturers: int
    papers: tuple[str, ...] = ()
    mode_reason: str = ""
    #: Every lecturer already passed for the same competence and area.
    lecturers_known: bool = True

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise Impossible("開課期間迄日不得早於起日。")
        if any(s.hours <= 0 for s in self.sets):
            raise Impossible("課程時數應大於 0。")


PAPERS = {
    "course_summary": "課程摘要表",
    "flyer": "課程簡章",
    "sign_in_sheet": "簽到表影本",
    "handout": "講義",
    "lecturer_profile": "講師簡歷及佐證文件",
}


@rule("VRS-05", facts=CourseFacts)
def course_filing(facts: CourseFacts, *, on: date, law: Law) -> Outcome:
    """說明書肆、一：課前申請建議於一個月前、課後申請建議於一個月內提出，並檢附課程摘要表；課後申請另附簡章、簽到表及講義。

    Filed on or before the last day is 課前, later is 課後. The months are advice (建議): they warn, they never refuse.
    """
    why = Reasoning("VRS-05", on=on, law=law)
    # 課程辦理完畢 is the line between the two: a course under way has no complete sign-in sheet yet.
    timing = "before" if facts.filed_on <= facts.ends_on else "after"
    if timing == "before":
        months = why.figure("vrs.course_advance_months")
        advised_by = dates.add_months(facts.starts_on, -months)
    else:
        months = why.figure("vrs.course_after_months")
        advised_by = dates.months_after(facts.ends_on, months)
    advised = facts.filed_on <= advised_by
    why.note(
        ("已" if advised else "未") + f"於建議日 {dates.roc(advised_by)} 前提出（建議事項，不影響受理）",
        comparison=f"{dates.roc(facts.filed_on)} ≤ {dates.roc(advised_by)}",
    )
    most = why.figure("vrs.course_field_sets")
    why.judge(
        1 <= len(facts.sets) <= most,
        f"課程類別 {len(facts.sets)} 組",
        otherwise=f"課程類別、核心能力、課程領域應填 1 至 {most} 組",
        comparison=f"1 ≤ {len(facts.sets)} ≤ {most}",
    )
    if facts.mode == "both":
        why.judge(
            bool(facts.mode_reason.strip()),
            "已說明實體、視訊皆採用之原因",
            otherwise="實體、視訊皆採用者，請輸入原因說明",
        )
    kinds = law.at("vrs.kinds", on).value
    groups = {k.partition("_")[0] if k.startswith("trainer") else k for k in kinds}
    why.judge(
        bool(facts.audience) and set(facts.audience) <= groups,
        "已勾選辦理對象",
        otherwise="請至少勾選一類辦理對象",
        audience=facts.audience,
    )
    why.judge(facts.lecturers >= 1, f"講師 {facts.lecturers} 位", otherwise="請至少填寫一位講師")
    needed = ["course_summary"]
    if timing == "after":
        needed += ["flyer", "sign_in_sheet", "handout"]
    if not facts.lecturers_known:
        needed.append("lecturer_profile")
    if unknown := set(facts.papers) - set(PAPERS):
        raise Impossible(f"沒有這一種文件：{'、'.join(sorted(unknown))}。")
    missing = [p for p in needed if p not in facts.papers]
    why.judge(not missing, "文件齊全", otherwise="尚缺文件：" + "、".join(PAPERS[p] for p in missing))
    return why.outcome(
        timing=timing,
        advised_by=advised_by,
        as_advised=advised,
        papers=needed,
        missing=missing,
        hours=sum((s.hours for s in facts.sets), Decimal(0)),
    )


def course_number(filed_on: date, sequence: int) -> str:
    """課程編號: eight digits of the day and six of the day's sequence (20221205000004)."""
    if not 1 <= sequence <= 999_999:
        raise ValueError(sequence)
    return f"{filed_on:%Y%m%d}{sequence:06d}"


@dataclass(frozen=True, slots=True)
class LecturerFacts:
    """`passed`: competence and area pairs (「核心能力／課程領域」) this lecturer was already approved for."""

    competence: str
    area: str
    passed: tuple[str, ...] = ()
    #: 附表7 條款 1–4 of a new lecturer.
    clause: str | None = None
    #: 條款1: number of the Ministry of Education's lecturer certificate, or a copy of it.
    certificate_number: str = ""
    certificate_copy: bool = False
    teachable_areas: str = ""
    expertise: str = ""

    @property
    def pair(self) -> str:
        return f"{self.competence}／{self.area}"


@rule("VRS-06", facts=LecturerFacts)
def lecturer(facts: LecturerFacts, *, on: date, law: Law) -> Outcome:
    """說明書肆、重要提醒3：講師已通過申請課程之核心能力與課程領域者，免附講師簡歷表；新講師應依附表7勾選條款並檢附佐證。"""
    why = Reasoning("VRS-06", on=on, law=law)
    known = facts.pair in facts.passed
    if known:
        why.judge(True, f"講師已通過「{facts.pair}」，免附講師簡歷表", citation="說明書肆、重要提醒3")
        return why.outcome(known=True, papers_needed=False)
    why.note(f"講師尚未通過「{facts.pair}」，須檢附學、經歷佐證資料", citation="說明書肆、一（課前申請(3)）")
    clauses = why.figure("vrs.lecturer_clauses")
    why.judge(
        facts.clause in clauses,
        f"符合附表7條款{facts.clause}",
        otherwise=f"請勾選附表7之條款（{'、'.join(clauses)}）",
        clause=facts.clause,
    )
    if facts.clause == clauses[0]:
        why.judge(
            bool(facts.certificate_number.strip()) or facts.certificate_copy,
            "已填列教育部審定講師級資格之證書字號或檢附證明影本",
            otherwise="條款1請填列教育部審定講師級資格之證書字號，或檢附證明影本",
            citation="說明書肆、二、4（附表7條款1）",
        )
        why.judge(
            bool(facts.teachable_areas.strip()),
            "已填寫可授課之課程領域",
            otherwise="條款1必填「專長領域及經歷」中之「可授課之課程領域」",
            citation="說明書肆、二、4（附表7條款1）",
        )
    elif facts.clause in clauses:
        why.judge(
            bool(facts.expertise.strip()),
            "已填寫專長領域及經歷",
            otherwise="條款2至4必填「專長領域及經歷」",
            citation="說明書肆、二、4（附表7條款2至4）",
        )
    return why.outcome(known=False, papers_needed=True)


@dataclass(frozen=True, slots=True)
class SupplementFacts:
    reminded_on: date
    supplied_on: date | None = None

    def __post_init__(self) -> None:
        if self.supplied_on and self.supplied_on < self.reminded_on:
            raise Impossible("補件日不得早於提醒日。")


@rule("VRS-07", facts=SupplementFacts)
def supplement_due(facts: SupplementFacts, *, on: date, law: Law) -> Outcome:
    """說明書肆、重要提醒1：經專案人員提醒需補充資料者，應於 2 日內完成補件。"""
    why = Reasoning("VRS-07", on=on, law=law)
    days = why.figure("vrs.course_supplement_days", facts.reminded_on)
    counted_to = dates.days_after(facts.reminded_on, days)
    due_on = law.calendar.act_by(counted_to)
    done_on = facts.supplied_on or on
    why.judge(
        done_on <= due_on,
        f"補件期限 {dates.roc(due_on)}",
        otherwise=f"已逾補件期限 {dates.roc(due_on)}",
        comparison=f"{dates.roc(done_on)} ≤ {dates.roc(due_on)}",
    )
    return why.outcome(due_on=due_on, counted_to=counted_to)

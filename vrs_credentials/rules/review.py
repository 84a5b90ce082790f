"""貳、案件審查階段: completeness, two reviewers, committee (VRS-03). The same path serves 肆 and 伍."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule


@dataclass(frozen=True, slots=True)
class Opinion:
    """審查意見. `supplement`: the reviewer asks for more papers."""

    reviewer: str
    verdict: Literal["pass", "doubt", "supplement"]


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """`reviewers`: those assigned; `opinions`: those given; `given`: how many were, while what they say is shut;
    `committee`: 複審會議 decision, when it has met.
    """

    complete: bool
    reviewers: tuple[str, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    committee: Literal["pass", "reject"] | None = None
    minutes: bool = False
    given: int | None = None

    def __post_init__(self) -> None:
        if len(set(self.reviewers)) != len(self.reviewers):
            raise Impossible("同一位審查委員不得重複指派。")
        writers = [o.reviewer for o in self.opinions]
        if len(set(writers)) != len(writers) or not set(writers) <= set(self.reviewers):
            raise Impossible("審查意見須由受指派之審查委員各提一份。")
        if self.given is not None and not len(self.opinions) <= self.given <= len(self.reviewers):
            raise Impossible("已提出之審查意見份數與受指派之審查委員不符。")


@rule("VRS-03", facts=ReviewFacts)
def next_step(facts: ReviewFacts, *, on: date, law: Law) -> Outcome:
    """說明書貳：文件無缺件始得進行審查；由 2 位審查委員審查，均通過即送核定，有疑義者召開複審會議。

    `next`: supplement, assign, review, committee, approve, reject. `met` is whether it may go to the ministry for approval; None
    while the reviewers have it: nothing is judged before both opinions are in.
    """
    why = Reasoning("VRS-03", on=on, law=law)
    needed = law.at("vrs.reviewers", on).value
    complete = why.judge(facts.complete, "送審資料無缺件", otherwise="送審資料有缺件，應逐項通知補件")
    step = "supplement"
    if complete:
        step = _after_completeness(facts, needed, why)
    answer = {"next": step, "reviewers": needed, "may_see_each_other": len(facts.opinions) >= needed}
    return why.outcome(judged=False, met=None, **answer) if step == "review" else why.outcome(**answer)


def _after_completeness(facts: ReviewFacts, needed: int, why: Reasoning) -> str:
    if len(facts.reviewers) > needed:
        raise Impossible(f"每案由 {needed} 位審查委員審查。")
    why.figure("vrs.reviewers")
    if not why.judge(
        len(facts.reviewers) == needed,
        f"已指派 {needed} 位審查委員",
        otherwise=f"應指派 {needed} 位審查委員，目前 {len(facts.reviewers)} 位",
        comparison=f"{len(facts.reviewers)} = {needed}",
    ):
        return "assign"
    if any(o.verdict == "supplement" for o in facts.opinions):
        why.judge(False, "審查委員要求補充資料")
        return "supplement"
    if len(facts.opinions) < needed:
        given = len(facts.opinions) if facts.given is None else facts.given
        why.note(f"審查中：應由 {needed} 位審查委員提出意見，已有 {given} 位提出")
        return "review"
    why.judge(True, f"{needed} 位審查委員均已提出意見", comparison=f"{len(facts.opinions)} = {needed}")
    # Two doubts and a disagreement both go to the committee: only the committee can turn an application down.
    if all(o.verdict == "pass" for o in facts.opinions):
        why.judge(True, "審查委員均審查通過，送勞動部勞動力發展署核定")
        return "approve"
    why.note("審查委員認有疑義或意見不一，屬疑義案件", citation="說明書貳、案件審查階段二")
    if not why.judge(
        facts.committee is not None and facts.minutes,
        "複審會議已作成決議並附會議紀錄",
        otherwise="應召開複審會議並作成會議紀錄",
        citation="說明書貳、案件審查階段二",
    ):
        return "committee"
    if why.judge(
        facts.committee == "pass",
        "複審會議決議通過",
        otherwise="複審會議決議不通過",
        citation="說明書貳、案件審查階段二",
    ):
        return "approve"
    return "reject"


@dataclass(frozen=True, slots=True)
class Assignment:
    """Whether a reviewer may be given a case: none of the applicant's own people (審查委員迴避)."""

    reviewer: str
    reviewer_organisations: tuple[str, ...]
    applicant: str
    applicant_organisations: tuple[str, ...]


def may_review(facts: Assignment) -> str:
    """The sentence why this reviewer must stay away; empty when nothing stands against it."""
    if facts.reviewer == facts.applicant:
        return "審查委員不得審查自己的申請案。"
    if set(facts.reviewer_organisations) & set(facts.applicant_organisations):
        return "審查委員與申請人同一機構單位，應予迴避。"
    return ""

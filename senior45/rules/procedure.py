"""帳號申請: who may hold an account, where a request goes, and until when it is answered (第2點, 第3點)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kernel.dates import roc
from kernel.facts import Impossible, happened
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import promise, rule
from senior45.params import OFFICE_LABELS, OfficeKind

_CLAUSES = {
    OfficeKind.HQ_LEAD: "第2點第1款",
    OfficeKind.HQ_OTHER: "第2點第1款",
    OfficeKind.BRANCH: "第2點第1款",
    OfficeKind.COUNTY: "第2點第2款",
}
_DUTIES = {"head": "主管", "officer": "業務承辦人員", "service_staff": "就業服務員", "other": "其他人員"}
_DAYS = {"working": "個工作天", "calendar": "天"}


@dataclass(frozen=True, slots=True)
class HolderFacts:
    """`business`: the work concerns 中高齡者及高齡者就業、職業訓練、創業或其他相關業務."""

    office: OfficeKind
    duty: Literal["head", "officer", "service_staff", "other"]
    business: bool


@rule("S45-01", facts=HolderFacts)
def holder(facts: HolderFacts, *, on: date, law: Law) -> Outcome:
    """第2點：帳號使用者為本署及所屬分署、縣市政府涉及中高齡者及高齡者業務之主管及承辦人員，與公立就業服務機構、銀髮人才資源中心及
    服務據點之主管及就業服務員。
    """
    why = Reasoning("S45-01", on=on, law=law)
    clause = _CLAUSES.get(facts.office, "第2點第3款")
    duties = why.figure("s45.holders")[facts.office.value]
    allowed = "及".join(_DUTIES[d] for d in duties)
    why.judge(
        facts.duty in duties,
        f"{OFFICE_LABELS[facts.office]}之{_DUTIES[facts.duty]}得申請帳號",
        otherwise=f"{OFFICE_LABELS[facts.office]}僅{allowed}得申請帳號",
        citation=clause,
        duty=facts.duty,
    )
    why.judge(
        facts.business, "業務涉及中高齡者及高齡者就業", otherwise="業務未涉及中高齡者及高齡者就業", citation=clause
    )
    return why.outcome()


@dataclass(frozen=True, slots=True)
class RoutingFacts:
    """`head_approved`: the head of the unit approved; `by_window`: filed by the designated contact window."""

    office: OfficeKind
    head_approved: bool
    by_window: bool = True


@rule("S45-02", facts=RoutingFacts)
def routing(facts: RoutingFacts, *, on: date, law: Law) -> Outcome:
    """第3點第1款、第2款：申請表經單位主管核定後，由指定聯繫窗口提出；本署及所屬分署向本署，其他機關向轄區分署提出申請。"""
    why = Reasoning("S45-02", on=on, law=law)
    why.judge(facts.head_approved, "單位主管已核定", otherwise="尚未經單位主管核定，不得提出")
    why.judge(facts.by_window, "由指定聯繫窗口提出", otherwise="應由指定聯繫窗口提出")
    opened_by = why.figure(f"s45.opened_by.{facts.office}")
    files_with = "hq" if opened_by == "hq_lead" else "branch"
    why.note(f"{OFFICE_LABELS[facts.office]}向{'本署' if files_with == 'hq' else '轄區分署'}提出", office=facts.office)
    return why.outcome(files_with=files_with)


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """`received_on`: 接獲申請表之日, which does not count."""

    received_on: date
    answered_on: date | None = None

    def __post_init__(self) -> None:
        if self.answered_on is not None and self.answered_on < self.received_on:
            raise Impossible("回覆日期不可能早於收件日期。")


@rule("S45-03", facts=AnswerFacts)
def answer(facts: AnswerFacts, *, on: date, law: Law) -> Outcome:
    """第3點第3款：本署及所屬分署於接獲申請表後五個工作天內，回覆帳號及設定密碼方式，並將帳號副知指定聯繫窗口。

    Overdue from the sixth working day. The password itself is never sent: a one-time link to set it is.
    """
    why = Reasoning("S45-03", on=on, law=law)
    days = why.figure("s45.answer_working_days", facts.received_on)
    kind = law.at("s45.answer_day_kind", facts.received_on).value
    answer_by = law.calendar.term(facts.received_on, days, kind)
    acted_on = facts.answered_on or on
    why.note(
        f"{roc(facts.received_on)} 收件，應於 {roc(answer_by)} 前回覆",
        comparison=f"{roc(facts.received_on)} + {days} {_DAYS[kind]} = {roc(answer_by)}",
        received_on=facts.received_on,
        answered_on=facts.answered_on,
    )
    overdue = acted_on > answer_by
    if overdue:
        why.note(f"已逾期（{roc(acted_on)}）")
    return why.outcome(judged=False, answer_by=answer_by, overdue=overdue)


promise(
    __name__,
    "S45-04",
    "第3點第4款：帳號啟用、停用及恢復使用，均依相同申請程序辦理。",
    screens=("senior45:apply", "senior45:stop", "admin:case", "paper:senior45.account_request"),
)


@dataclass(frozen=True, slots=True)
class LeaverFacts:
    """`left_on`: 離職生效日, which does not count. `filed_on`: the window filed the stop."""

    left_on: date
    filed_on: date | None = None


@rule("S45-05", facts=LeaverFacts)
def leaver(facts: LeaverFacts, *, on: date, law: Law) -> Outcome:
    """第3點第4款：帳號使用者離職生效日三個工作天內，由指定聯繫窗口申請停用；未申請者，本署及所屬分署依職權逕予停用。

    Closed ex officio when the third working day is over and nothing was filed. A stop may be filed before the leaving.
    """
    why = Reasoning("S45-05", on=on, law=law)
    happened("申請停用之日", facts.filed_on, on=on)
    days = why.figure("s45.leaver_working_days", facts.left_on)
    kind = law.at("s45.leaver_day_kind", facts.left_on).value
    file_by = law.calendar.term(facts.left_on, days, kind)
    why.note(
        f"{roc(facts.left_on)} 離職，應於 {roc(file_by)} 前申請停用",
        comparison=f"{roc(facts.left_on)} + {days} {_DAYS[kind]} = {roc(file_by)}",
        left_on=facts.left_on,
        filed_on=facts.filed_on,
    )
    late = (facts.filed_on or on) > file_by
    ex_officio = late and facts.filed_on is None
    if ex_officio:
        why.note("逾期未申請停用，依職權逕予停用")
    return why.outcome(judged=False, file_by=file_by, late=late, ex_officio=ex_officio)

"""使用者權限、閒置關閉與清查 (附件1, 附件2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kernel.dates import ONE_DAY, days_after, days_before, roc
from kernel.facts import Impossible, happened
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import promise, rule
from senior45.params import OFFICE_LABELS, RIGHT_LABELS, ROLE_LABELS, AccountRole, OfficeKind, Right


class SeatFault(StrEnum):
    """Why a seat is not to be had: what the form does next hangs on it."""

    OFFICE = "office"
    FULL = "full"
    ROLE_TEXT = "role_text"
    ROLE = "role"


ROLE_CITATION = "附件1「使用者帳號角色」欄"
_LIMITS = {
    Right.SYSTEM_ADMIN: "s45.max_system_admins",
    Right.OPENER: "s45.max_openers",
    Right.REVIEWER: "s45.max_reviewers",
}


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """`held`: persons who hold the right in this office now; `holder`: who, for the refusal. `role` None: not asked."""

    office: OfficeKind
    right: Right
    held: int = 0
    holder: str = ""
    role: AccountRole | None = None
    role_text: str = ""

    def __post_init__(self) -> None:
        if self.held < 0:
            raise Impossible("人數不得為負數。")


@rule("S45-08", facts=SeatFacts)
def seat(facts: SeatFacts, *, on: date, law: Law) -> Outcome:
    """附件1：帳號開通人員各分署限1人，審稿人員各機關限1人，承辦人員依實務需求提出；帳號角色須與機關類別相符，為「其他」者須說明。"""
    why = Reasoning("S45-08", on=on, law=law)
    name, label = OFFICE_LABELS[facts.office], RIGHT_LABELS[facts.right]
    asked = {SeatFault.OFFICE: _judge_office(facts, why)}
    limit = None
    if facts.right in _LIMITS:
        limit = why.figure(_LIMITS[facts.right])
        by = f"，現由{facts.holder}擔任" if facts.holder else ""
        asked[SeatFault.FULL] = why.judge(
            facts.held < limit,
            f"{name}之{label}尚有名額",
            otherwise=f"{name}之{label}限{limit}人{by}",
            comparison=f"{facts.held} + 1 ≤ {limit}",
        )
    else:
        why.note(f"{label}人數不限", citation="附件1「使用者權限」欄註")
    if facts.role is AccountRole.OTHER:
        asked[SeatFault.ROLE_TEXT] = why.judge(
            bool(facts.role_text.strip()),
            "已說明其他角色",
            otherwise="角色為「其他」時請說明",
            citation=ROLE_CITATION,
        )
    elif facts.role is not None:
        asked[SeatFault.ROLE] = why.judge(
            facts.office.value in why.figure("s45.role_offices")[facts.role.value],
            f"{ROLE_LABELS[facts.role]}得為{name}之帳號角色",
            otherwise=f"「{ROLE_LABELS[facts.role]}」不是{name}之帳號角色，請改選",
            role=facts.role,
        )
    return why.outcome(limit=limit, faults=[fault for fault, holds in asked.items() if not holds])


def _judge_office(facts: SeatFacts, why: Reasoning) -> bool:
    """Whether this kind of office has the right at all."""
    name, label = OFFICE_LABELS[facts.office], RIGHT_LABELS[facts.right]
    if facts.right is Right.REVIEWER:
        has = why.figure(f"s45.reviewed_by.{facts.office}") == "own"
        otherwise = f"{name}不設審稿人員，上稿審核權在各局處"
    elif facts.right is Right.EDITOR:
        return True
    else:
        has = facts.office.value in why.figure("s45.right_offices")[facts.right.value]
        otherwise = f"{name}不設{label}"
    return why.judge(has, f"{name}得設{label}", otherwise=otherwise, office=facts.office)


@dataclass(frozen=True, slots=True)
class IdleFacts:
    """Days on which the account was opened, last resumed, last signed in to. Never resumed, never signed in: none."""

    office: OfficeKind
    opened_on: date
    resumed_on: date | None = None
    last_sign_in_on: date | None = None


@rule("S45-09", facts=IdleFacts)
def idle(facts: IdleFacts, *, on: date, law: Law) -> Outcome:
    """附件2：帳號180天未有登入紀錄，系統將自動關閉；縣市政府各欄未載明者不自動關閉，仍列入閒置清單。

    Counted from the later of opening, resumption and last sign-in. Day 180 is still open; the account is closed when
    180 full days have passed, that is from day 181.
    """
    why = Reasoning("S45-09", on=on, law=law)
    happened("帳號開通日", facts.opened_on, on=on)
    happened("恢復使用日", facts.resumed_on, on=on)
    happened("最近登入日", facts.last_sign_in_on, on=on)
    since = max(d for d in (facts.opened_on, facts.resumed_on, facts.last_sign_in_on) if d is not None)
    idle_days = (on - since).days
    days = why.figure("s45.idle_days")
    last_open = days_after(since, days)
    why.note(
        f"自 {roc(since)} 起已{idle_days}天未登入",
        comparison=f"{roc(since)} + {days} 天 = {roc(last_open)}",
        opened_on=facts.opened_on,
        resumed_on=facts.resumed_on,
        last_sign_in_on=facts.last_sign_in_on,
    )
    locks = why.figure(f"s45.idle_lock.{facts.office}")
    if not locks:
        why.note(f"{OFFICE_LABELS[facts.office]}未載明自動關閉，帳號不因閒置關閉", office=facts.office)
        return why.outcome(
            judged=False,
            closed=False,
            closes_on=None,
            days_left=None,
            idle_days=idle_days,
            idle=idle_days >= days,
            warn_on=[],
        )
    closed = on > last_open
    closes_on = last_open + ONE_DAY
    why.note(
        f"帳號已於 {roc(closes_on)} 關閉" if closed else f"未登入時將於 {roc(closes_on)} 關閉", office=facts.office
    )
    warnings = why.figure("s45.idle_warning_days")
    return why.outcome(
        judged=False,
        closed=closed,
        closes_on=closes_on,
        days_left=(closes_on - on).days,
        idle_days=idle_days,
        idle=idle_days >= days,
        warn_on=[days_before(closes_on, n) for n in warnings],
    )


@dataclass(frozen=True, slots=True)
class InventoryFacts:
    """`held_on`: the days on which campaigns began."""

    held_on: tuple[date, ...] = ()


@rule("S45-10", facts=InventoryFacts)
def inventory(facts: InventoryFacts, *, on: date, law: Law) -> Outcome:
    """附件2：帳號清查者每半年清查一次全部帳號，各聯繫窗口逐筆回覆保留或停用。"""
    why = Reasoning("S45-10", on=on, law=law)
    months = 12 // why.figure("s45.inventories_per_year")
    first_month = (on.month - 1) // months * months + 1
    starts_on = date(on.year, first_month, 1)
    ends_before = date(on.year + (first_month + months > 12), (first_month + months - 1) % 12 + 1, 1)
    ends_on = ends_before - ONE_DAY
    held = [d for d in facts.held_on if starts_on <= d <= on]
    why.judge(
        bool(held),
        f"{roc(starts_on)} 至 {roc(ends_on)} 已辦理清查",
        otherwise=f"{roc(starts_on)} 至 {roc(ends_on)} 尚未辦理清查",
        held_on=held,
    )
    return why.outcome(period_starts_on=starts_on, period_ends_on=ends_on)


promise(
    __name__,
    "S45-12",
    "附件1：申請表由本署或所屬分署填寫審查單位、收件日期、處理結果、審查人員、回覆日期及完成日期。",
    screens=("admin:case", "paper:senior45.account_request"),
)

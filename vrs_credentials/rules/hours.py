"""參、專業訓練時數認定及抵免: what must be finished after being taken on, and by when (VRS-04)."""

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
from kernel.saying import plain


@dataclass(frozen=True, slots=True)
class FollowUpFacts:
    """One clock. `hired_on`: first taken on 初次進用; `done`: hours recognised since.

    `consent`: the county's consent, for 就業服務員 to one more year, for the two others to start at all.
    """

    follow_up: Literal["placement", "case_manager", "assessor"]
    hired_on: date
    done: Decimal = Decimal(0)
    consent: bool = False
    #: 職評員: hours of assessment training before being taken on (they are part of the 160), and whole years as case manager.
    before_hours: Decimal = Decimal(0)
    case_manager_years: int = 0

    def __post_init__(self) -> None:
        if min(self.done, self.before_hours) < 0 or self.case_manager_years < 0:
            raise Impossible("時數與年資不得為負數。")


@rule("VRS-04", facts=FollowUpFacts)
def follow_up(facts: FollowUpFacts, *, on: date, law: Law) -> Outcome:
    """說明書參：就業服務員、職業重建個案管理員進用後一年內完成三十六小時，職業輔導評量員進用後二年內完成一百六十小時，始得繼續提供服務。

    `met`: the hours are done, or the day is not over yet and whoever needs consent to serve meanwhile has it.
    """
    why = Reasoning("VRS-04", on=on, law=law)
    needed = Decimal(why.figure(f"vrs.{facts.follow_up}_hours", facts.hired_on))
    done, parts = facts.done, ""
    if facts.follow_up == "assessor":
        # 第6條第3項: the 160 hours are those of the profession, the 60 of before being taken on among them.
        done += facts.before_hours
        parts = f"（進用前 {plain(facts.before_hours)} 小時、進用後 {plain(facts.done)} 小時）"
    missing = max(Decimal(0), needed - done)
    why.note(
        f"應完成 {plain(needed)} 小時，已認定 {plain(done)} 小時{parts}",
        comparison=f"{plain(needed)} − {plain(done)} = {plain(missing)}",
        hired_on=facts.hired_on,
    )
    months = why.figure(f"vrs.{facts.follow_up}_months", facts.hired_on)
    if facts.follow_up == "placement" and facts.consent:
        why.note("於期限內完成專業訓練", hired_on=facts.hired_on)
        months += why.figure("vrs.placement_extension_months", facts.hired_on)
        why.note("經地方主管機關同意延長")
    counted_to = dates.months_after(facts.hired_on, months)
    # 行政程序法 §48 IV: the person has to act, so a last day on a holiday moves.
    due_on = law.calendar.act_by(counted_to)
    why.note(
        f"期限為 {dates.roc(due_on)}",
        comparison=f"{dates.roc(facts.hired_on)} + {months} 個月 = {dates.roc(counted_to)}",
    )
    finished = missing == 0
    if finished:
        why.judge(True, "已完成應訓時數")
    else:
        _may_serve_meanwhile(facts, why)
        why.judge(
            on <= due_on,
            f"尚缺 {plain(missing)} 小時，期限未屆至",
            otherwise=f"逾期未完成，尚缺 {plain(missing)} 小時，不得繼續提供服務",
            comparison=f"{dates.roc(on)} ≤ {dates.roc(due_on)}",
        )
    reminders = [dates.days_before(due_on, n) for n in why.figure("vrs.follow_up_reminders")]
    why.note("期限前提醒日：" + "、".join(dates.roc(d) for d in reminders))
    return why.outcome(
        hours=needed,
        missing=missing,
        due_on=due_on,
        counted_to=counted_to,
        reminders=reminders,
        done=finished,
        overdue=not finished and on > due_on,
    )


def _may_serve_meanwhile(facts: FollowUpFacts, why: Reasoning) -> None:
    """第6條第2項, 第8條第2項: serving before the training is done takes the ministry's consent through the county."""
    if facts.follow_up == "placement":
        return
    why.judge(
        facts.consent,
        "已報經中央主管機關同意先行提供服務",
        otherwise="未經同意，不得先行提供服務",
        citation="說明書參、2、3",
    )
    if facts.follow_up == "assessor":
        before = Decimal(why.figure("vrs.assessor_before_hours", facts.hired_on))
        why.judge(
            facts.before_hours >= before,
            "進用前已完成職業輔導評量專業訓練",
            otherwise=f"進用前專業訓練未達 {plain(before)} 小時",
            comparison=f"{plain(facts.before_hours)} ≥ {plain(before)}",
        )
        years = why.figure("vrs.assessor_case_manager_years", facts.hired_on)
        why.judge(
            facts.case_manager_years >= years,
            "具職業重建個案管理員工作經驗",
            otherwise=f"職業重建個案管理員工作經驗未滿 {years} 年",
            comparison=f"{facts.case_manager_years} ≥ {years}",
        )


@dataclass(frozen=True, slots=True)
class ClassRecord:
    """上課紀錄: one course of an application for hours. `disabilities`: 資格服務項目 (障別)."""

    purpose: Literal["before", "after"]
    qualification: str
    clause: str
    course: str
    hours: Decimal
    starts_on: date | None
    ends_on: date
    disabilities: tuple[str, ...] = ()
    certificate_front_and_back: bool = False
    pledge: bool = False


def missing_in(record: ClassRecord) -> dict[str, str]:
    """Field → sentence, for every field that keeps 送審 from going through. 儲存 asks nothing: it is not filing."""
    wrong: dict[str, str] = {}
    for name, label in (("qualification", "資格名稱"), ("clause", "遴用條款"), ("course", "課程名稱")):
        if not getattr(record, name).strip():
            wrong[name] = f"請填寫{label}。"
    if record.hours <= 0:
        wrong["hours"] = "課程時數應大於 0。"
    if record.starts_on and record.starts_on > record.ends_on:
        wrong["ends_on"] = "課程期間迄日不得早於起日。"
    if not record.disabilities:
        wrong["disabilities"] = "請至少勾選一項資格服務項目。"
    if not record.certificate_front_and_back:
        wrong["certificate"] = "請上傳結訓證書正面與反面。"
    if not record.pledge:
        wrong["pledge"] = "請上傳親簽之切結書。"
    return wrong

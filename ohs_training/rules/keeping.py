"""十、十二: registers and retention, fees (OHS-14, OHS-16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kernel import dates
from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """`made_on`: the day the record was finished, when later than the class (a register, a resit's mark)."""

    record: Literal["sign_in", "roll_call", "marks", "certificates", "in_service_proofs"]
    ended_on: date
    made_on: date | None = None
    entered_on: date | None = None

    def __post_init__(self) -> None:
        if self.entered_on is not None and self.entered_on < self.ended_on:
            raise Impossible("登錄日不得早於結訓日。")


@rule("OHS-14", facts=RecordFacts)
def retention(facts: RecordFacts, *, on: date, law: Law) -> Outcome:
    """要點十：簽到、點名、成績冊及核發清冊至少保存三年；核發清冊應於結訓後二十日內登錄至教育訓練系統並函送備查。

    Nothing goes on `keep_until` or before; after that the job lists it (`may_list`) and a person decides. The later of the
    class's end and the record's making starts the three years, since keeping longer breaks nothing.
    """
    why = Reasoning("OHS-14", on=on, law=law)
    records = why.figure("ohs.records", facts.ended_on)
    if facts.record not in records:
        raise Impossible("結訓時之要點無此項應保存資料。")
    why.note(f"應保存：{records[facts.record]}")
    years = why.figure("ohs.retention_years", facts.ended_on)
    since = max(facts.ended_on, facts.made_on or facts.ended_on)
    keep_until = dates.months_after(since, 12 * years)
    why.note(
        f"至少保存至 {dates.roc(keep_until)}", comparison=f"{dates.roc(since)} + {years} 年", ended_on=facts.ended_on
    )
    register_by = None
    if facts.record in ("certificates", "in_service_proofs"):
        days = why.figure("ohs.register_days", facts.ended_on)
        register_by = law.calendar.act_by(dates.days_after(facts.ended_on, days))
        done_on = facts.entered_on or on
        why.judge(
            done_on <= register_by,
            f"清冊登錄及備查期限 {dates.roc(register_by)}",
            otherwise=f"已逾清冊登錄及備查期限 {dates.roc(register_by)}",
            comparison=f"{dates.roc(done_on)} ≤ {dates.roc(register_by)}",
        )
    return why.outcome(keep_until=keep_until, may_list=on > keep_until, register_by=register_by)


@dataclass(frozen=True, slots=True)
class Payment:
    """A trainee's payment in whole dollars and the number of the receipt given for it."""

    amount: int
    receipt: str = ""

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise Impossible("收費金額應大於 0。")


@dataclass(frozen=True, slots=True)
class Spending:
    item: str
    amount: int

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise Impossible("支出金額不得為負數。")


@dataclass(frozen=True, slots=True)
class FeesFacts:
    payments: tuple[Payment, ...] = ()
    spending: tuple[Spending, ...] = ()


@rule("OHS-16", facts=FeesFacts)
def fees(facts: FeesFacts, *, on: date, law: Law) -> Outcome:
    """要點十二：得向受訓人員收費並掣給收據；各類訓練之收支應依相關會計作業規定辦理。"""
    why = Reasoning("OHS-16", on=on, law=law)
    without = sum(1 for p in facts.payments if not p.receipt.strip())
    why.judge(not without, "收費均已掣給收據", otherwise=f"有 {without} 筆收費未掣給收據")
    numbers = [p.receipt for p in facts.payments if p.receipt.strip()]
    why.judge(len(set(numbers)) == len(numbers), "收據號碼未重複", otherwise="收據號碼重複")
    income = sum(p.amount for p in facts.payments)
    spent = sum(s.amount for s in facts.spending)
    why.note(f"收入 {income:,} 元，支出 {spent:,} 元", comparison=f"{income} − {spent} = {income - spent}")
    return why.outcome(income=income, spending=spent, balance=income - spent, without_receipt=without)

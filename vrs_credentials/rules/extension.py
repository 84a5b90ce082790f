"""柒、資格展延 and 準則第10-1條: time away from work (VRS-13, VRS-14)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kernel import dates
from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule
from kernel.saying import plain


@dataclass(frozen=True, slots=True)
class Away:
    """An extension already granted, both days inclusive."""

    starts_on: date = field(metadata={"name": "from"})
    ends_on: date = field(metadata={"name": "until"})


@dataclass(frozen=True, slots=True)
class ExtensionFacts:
    """Away from work from `away_from` to `away_until`, both days inclusive (休假的第一天、最後一天).

    What is None is not judged: the wizard computes the new day before any paper is uploaded.
    """

    valid_until: date
    away_from: date
    away_until: date
    #: First day of the certificate: days before it belong to another period.
    valid_from: date | None = None
    applied_on: date | None = None
    reason: str | None = None
    proof: bool | None = None
    county_consent: bool | None = None
    others: tuple[Away, ...] = ()

    def __post_init__(self) -> None:
        if self.away_until < self.away_from:
            raise Impossible("留職停薪迄日不得早於起日。")
        if self.valid_from is not None and self.valid_until < self.valid_from:
            raise Impossible("資格效期迄日不得早於起日。")


@rule("VRS-13", facts=ExtensionFacts)
def extension(facts: ExtensionFacts, *, on: date, law: Law) -> Outcome:
    """準則第11條：因育嬰留職停薪、職業災害或其他不可歸責事由離開職場三個月以上之期間得予扣除，應於資格認證證明屆期前提具證明申請。

    The clock of three years stops while somebody is away and runs on afterwards, so the certificate ends as many days later as
    the time away lasted, also when that time reaches beyond the old last day: the days left when it began are the days left
    when it ends. Time away that begins after the last day, or ends before the first, touches no day of this period.
    """
    why = Reasoning("VRS-13", on=on, law=law)
    counted_from = facts.away_from if facts.valid_from is None else max(facts.away_from, facts.valid_from)
    days = max(0, (facts.away_until - counted_from).days + 1)
    months = why.figure("vrs.extension_months")
    if months is None:
        why.judge(False, "108年11月12日以前尚無期間扣除之規定")
    else:
        long_enough_on = dates.validity_end(facts.away_from, months=months)
        why.judge(
            facts.away_until >= long_enough_on,
            f"離開職場 {days} 日，達 {months} 個月以上",
            otherwise=f"離開職場未滿 {months} 個月（應至 {dates.roc(long_enough_on)} 以後）",
            comparison=f"{dates.roc(facts.away_until)} ≥ {dates.roc(long_enough_on)}",
            away_from=facts.away_from,
            away_until=facts.away_until,
        )
    why.judge(
        facts.away_from <= facts.valid_until and days > 0,
        "離開職場期間在資格效期內",
        otherwise="離開職場期間不在資格效期內，無可扣除之期間",
        comparison=f"{dates.roc(facts.away_from)} ≤ {dates.roc(facts.valid_until)}",
    )
    _filed(facts, why)
    for other in facts.others:
        why.judge(
            not dates.overlap(facts.away_from, facts.away_until, other.starts_on, other.ends_on),
            "與其他展延期間未重疊",
            otherwise=f"與已核准之展延 {dates.roc(other.starts_on)} 至 {dates.roc(other.ends_on)} 重疊",
        )
    met = all(line.met is not False for line in why.lines)
    valid_until = dates.days_after(facts.valid_until, days) if met else facts.valid_until
    if met:
        why.note(
            f"效期展延至 {dates.roc(valid_until)}",
            comparison=f"{dates.roc(facts.valid_until)} + {days} 日 = {dates.roc(valid_until)}",
        )
    return why.outcome(days=days, valid_until=valid_until)


def _filed(facts: ExtensionFacts, why: Reasoning) -> None:
    """Filed in time, with a reason and its papers; each only where the fact is known."""
    if facts.applied_on is not None:
        why.judge(
            facts.applied_on <= facts.valid_until,
            "於屆期前提出申請",
            otherwise=f"應於資格認證證明屆期（{dates.roc(facts.valid_until)}）前提出申請",
            citation="說明書壹、一（108年11月12日施行）",
            comparison=f"{dates.roc(facts.applied_on)} ≤ {dates.roc(facts.valid_until)}",
        )
    if facts.reason is not None:
        reasons = why.figure("vrs.extension_reasons")
        if facts.reason not in reasons:
            raise Impossible("沒有這一種離開職場事由，請重新選擇。")
        why.judge(True, f"事由：{reasons[facts.reason]}")
    if facts.proof is not None:
        why.judge(facts.proof, "已提具證明文件", otherwise="應提具離開職場之證明文件", citation="準則第11條第2項")
    if facts.county_consent is not None and why.law.at("vrs.extension_consent_needed", why.on).value:
        why.figure("vrs.extension_consent_needed")
        why.judge(
            facts.county_consent, "已附主管機關同意文件", otherwise="應附工作所在地之直轄市、縣（市）主管機關同意文件"
        )


@dataclass(frozen=True, slots=True)
class LapsedFacts:
    """A certificate that lapsed while its holder was away. `consent_on`: consent to serve; `hours`: done since then."""

    valid_until: date
    away_from: date
    away_until: date
    consent_on: date | None = None
    hours: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if self.away_until < self.away_from:
            raise Impossible("離開職場迄日不得早於起日。")
        if self.hours < 0:
            raise Impossible("繼續教育時數不得為負數。")


@rule("VRS-14", facts=LapsedFacts)
def way_back(facts: LapsedFacts, *, on: date, law: Law) -> Outcome:
    """準則第10-1條：離開職場三個月以上致資格認證證明失效者，經同意得先行提供服務，並於一年內完成二十小時繼續教育後辦理更新。

    `met` answers whether this person may serve on the day asked; `may_renew` whether the twenty hours are done.
    """
    why = Reasoning("VRS-14", on=on, law=law)
    why.judge(
        on > facts.valid_until,
        f"資格認證證明已於 {dates.roc(facts.valid_until)} 屆滿",
        otherwise="資格認證證明仍有效，請辦理更新或展延",
        citation="準則第10-1條",
    )
    asked_on = facts.consent_on or on
    months = why.figure("vrs.lapsed_away_months", asked_on)
    if months is None:
        why.judge(False, "112年9月23日以前尚無先行提供服務之規定")
        return why.outcome(hours_by=None, missing=None, may_renew=False)
    long_enough_on = dates.validity_end(facts.away_from, months=months)
    why.judge(
        facts.away_until >= long_enough_on,
        f"離開職場達 {months} 個月以上",
        otherwise=f"離開職場未滿 {months} 個月",
        comparison=f"{dates.roc(facts.away_until)} ≥ {dates.roc(long_enough_on)}",
    )
    why.judge(
        facts.away_from <= facts.valid_until <= facts.away_until,
        "離開職場期間內屆滿",
        otherwise="資格認證證明並非於離開職場期間內屆滿",
        citation="準則第10-1條",
    )
    why.judge(
        facts.consent_on is not None and facts.consent_on <= on,
        "已取得同意先行提供服務",
        otherwise="應取得主管機關同意，始得先行提供服務",
        citation="準則第10-1條",
    )
    needed = Decimal(why.figure("vrs.lapsed_hours", asked_on))
    missing = max(Decimal(0), needed - facts.hours)
    why.note(
        f"應完成繼續教育 {plain(needed)} 小時，尚缺 {plain(missing)} 小時",
        comparison=f"{plain(needed)} − {plain(facts.hours)} = {plain(missing)}",
    )
    hours_by = None
    if facts.consent_on is not None:
        term = why.figure("vrs.lapsed_months", asked_on)
        hours_by = law.calendar.act_by(dates.months_after(facts.consent_on, term))
        why.judge(
            missing == 0 or on <= hours_by,
            f"完成期限 {dates.roc(hours_by)}",
            otherwise=f"逾期限 {dates.roc(hours_by)} 未完成，不得繼續提供服務",
            comparison=f"{dates.roc(on)} ≤ {dates.roc(hours_by)}",
        )
    may_renew = missing == 0 and all(line.met is not False for line in why.lines)
    return why.outcome(hours_by=hours_by, missing=missing, may_renew=may_renew)

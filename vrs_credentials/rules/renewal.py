"""陸、資格更新（換證）: hours, window, new period (VRS-10, VRS-11, VRS-12)."""

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
class Hours:
    """Weighted hours per group within the certificate's period; a group not named has none. Halves are hours too."""

    professional: Decimal = Decimal(0)
    law: Decimal = Decimal(0)
    ethics: Decimal = Decimal(0)
    quality: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if min(self.professional, self.law, self.ethics, self.quality) < 0:
            raise Impossible("繼續教育時數不得為負數。")


@dataclass(frozen=True, slots=True)
class HoursFacts:
    hours: Hours


@rule("VRS-10", facts=HoursFacts)
def hours(facts: HoursFacts, *, on: date, law: Law) -> Outcome:
    """準則第10條：每三年接受繼續教育合計六十小時以上，專業課程及專業相關法規達五十四小時，專業倫理及專業品質達六小時，超過六小時部分不計。

    Only ethics and quality are capped. Professional and law hours beyond 54 count toward the total and cannot stand in for
    the other two: 60 + 0 reaches sixty hours and still misses six.
    """
    why = Reasoning("VRS-10", on=on, law=law)
    h = facts.hours
    professional_law = h.professional + h.law
    needed = Decimal(why.figure("vrs.professional_law_hours"))
    missing_professional_law = max(Decimal(0), needed - professional_law)
    why.judge(
        missing_professional_law == 0,
        f"專業課程+專業相關法規 {plain(professional_law)} 小時",
        otherwise=f"專業課程+專業相關法規尚缺{plain(missing_professional_law)}小時",
        comparison=f"{plain(h.professional)} + {plain(h.law)} = {plain(professional_law)} ≥ {plain(needed)}",
        professional=h.professional,
        law_hours=h.law,
    )
    ethics_quality = h.ethics + h.quality
    cap = Decimal(why.figure("vrs.ethics_quality_hours"))
    counted_ethics_quality = min(ethics_quality, cap)
    missing_ethics_quality = cap - counted_ethics_quality
    why.judge(
        missing_ethics_quality == 0,
        f"專業倫理+專業品質 {plain(ethics_quality)} 小時，採計 {plain(counted_ethics_quality)} 小時",
        otherwise=f"專業倫理+專業品質尚缺{plain(missing_ethics_quality)}小時",
        comparison=f"{plain(h.ethics)} + {plain(h.quality)} = {plain(ethics_quality)} ≥ {plain(cap)}",
        ethics=h.ethics,
        quality=h.quality,
    )
    counted = professional_law + counted_ethics_quality
    total = Decimal(why.figure("vrs.education_hours"))
    why.judge(
        counted >= total,
        f"合計採計 {plain(counted)} 小時",
        otherwise=f"合計採計 {plain(counted)} 小時，未達 {plain(total)} 小時",
        comparison=f"{plain(professional_law)} + {plain(counted_ethics_quality)} = {plain(counted)} ≥ {plain(total)}",
    )
    return why.outcome(
        counted=counted,
        professional_law=professional_law,
        ethics_quality=counted_ethics_quality,
        not_counted=ethics_quality - counted_ethics_quality,
        missing_professional_law=missing_professional_law,
        missing_ethics_quality=missing_ethics_quality,
    )


@dataclass(frozen=True, slots=True)
class WindowFacts:
    """`valid_until`: last valid day, as extended."""

    valid_until: date
    applied_on: date | None = None


@rule("VRS-11", facts=WindowFacts)
def window(facts: WindowFacts, *, on: date, law: Law) -> Outcome:
    """準則第10條第2項：資格認證證明更新應於三年期間屆滿前三個月內提出；未於屆滿前提出者，自期間屆滿之翌日失其效力。

    The last day is not moved for a holiday: validity ends by itself, and 第15條第3項 lets a late application through anyway.
    """
    why = Reasoning("VRS-11", on=on, law=law)
    months = why.figure("vrs.renewal_window_months")
    opens_on = dates.months_before_window(facts.valid_until, months)
    why.note(
        f"申請期間 {dates.roc(opens_on)} 至 {dates.roc(facts.valid_until)}",
        comparison=f"{dates.roc(facts.valid_until)} 前 {months} 個月內",
        valid_until=facts.valid_until,
    )
    if facts.applied_on is not None:
        why.judge(
            facts.applied_on >= opens_on,
            "已開放申請",
            otherwise=f"尚未開放申請，請於 {dates.roc(opens_on)} 起提出",
            comparison=f"{dates.roc(facts.applied_on)} ≥ {dates.roc(opens_on)}",
        )
        why.judge(
            facts.applied_on <= facts.valid_until,
            "於屆滿前提出",
            otherwise=f"已逾 {dates.roc(facts.valid_until)}，資格認證證明自屆滿之翌日失其效力",
            citation="準則第15條第4項",
            comparison=f"{dates.roc(facts.applied_on)} ≤ {dates.roc(facts.valid_until)}",
        )
    return why.outcome(
        judged=facts.applied_on is not None,
        opens_on=opens_on,
        last_day=facts.valid_until,
        lapses_on=facts.valid_until + dates.ONE_DAY,
        open=opens_on <= on <= facts.valid_until,
        lapsed=on > facts.valid_until,
    )


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    """`old_valid_until`: last valid day of the certificate being renewed, as extended."""

    old_valid_until: date
    applied_on: date
    #: Days taken off under 第11條: the span of education reaches that much further back.
    extension_days: int = field(default=0)

    def __post_init__(self) -> None:
        if self.extension_days < 0:
            raise Impossible("扣除日數不得為負數。")


@rule("VRS-12", facts=PeriodFacts)
def renewed_period(facts: PeriodFacts, *, on: date, law: Law) -> Outcome:
    """準則第15條第3項：新發資格認證證明自原證明期間屆滿之翌日起算；逾期後申請經核定者，自申請日起算。

    Both start on a day and count it, so three years end the day before the corresponding day (or on a month's last day).
    The figure is taken as it stands on the day of application, 第15條第2項 likewise: education of the three years before it.
    """
    why = Reasoning("VRS-12", on=on, law=law)
    in_time = facts.applied_on <= facts.old_valid_until
    valid_from = facts.old_valid_until + dates.ONE_DAY if in_time else facts.applied_on
    why.note(
        "於屆滿前申請，自屆滿之翌日起算" if in_time else "逾期後申請，自申請日起算",
        citation="準則第15條第3項",
        comparison=f"{dates.roc(facts.applied_on)} {'≤' if in_time else '>'} {dates.roc(facts.old_valid_until)}",
        old_valid_until=facts.old_valid_until,
        applied_on=facts.applied_on,
    )
    years = why.figure("vrs.validity_years", facts.applied_on)
    valid_until = dates.validity_end(valid_from, years=years)
    why.note(
        f"有效期間 {dates.roc(valid_from)} 至 {dates.roc(valid_until)}",
        comparison=f"{dates.roc(valid_from)} + {years} 年",
    )
    back = why.figure("vrs.education_valid_years", facts.applied_on)
    education_from = dates.days_before(dates.add_months(facts.applied_on, -12 * back), facts.extension_days)
    why.note(
        f"採計 {dates.roc(education_from)} 以後之繼續教育",
        comparison=f"{dates.roc(facts.applied_on)} − {back} 年"
        + (f" − {facts.extension_days} 日" * bool(facts.extension_days)),
    )
    return why.outcome(
        judged=False,
        in_time=in_time,
        valid_from=valid_from,
        valid_until=valid_until,
        education_from=education_from,
        education_until=facts.applied_on,
    )


def first_period(approved_on: date, *, law: Law) -> tuple[date, date]:
    """First and last valid day of a first certificate that begins on the day of approval."""
    return approved_on, dates.validity_end(approved_on, years=law.at("vrs.validity_years", approved_on).value)

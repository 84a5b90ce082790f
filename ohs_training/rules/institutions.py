"""三至五、附表一: kinds of training, applicants, plan, accreditation (OHS-01 … OHS-05)."""

from __future__ import annotations

from collections.abc import Mapping
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
class TrainingFacts:
    training: str
    audience: str


@rule("OHS-01", facts=TrainingFacts)
def training_kind(facts: TrainingFacts, *, on: date, law: Law) -> Outcome:
    """要點三：訓練分為專業訓練及在職教育訓練，對象為醫師及護理人員。"""
    why = Reasoning("OHS-01", on=on, law=law)
    kinds = why.figure("ohs.training_kinds")
    why.judge(
        facts.training in kinds,
        f"訓練類別：{kinds.get(facts.training)}",
        otherwise=f"訓練類別應為{'或'.join(kinds.values())}",
        training=facts.training,
    )
    audiences = why.figure("ohs.audiences")
    why.judge(
        facts.audience in audiences,
        f"訓練對象：{audiences.get(facts.audience)}",
        otherwise=f"訓練對象應為{'或'.join(audiences.values())}",
        audience=facts.audience,
    )
    return why.outcome()


@dataclass(frozen=True, slots=True)
class ApplicantFacts:
    """`papers`: uploaded; `sections`: parts of the plan that were written. University: the last day such a course was given."""

    kind: str
    papers: tuple[str, ...]
    sections: tuple[str, ...]
    course_given_on: date | None = None


@rule("OHS-02", facts=ApplicantFacts)
def applicant(facts: ApplicantFacts, *, on: date, law: Law) -> Outcome:
    """要點四、附表一：申請認可之機構應具附表一資格之一，並檢附設立許可文件、資格證明文件及載明七項內容之申請企劃書。"""
    why = Reasoning("OHS-02", on=on, law=law)
    kinds = law.at("ohs.applicant_kinds", on).value
    row = kinds.get(facts.kind)
    if not why.judge(
        row is not None,
        f"申請資格：{row['label'] if row else ''}",
        otherwise="申請機構不具附表一所列資格",
        kind=facts.kind,
    ):
        return why.outcome(missing_papers=[], missing_sections=[])
    labels = law.at("ohs.papers", on).value
    missing = [p for p in row["papers"] if p not in facts.papers]
    why.judge(not missing, "文件齊全", otherwise="尚缺文件：" + "、".join(labels[p] for p in missing))
    sections = why.figure("ohs.plan_sections")
    unwritten = [s for s in sections if s not in facts.sections]
    why.judge(
        not unwritten,
        "申請企劃書各項均已載明",
        otherwise="申請企劃書尚缺：" + "、".join(sections[s] for s in unwritten),
    )
    if facts.kind == "university":
        years = why.figure("ohs.course_given_years")
        since = dates.add_months(on, -12 * years)
        why.judge(
            facts.course_given_on is not None and since <= facts.course_given_on <= on,
            "三年內曾開授職業醫學或職業衛生護理課程",
            otherwise=f"未於 {dates.roc(since)} 以後開授職業醫學或職業衛生護理課程",
            course_given_on=facts.course_given_on,
        )
    return why.outcome(missing_papers=missing, missing_sections=unwritten)


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """`category_hours`: hours planned per category of 規則第五條之一 (in-service only)."""

    kinds: tuple[str, ...]
    category_hours: Mapping[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if any(h < 0 for h in self.category_hours.values()):
            raise Impossible("課程時數不得為負數。")


@rule("OHS-03", facts=PlanFacts)
def plan(facts: PlanFacts, *, on: date, law: Law) -> Outcome:
    """附表一備註一：申請企劃書應依訓練類別規劃，在職教育訓練每一類課程至少需二小時。"""
    why = Reasoning("OHS-03", on=on, law=law)
    kinds = why.figure("ohs.training_kinds")
    known = [k for k in facts.kinds if k in kinds]
    why.judge(
        bool(known) and len(known) == len(facts.kinds),
        "已載明訓練類別：" + "、".join(kinds[k] for k in known),
        otherwise=f"企劃書應載明訓練類別（{'、'.join(kinds.values())}）",
        kinds=facts.kinds,
    )
    short: list[str] = []
    if "in_service" in known:
        short = categories_short(facts.category_hours, why, on=on, law=law)
    return why.outcome(short=short)


def categories_short(hours: Mapping[str, Decimal], why: Reasoning, *, on: date, law: Law) -> list[str]:
    """Judge each category's hours; the categories that fall short."""
    categories = law.at("ohs.in_service_categories", on).value
    if unknown := set(hours) - set(categories):
        raise Impossible(f"沒有這一種課程類別：{'、'.join(sorted(unknown))}。")
    short = []
    for code, label in categories.items():
        least = why.figure("ohs.category_hours", on)
        given = hours.get(code, Decimal(0))
        if not why.judge(
            least is not None and given >= least,
            f"「{label}」{plain(given)} 小時",
            otherwise=f"「{label}」{plain(given)} 小時，每一類課程至少需 {least} 小時",
            comparison=f"{plain(given)} ≥ {least}",
        ):
            short.append(code)
    return short


@dataclass(frozen=True, slots=True)
class EntryFacts:
    accredited_on: date
    entered_on: date | None = None


@rule("OHS-04", facts=EntryFacts)
def entry_after_accreditation(facts: EntryFacts, *, on: date, law: Law) -> Outcome:
    """附表一特別規定：於經本部認可後之十日內，應將應檢附文件登錄至教育訓練系統。"""
    why = Reasoning("OHS-04", on=on, law=law)
    days = why.figure("ohs.entry_days", facts.accredited_on)
    if days is None:
        why.note("修正前要點無登錄規定")
        return why.outcome(judged=False, enter_by=None)
    counted_to = dates.days_after(facts.accredited_on, days)
    enter_by = law.calendar.act_by(counted_to)
    done_on = facts.entered_on or on
    why.judge(
        done_on <= enter_by,
        f"登錄期限 {dates.roc(enter_by)}",
        otherwise=f"已逾登錄期限 {dates.roc(enter_by)}",
        comparison=f"{dates.roc(done_on)} ≤ {dates.roc(enter_by)}",
        accredited_on=facts.accredited_on,
    )
    return why.outcome(enter_by=enter_by, counted_to=counted_to)


@dataclass(frozen=True, slots=True)
class AccreditationFacts:
    """`valid_until`: last day of the accreditation."""

    valid_until: date
    valid_from: date | None = None
    applied_on: date | None = None

    def __post_init__(self) -> None:
        if self.valid_from is not None and self.valid_until < self.valid_from:
            raise Impossible("認可期間迄日不得早於起日。")


@rule("OHS-05", facts=AccreditationFacts)
def reapply(facts: AccreditationFacts, *, on: date, law: Law) -> Outcome:
    """要點五第2項：認可期間最長為三年；認可期間屆滿前九十日，有繼續辦理之必要者，應重新申請認可。

    Counting back from the last day, which is not itself counted, and never moved for a holiday. Later than that is late
    (`late`), not refused: the directive attaches no such consequence.
    """
    why = Reasoning("OHS-05", on=on, law=law)
    if facts.valid_from is not None:
        years = why.figure("ohs.accreditation_years", facts.valid_from)
        longest = dates.validity_end(facts.valid_from, years=years)
        why.judge(
            facts.valid_until <= longest,
            f"認可期間未逾 {years} 年",
            otherwise=f"認可期間最長為 {years} 年，至遲 {dates.roc(longest)} 屆滿",
            comparison=f"{dates.roc(facts.valid_until)} ≤ {dates.roc(longest)}",
        )
    days = why.figure("ohs.reapply_days")
    reapply_by = dates.days_before(facts.valid_until, days)
    late = None if facts.applied_on is None else facts.applied_on > reapply_by
    why.note(
        f"應於 {dates.roc(reapply_by)} 以前重新申請認可" + ("（已逾期，仍受理並註記）" if late else ""),
        comparison=f"{dates.roc(facts.valid_until)} − {days} 日 = {dates.roc(reapply_by)}",
        valid_until=facts.valid_until,
    )
    reminders = [dates.days_before(facts.valid_until, n) for n in why.figure("ohs.reapply_reminders")]
    why.note("提醒日：" + "、".join(dates.roc(d) for d in reminders))
    return why.outcome(
        judged=facts.valid_from is not None,
        reapply_by=reapply_by,
        reminders=reminders,
        late=late,
        days_left=(facts.valid_until - on).days,
    )

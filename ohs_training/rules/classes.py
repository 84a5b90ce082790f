"""六、附表二、附表五: filing a class, head counts, roster (OHS-06, OHS-07, OHS-19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel import dates
from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule
from ohs_training.rules.training import TRAININGS, Training


@dataclass(frozen=True, slots=True)
class FilingFacts:
    """`starts_on`: 開訓日. The other two are given when somebody asks whether that day was early enough."""

    starts_on: date
    filed_on: date | None = None
    changed_on: date | None = None


@rule("OHS-06", facts=FilingFacts)
def filing(facts: FilingFacts, *, on: date, law: Law) -> Outcome:
    """要點六：辦理訓練應於十五日前登錄訓練計畫報備書、課程表、講師名冊及受訓人員名冊並函請備查；變動應於開訓前一日登錄及備查。

    Counting back from the first day, which is not itself counted; neither day moves for a holiday: an earlier working day is
    a matter for reminders (facts: 115/11/22 is a Sunday and accepted).
    """
    why = Reasoning("OHS-06", on=on, law=law)
    days = why.figure("ohs.filing_days")
    file_by = dates.days_before(facts.starts_on, days)
    text = f"報備期限 {dates.roc(file_by)}"
    if facts.filed_on is None:
        why.note(
            text,
            comparison=f"{dates.roc(facts.starts_on)} − {days} 日 = {dates.roc(file_by)}",
            starts_on=facts.starts_on,
        )
    else:
        why.judge(
            facts.filed_on <= file_by,
            text,
            otherwise=f"已逾報備期限，最遲應於 {dates.roc(file_by)} 登錄並函請備查",
            comparison=f"{dates.roc(facts.filed_on)} ≤ {dates.roc(file_by)}",
            starts_on=facts.starts_on,
        )
    before = why.figure("ohs.change_days")
    change_by = dates.days_before(facts.starts_on, before)
    text = f"變動期限 {dates.roc(change_by)}"
    if facts.changed_on is None:
        why.note(text, comparison=f"{dates.roc(facts.starts_on)} − {before} 日 = {dates.roc(change_by)}")
    else:
        why.judge(
            facts.changed_on <= change_by,
            text,
            otherwise=f"已逾變動期限，最遲應於開訓前一日（{dates.roc(change_by)}）登錄及備查",
            comparison=f"{dates.roc(facts.changed_on)} ≤ {dates.roc(change_by)}",
        )
    remind_on = law.calendar.previous_working(file_by)
    return why.outcome(
        judged=facts.filed_on is not None or facts.changed_on is not None,
        file_by=file_by,
        change_by=change_by,
        remind_on=remind_on,
        papers=law.at("ohs.filing_papers", on).value,
    )


@dataclass(frozen=True, slots=True)
class HeadCountFacts:
    """`filed`: the plan is filed already; who drops out then is reported as a change."""

    training: Training
    enrolled: int
    filed: bool = False

    def __post_init__(self) -> None:
        if self.enrolled < 0:
            raise Impossible("報名人數不得為負數。")


@rule("OHS-07", facts=HeadCountFacts)
def head_count(facts: HeadCountFacts, *, on: date, law: Law) -> Outcome:
    """附表二附註：報名人數須達 15 人以上；專業訓練不超過 80 人，在職教育訓練不超過 120 人，以分組討論方式進行者不超過 60 人。

    The first two caps are 「以…為原則」, the last 「以…為限」. Going over a principle is refused here as well: letting more in
    is the county's to say, by an amendment or a decision on the case, not the institution's.
    """
    why = Reasoning("OHS-07", on=on, law=law)
    least = why.figure("ohs.enrolled_min")
    if facts.filed and facts.enrolled < least:
        why.note(f"報名 {facts.enrolled} 人；{least} 人為報訓練計畫時之條件，報備後減少者以變動報備")
    else:
        why.judge(
            facts.enrolled >= least,
            f"報名 {facts.enrolled} 人，達 {least} 人",
            otherwise=f"報名 {facts.enrolled} 人，須達 {least} 人以上始得報訓練計畫",
            comparison=f"{facts.enrolled} ≥ {least}",
        )
    most = why.figure(f"ohs.{facts.training}_cap")
    label = TRAININGS[facts.training]
    why.judge(
        facts.enrolled <= most,
        f"{label}未超過 {most} 人",
        otherwise=f"{label}每期以不超過 {most} 人為{'限' if facts.training == 'in_service_discussion' else '原則'}",
        comparison=f"{facts.enrolled} ≤ {most}",
        training=facts.training,
    )
    return why.outcome(least=least, most=most)


@dataclass(frozen=True, slots=True)
class Exemption:
    """抵免: the course waived and the paper that proves it."""

    course: str
    paper: str


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A line of 附表五. `empty`: columns left empty, by the names of `required`. `number_fault`: what is wrong with the 身分證字號; facts
    are kept with the filing, and no identifier is. `qualification_checked`: the institution saw the doctor's or nurse's certificate."""

    seat: int
    name: str
    empty: tuple[str, ...] = ()
    number_fault: str = ""
    born_on: date | None = None
    qualification_checked: bool = False
    exemptions: tuple[Exemption, ...] = ()


@dataclass(frozen=True, slots=True)
class RosterFacts:
    training: Training
    lines: tuple[RosterLine, ...]


_ALL = {"name": "姓名", "born_on": "出生年月日", "person_id": "身分證字號"}
_PROFESSIONAL = {
    "qualification_number": "資格證書字號",
    "education": "學歷",
    "employer": "服務單位",
    "job_title": "職稱",
    "address": "聯絡地址",
    "email": "電子郵件地址",
    "phone": "電話",
}


def required(training: Training) -> dict[str, str]:
    """Columns of 附表五 that must be filled, by their facts' names; in-service needs three (附註三)."""
    return {**_ALL, **_PROFESSIONAL} if training == "professional" else _ALL


@rule("OHS-19", facts=RosterFacts)
def roster(facts: RosterFacts, *, on: date, law: Law) -> Outcome:
    """附表五附註：受訓人員資格應查核其資格證書；抵免應註記證明文件及課程名稱；在職教育訓練者僅需填寫姓名、出生年月日及身分證字號。

    A line for each trainee that is not in order; `wrong` says why, by seat.
    """
    why = Reasoning("OHS-19", on=on, law=law)
    wrong = {line.seat: _faults(line, facts.training, on) for line in facts.lines}
    for line in facts.lines:
        if wrong[line.seat]:
            why.judge(False, f"{line.seat:02d} {line.name}：{'；'.join(wrong[line.seat])}")
    complete = sum(not found for found in wrong.values())
    why.note(f"名冊 {complete} 人齊全")
    return why.outcome(complete=complete, wrong={seat: found for seat, found in wrong.items() if found})


def _faults(line: RosterLine, training: Training, on: date) -> list[str]:
    professional = training == "professional"
    missing = [label for name, label in required(training).items() if name in line.empty]
    found = ["尚缺：" + "、".join(missing)] if missing else []
    if line.number_fault:
        found.append(line.number_fault)
    if line.born_on is not None and line.born_on >= on:
        found.append("出生年月日應在今日以前")
    # 附註一 makes no exception for in-service classes, whose roster shows less: the certificate is checked all the same.
    if not line.qualification_checked:
        found.append("應查核醫師或護理人員資格證書")
    for exemption in line.exemptions:
        if not professional:
            found.append("在職教育訓練無學分課程抵免")
        elif not (exemption.course.strip() and exemption.paper.strip()):
            found.append("抵免應註記繳驗之證明文件名稱及得抵免之課程名稱")
    return found

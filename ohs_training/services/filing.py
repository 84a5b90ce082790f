"""六: filing a class with the county, its changes, the county's answers, cancelling; first and last day."""

from datetime import date, datetime

from accounts.models import User
from casework.cases.casetypes import casetype
from casework.cases.doing import Doing
from casework.deadlines.keeping import meet_deadline, set_deadline, withdraw_all, withdraw_deadline
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.models.notice import page
from casework.notices.telling import tell_applicant, tell_office
from kernel.dates import ONE_DAY, end_of_day, roc, taipei_day
from kernel.outcome import Outcome
from ohs_training.models import ClassVersion, TrainingClass, VersionAnswer
from ohs_training.permissions import ACKNOWLEDGE, FILE_CLASS
from ohs_training.rules import classes, closing
from ohs_training.selectors.chain import class_chain
from ohs_training.selectors.classes import (
    CHANGEABLE,
    change_pending,
    class_of,
    content_of,
    differences,
    filing_outcomes,
    last_version,
    named,
    unfiled,
)
from ohs_training.services.planning import CHANGE_BY, FILE_BY
from ohs_training.services.saying import say

START, END = "ohs_training.start", "ohs_training.end"
CERTIFY, ENTER, REGISTER, RESIT, CONFIRM = (
    "ohs_training.certify",
    "ohs_training.enter",
    "ohs_training.register",
    "ohs_training.resit",
    "ohs_training.confirm",
)
#: What is owed after the last day, by its rule: deadline, label, clause, days of its reminders.
AFTER: dict[str, tuple[str, str, str, tuple[int, ...]]] = {
    "OHS-10": (RESIT, "補考及補課之末日", "要點七第2項、八第3項", (90, 30)),
    "OHS-11": (CERTIFY, "發給結業證書", "要點九第1款", (7, 3)),
    "OHS-12": (CERTIFY, "發給在職教育訓練證明", "要點九第2款", ()),
    "OHS-13": (ENTER, "登錄受訓資料", "要點九第3款", (5, 2)),
    "OHS-14": (REGISTER, "登錄核發清冊", "要點十第2項", (5, 2)),
    "OHS-20": (CONFIRM, "受訓人員確認時數", "要點附表七附註", (7,)),
}


def judge_filing(training_class: TrainingClass, *, on: date) -> list[Outcome]:
    """Outcomes of a filing on a day; those not met are what stands against it. Returned by the county and filed again, it is
    judged by the day on which it was first received: that day was kept."""
    return filing_outcomes(training_class, on=on, law=law_in_force(), filed_on=training_class.filed_on or on)


def _plan_missing(training_class: TrainingClass) -> list[str]:
    names = ("place", "address", "room", "tutor", "tutor_phone", "head")
    return [str(TrainingClass._meta.get_field(n).verbose_name) for n in names if not getattr(training_class, n)]


def filing_whole(case: Case, by: User | None, at: datetime) -> list[Outcome]:
    """Refuse a plan with something missing, too late or with too few people; what the rules said is kept."""
    training_class = class_of(case)
    if missing := _plan_missing(training_class):
        raise Refused("訓練計畫報備書尚缺：" + "、".join(missing) + "。")
    if not training_class.accreditation.holds(training_class.starts_on):
        raise Refused("本班不在認可期間，不能報備（要點五、十四）。")
    if case.state == "returned" and training_class.starts_on < taipei_day(at):
        raise Refused(
            f"開訓日 {roc(training_class.starts_on)} 已過，請先改訂開訓日及課程表，再行報備。", field="starts_on"
        )
    outcomes = judge_filing(training_class, on=taipei_day(at))
    if refused := [one for one in outcomes if one.met is False]:
        raise Refused("".join(one.sentence for one in refused), outcomes=refused)
    return outcomes


def _version(
    training_class: TrainingClass, *, reason: str, received_on: date, change_by: date | None, by: User, at: datetime
) -> ClassVersion:
    last = last_version(training_class)
    content = content_of(training_class)
    return ClassVersion.objects.create(
        training_class=training_class,
        number=(last.number if last else 0) + 1,
        filed_at=at,
        filed_by=by,
        content=content,
        differences=differences(last.content, content) if last else [],
        reason=reason,
        received_on=received_on,
        change_by=change_by,
    )


def _tell_county(case: Case, subject: str, body: str, *, at: datetime) -> None:
    link = page("admin:ohs_class", case.number)
    tell_office(case, "ohs_training.class_filed", subject, body, right=ACKNOWLEDGE, at=at, link=link)


def file_class(doing: Doing) -> None:
    """報備: 附表二至五 as they stand become version n. The day of the first receipt stays, however often the county returns it."""
    case, at = doing.case, doing.at
    training_class = class_of(case)
    received = training_class.filed_on = training_class.filed_on or doing.day
    training_class.save()
    case.filed_at, case.received_on = case.filed_at or at, received
    doing.move()
    made = _version(training_class, reason="", received_on=received, change_by=None, by=doing.by, at=at)
    meet_deadline(code=FILE_BY, at=at, case=case)
    _change_by(training_class, case, at)
    body = f"{case.organisation}報備「{training_class}」第 {made.number} 版，請備查。"
    _tell_county(case, "訓練計畫報備", body, at=at)


def _change_by(training_class: TrainingClass, case: Case, at: datetime) -> None:
    outcome = classes.filing(classes.FilingFacts(training_class.starts_on), on=taipei_day(at), law=law_in_force())
    set_deadline(
        code=CHANGE_BY, rule="OHS-06", label="報備事項變動之末日", citation="要點六第2項", counted_from=training_class.starts_on,
        due_on=date.fromisoformat(outcome.result["change_by"]), at=at, case=case, outcome=outcome,
    )  # fmt: skip


def _start_on(training_class: TrainingClass, case: Case, at: datetime) -> None:
    """The class begins by itself where nobody presses."""
    set_deadline(
        code=START, rule="OHS-08", label="開訓", citation="要點七", counted_from=taipei_day(at),
        due_on=training_class.starts_on - ONE_DAY, at=at, case=case,
    )  # fmt: skip


def _not_now(case: Case, what: str) -> Refused:
    return Refused(f"案件目前為「{casetype(case.kind).table.state(case.state).label}」，{what}。")


def change_to_file(case: Case, by: User | None, at: datetime) -> None:
    """六第2項: what stands otherwise than filed may be filed until the class begins, late as well: 十四(九) needs the truth on
    record. A change that the county returned is answered at any time; once the class runs, with the reason alone."""
    training_class = class_of(case)
    last = last_version(training_class)
    returned = last is not None and last.returned
    if case.state not in CHANGEABLE and not returned:
        raise _not_now(case, "不能變動報備")
    if not returned and not unfiled(training_class):
        raise Refused("報備事項與前次報備相同，沒有變動。")
    if case.state in CHANGEABLE:
        outcomes = filing_outcomes(training_class, on=taipei_day(at), law=law_in_force())
        if rest := [one for one in outcomes if one.met is False]:
            raise Refused("".join(one.sentence for one in rest), outcomes=rest)


def change_class(doing: Doing) -> None:
    """變動報備 (六第2項): a new version with its differences. It moves nothing; received after the day before the first day it is
    late, and stays so."""
    case, at, reason = doing.case, doing.at, doing.reason
    training_class = class_of(case)
    last = last_version(training_class)
    assert last is not None
    changes, received = unfiled(training_class), last.received if last.returned else doing.day
    # A first day put off counts only once it is filed: the term runs by the day that was filed.
    first = min(training_class.starts_on, date.fromisoformat(last.content["plan"]["starts_on"]))
    outcome = classes.filing(classes.FilingFacts(first, changed_on=received), on=doing.day, law=law_in_force())
    change_by = date.fromisoformat(outcome.result["change_by"])
    made = _version(training_class, reason=reason[:300], received_on=received, change_by=change_by, by=doing.by, at=at)
    label = "逾期變動報備" if made.late else "變動報備"
    say(doing, "change", label, changes=changes, outcomes=[outcome])
    if case.state in CHANGEABLE and not made.late:
        _change_by(training_class, case, at)
    if case.state == "acknowledged":
        _start_on(training_class, case, at)
    body = f"{case.organisation}就「{training_class}」{label}第 {made.number} 版（{len(changes)} 項），請備查。"
    _tell_county(case, label, body, at=at)


def _answer(doing: Doing, decision: VersionAnswer.Decision, *, number: str = "") -> ClassVersion:
    """The county's answer to the version filed last."""
    last = last_version(class_of(doing.case))
    assert last is not None
    VersionAnswer.objects.create(
        version=last, decision=decision, number=number, reason=doing.reason, answered_on=doing.day
    )
    return last


def return_class(doing: Doing) -> None:
    """退回補正: the day of the first receipt stays."""
    last = _answer(doing, VersionAnswer.Decision.RETURNED)
    body = f"{doing.reason}\n請補正後再報備；報備期限仍以 {roc(last.received)} 收件認定。"
    tell_applicant(doing.case, "ohs_training.returned", "報備退回補正", body, at=doing.at, right=FILE_CLASS)


def change_to_answer(case: Case, by: User | None, at: datetime) -> None:
    """Refuse where no change waits for the county."""
    if not change_pending(case, last_version(class_of(case))):
        raise _not_now(case, "沒有待備查之變動報備")


def numbered(acknowledgement: str) -> str:
    """The county's number, which a 備查 never lacks."""
    if not acknowledgement.strip():
        raise Refused("請填寫備查文號。", field="acknowledgement")
    return acknowledgement.strip()


def acknowledge_change(doing: Doing, *, acknowledgement: str) -> None:
    """變動備查, before or after the first day. Certificates go on to print the number of the class."""
    case, number = doing.case, numbered(acknowledgement)
    last = _answer(doing, VersionAnswer.Decision.ACKNOWLEDGED, number=number)
    say(doing, "change_acknowledged", f"變動備查（第 {last.number} 版）{number}")
    body = f"第 {last.number} 版備查文號：{number}"
    tell_applicant(case, "ohs_training.change_acknowledged", "變動已備查", body, at=doing.at, right=FILE_CLASS)


def return_change(doing: Doing) -> None:
    """變動退回: the class does not begin upon it until it is filed again; what has begun goes on."""
    case, last = doing.case, _answer(doing, VersionAnswer.Decision.RETURNED)
    say(doing, "change_returned", f"變動退回（第 {last.number} 版）")
    body = f"{doing.reason}\n請補正或說明後再為變動報備；期限仍以 {roc(last.received)} 收件認定。"
    tell_applicant(case, "ohs_training.returned", "變動報備退回補正", body, at=doing.at, right=FILE_CLASS)


def acknowledge_class(doing: Doing, *, acknowledgement: str) -> None:
    """備查: the county's number, which every certificate will print."""
    case, training_class, number = doing.case, class_of(doing.case), numbered(acknowledgement)
    training_class.acknowledgement, training_class.acknowledged_on = number, doing.day
    training_class.save()
    case.decided_on = doing.day
    doing.move()
    _answer(doing, VersionAnswer.Decision.ACKNOWLEDGED, number=number)
    _start_on(training_class, case, doing.at)
    tell_applicant(case, "ohs_training.acknowledged", "已備查", f"備查文號：{number}", at=doing.at, right=FILE_CLASS)


def cancel_class(doing: Doing) -> None:
    """取消辦理: nothing is owed any more."""
    withdraw_all(at=doing.at, case=doing.case)


# --- first and last day ------------------------------------------------------------------------------------------------


def first_day_come(case: Case, by: User | None, at: datetime) -> None:
    """Refuse before the first day."""
    starts_on = class_of(case).starts_on
    if taipei_day(at) < starts_on:
        raise Refused(f"開訓日為 {roc(starts_on)}，尚未開訓。")


def as_it_was_filed(case: Case, by: User | None, at: datetime) -> None:
    """六第2項、十四(九): a class begins only as it was filed; a change that was filed waits for nobody."""
    training_class = class_of(case)
    last = last_version(training_class)
    if last is not None and last.returned:
        raise Refused(f"第 {last.number} 版變動報備經地方主管機關退回，請補正後再為變動報備，始得開訓（要點六第2項）。")
    if changes := unfiled(training_class):
        raise Refused(
            f"有 {len(changes)} 項變動尚未報備，不能開訓（要點六第2項）：{named(changes)}。請先「變動報備」，或改回已報備之內容。"
        )


def begin_class(doing: Doing) -> None:
    """開訓: by the tutor on the first day, or by the sweep."""
    case, training_class = doing.case, class_of(doing.case)
    withdraw_deadline(code=START, at=doing.at, case=case)
    withdraw_deadline(code=CHANGE_BY, at=doing.at, case=case)
    set_deadline(
        code=END, rule="OHS-08", label="結訓", citation="要點七", counted_from=training_class.starts_on, due_on=training_class.ends_on,
        at=doing.at, case=case,
    )  # fmt: skip


def last_period_over(case: Case, by: User | None, at: datetime) -> None:
    """Refuse before the last period is over."""
    training_class = class_of(case)
    last = training_class.rows.order_by("-ends_at").first()
    over = last.ends_at if last else end_of_day(training_class.ends_on)
    if at < over or taipei_day(at) < training_class.ends_on:
        raise Refused(f"結訓日為 {roc(training_class.ends_on)}，最後一節尚未結束。")


def end_class(doing: Doing) -> None:
    """結訓: every term that runs from this day, each under the law of this day (九、十、八)."""
    case, training_class = doing.case, class_of(doing.case)
    doing.move()
    meet_deadline(code=END, at=doing.at, case=case)
    ended = training_class.ends_on
    found = closing.terms(
        professional=training_class.professional,
        ended_on=ended,
        acknowledgement=training_class.acknowledgement,
        law=law_in_force(),
    )
    for outcome, name in found:
        code, label, citation, remind = AFTER[outcome.rule]
        set_deadline(
            code=code, rule=outcome.rule, label=label, citation=citation, counted_from=ended,
            due_on=date.fromisoformat(outcome.result[name]), at=doing.at, case=case, outcome=outcome, remind_days=remind,
        )  # fmt: skip
    _tell_absent(training_class, case, on=doing.day, at=doing.at)


def _tell_absent(training_class: TrainingClass, case: Case, *, on: date, at: datetime) -> None:
    """Who is to be told of withdrawal or make-up, in one notice to the institution (七第2項)."""
    chain = class_chain(training_class, on=on, law=law_in_force(), at=at)
    out = [one.trainee.name for one in chain.lines if one.chain and one.chain.absence.result["withdraw"]]
    make_up = [
        one.trainee.name
        for one in chain.lines
        if one.chain and one.chain.absence.result["make_up_due"] and one.trainee.name not in out
    ]
    if out or make_up:
        parts = [f"應通知退訓：{'、'.join(out)}"] if out else []
        parts += [f"應通知補課：{'、'.join(make_up)}"] if make_up else []
        tell_applicant(
            case, "ohs_training.absent", "缺課處理", "；".join(parts) + "（要點七第2項）。", at=at, right=FILE_CLASS
        )

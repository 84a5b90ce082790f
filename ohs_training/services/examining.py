"""八: marks of the exam and the one resit, entered by the county's labour authority."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from casework.cases.doing import Doing
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.notices.telling import tell_applicant
from kernel.dates import roc, taipei_day
from kernel.facts import Impossible
from kernel.saying import plain
from ohs_training.models import Sitting
from ohs_training.permissions import ISSUE
from ohs_training.rules import examination
from ohs_training.selectors.chain import class_chain
from ohs_training.selectors.classes import class_of
from ohs_training.services.saying import say


def professional(case: Case, by: User | None, at: datetime) -> None:
    """Refuse where no exam is held."""
    if not class_of(case).professional:
        raise Refused("在職教育訓練不辦理測驗。")


def enter_marks(doing: Doing, *, number: int, sat_on: date, marks: Sequence[Mapping[str, Any]], examiner: str) -> int:
    """Marks of the exam (1) or the resit (2): {trainee, mark}. Only of those who may sit; a mark that a certificate rests on
    stays. Says how many were written."""
    case, at, on, law = doing.case, doing.at, doing.day, law_in_force()
    training_class = class_of(case)
    if sat_on > on:
        raise Refused("測驗日不得晚於今天。", field="sat_on")
    if sat_on < training_class.ends_on:
        raise Refused(f"測驗應於訓練完成後辦理，結訓日為 {roc(training_class.ends_on)}。", field="sat_on")
    lines = {line.trainee.pk: line for line in class_chain(training_class, on=on, law=law, at=at).lines}
    changes: list[dict[str, str]] = []
    for one in marks:
        line = lines.get(one["trainee"])
        if line is None:
            raise Refused("名冊上沒有這個人。")
        mark, trainee, at_row = Decimal(one["mark"]), line.trainee, f"mark-{line.trainee.pk}"
        before = next((s for s in line.sittings if s.number == number), None)
        if before and before.mark == mark and before.sat_on == sat_on:
            continue
        if line.certificate:
            raise Refused(
                f"{trainee}已發給證書 {line.certificate.number}，成績不能再更改；應先撤銷證書。", field=at_row
            )
        if line.chain is None or not line.chain.may_sit:
            why = line.chain.absence.sentence.rstrip("。") if line.chain else line.wrong
            raise Refused(f"{trainee}不得參加測驗：{why}（要點七第2項）。", field=at_row)
        if before and not doing.reason.strip():
            raise Refused(f"{trainee}已有成績 {plain(before.mark)} 分，更正請填寫理由。", field="reason")
        others = [examination.Sitting(s.sat_on, s.mark) for s in line.sittings if s.number != number]
        _judge(trainee, training_class.ends_on, number, examination.Sitting(sat_on, mark), others, on=on, law=law)
        Sitting.objects.update_or_create(
            trainee=trainee,
            number=number,
            defaults={"sat_on": sat_on, "mark": mark, "marked_at": at, "marked_by": doing.by},
        )
        changes.append({"label": str(trainee), "before": plain(before.mark) if before else "", "after": plain(mark)})
    if examiner:
        training_class.examiner = examiner
        training_class.save()
    if changes:
        label = f"登錄{'補考' if number == 2 else '測驗'}成績 {len(changes)} 人（{roc(sat_on)}）"
        say(doing, "marks.entered", label, changes=changes)
    if case.state == "ended" and not unmarked(case, at):
        doing.then("examine")
        body = "請審核實習報告並發給結業證書。"
        tell_applicant(case, "ohs_training.examined", "測驗成績已登錄", body, at=at, right=ISSUE)
    return len(changes)


def _judge(trainee: Any, ended_on: date, number: int, sitting: Any, others: list[Any], *, on: date, law: Any) -> None:
    """What OHS-10 says of the sittings with this one: one resit, within the year, not after passing."""
    if number == 2 and not others:
        raise Refused(f"{trainee}尚未參加測驗，沒有補考。", field=f"mark-{trainee.pk}")
    ordered = [*others, sitting] if number == 2 else [sitting, *others]
    try:
        outcome = examination.exam(examination.ExamFacts(ended_on, tuple(ordered)), on=on, law=law)
    except Impossible as error:
        raise Refused(f"{trainee}：{error}", field=f"mark-{trainee.pk}") from error
    late = [line.text for line in outcome.lines if line.inputs.get("late")]
    if late:
        raise Refused(f"{trainee}：{late[0]}（要點八第3項）。", field="sat_on")


def unmarked(case: Case, at: datetime) -> list[str]:
    """Who may sit and has no mark yet."""
    chain = class_chain(class_of(case), on=taipei_day(at), law=law_in_force(), at=at)
    return [str(line.trainee) for line in chain.lines if line.chain and line.chain.may_sit and not line.sittings]


def marked(case: Case, by: User | None, at: datetime) -> None:
    """Refuse while somebody who may sit has no mark."""
    if left := unmarked(case, at):
        raise Refused(f"尚有 {len(left)} 人未登錄測驗成績。")

"""The branch's own terms 補正與審查期限: the last day of a correction and of the review."""

from datetime import date

from kernel.dates import DAY_KINDS, roc
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning


def correction_term(notified_on: date, *, on: date, law: Law) -> Outcome:
    """When a correction asked for on a day is due; a last day on a holiday moves, since the applicant has to act."""
    why = Reasoning("OA-01", on=on, law=law)
    last = _term(why, "oa.correction", notified_on, "通知", "補正", law)
    due_on = law.calendar.act_by(last)
    if due_on != last:
        why.note(f"{roc(last)} 非上班日，順延至 {roc(due_on)}")
    return why.outcome(judged=False, due_on=due_on)


def handling_term(received_on: date, *, on: date, law: Law) -> Outcome:
    """When the review of an application received on a day is due."""
    why = Reasoning("OA-21", on=on, law=law)
    return why.outcome(judged=False, due_on=_term(why, "oa.handling", received_on, "收件", "審查", law))


def _term(why: Reasoning, code: str, start: date, begins: str, act: str, law: Law) -> date:
    kind = law.at(f"{code}_day_kind", start).value
    days = why.figure(f"{code}_days", start)
    last = law.calendar.term(start, days, kind)
    why.note(
        f"自 {roc(start)} {begins}起 {days} {DAY_KINDS[kind]}內{act}",
        comparison=f"{roc(start)} + {days} {DAY_KINDS[kind]} = {roc(last)}",
    )
    return last

"""The branch's own terms 補正與審查期限: the last day of a correction and of the review."""

from datetime import date

from casework.kernel.dates import days_after, roc
from casework.kernel.law import Law
from casework.kernel.outcome import Outcome, Reasoning


def correction_term(notified_on: date, *, on: date, law: Law) -> Outcome:
    """When a correction asked for on a day is due: calendar days, moved to a working day where it ends on a holiday."""
    why = Reasoning("OA-01", on=on, law=law)
    days = why.figure("oa.correction_days", notified_on)
    last = days_after(notified_on, days)
    why.note(
        f"自 {roc(notified_on)} 通知起 {days} 日內補正", comparison=f"{roc(notified_on)} + {days} 日 = {roc(last)}"
    )
    due_on = law.calendar.act_by(last)
    if due_on != last:
        why.note(f"{roc(last)} 非上班日，順延至 {roc(due_on)}")
    return why.outcome(judged=False, due_on=due_on)


def handling_term(received_on: date, *, on: date, law: Law) -> Outcome:
    """When the review of an application received on a day is due: working days."""
    why = Reasoning("OA-21", on=on, law=law)
    days = why.figure("oa.handling_days", received_on)
    due_on = law.calendar.working_days_after(received_on, days)
    why.note(
        f"自 {roc(received_on)} 收件起 {days} 個工作日內審查",
        comparison=f"{roc(received_on)} + {days} 個工作日 = {roc(due_on)}",
    )
    return why.outcome(judged=False, due_on=due_on)

"""核定／不予核定 by a letter of the ministry with its number and day (VRS-19): what is alike for every kind of case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casework.cases.doing import Doing
from casework.errors import Refused
from kernel.dates import roc
from vrs_credentials import documents
from vrs_credentials.selectors.outcomes import answered_by_letter, resolution
from vrs_credentials.services.closing import release
from vrs_credentials.services.office import tell_applicant, tell_approvers, thing_of


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter 函 of the ministry."""

    number: str
    sent_on: date

    def __str__(self) -> str:
        return f"{self.number}（{roc(self.sent_on)}）"


def report_application(doing: Doing) -> None:
    """Tell who approves that the case is theirs."""
    doing.move()
    tell_approvers(doing.case, at=doing.at)


def letter_answers(before: Sequence[tuple[date, str]], sent_on: date, on: date) -> None:
    """Refuse a letter older than what it answers, and one of a day to come."""
    if sent_on > on:
        raise Refused("發文日期不得晚於今日。", field="letter_on")
    for day, what in before:
        if sent_on < day:
            raise Refused(f"發文日期不得早於{what}（{roc(day)}）。", field="letter_on")


def decide_by_letter(doing: Doing, number: str, sent_on: date, why: str = "") -> Letter:
    """Write the letter into the application and take the decision's step; what the case held is free."""
    case, letter = doing.case, Letter(number, sent_on)
    if not number.strip():
        raise Refused("請填寫發文字號與日期。", field="letter_number")
    letter_answers(answered_by_letter(case), sent_on, doing.day)
    thing = thing_of(case)
    row = getattr(case, "vrs_extension_application" if thing == "extension" else f"vrs_{thing}")
    row.letter_number, row.letter_on = number, sent_on
    row.save()
    case.decided_on = doing.day
    doing.reason = f"{letter}：{why}" if why else str(letter)
    doing.move()
    release(case, doing.at)
    return letter


def tell_granted(doing: Doing, letter: Letter, sentence: str) -> None:
    """Issue the 核定函 and tell the applicant what was granted."""
    case, by, at = doing.case, doing.by, doing.at
    documents.issue_letter(case, letter_number=letter.number, letter_on=letter.sent_on, sentence=sentence, by=by, at=at)
    tell_applicant(case, "approved", "已核定", f"{sentence}\n核定文號：{letter}", at=at)


def reject_application(doing: Doing, *, letter_number: str, letter_on: date) -> None:
    """Refuse by the ministry's letter, which ends the case; the applicant is told nothing before it."""
    case, by, at, reason = doing.case, doing.by, doing.at, doing.reason
    letter = decide_by_letter(doing, letter_number, letter_on, reason)
    item = resolution(case)
    told = f"經 {roc(item.session.held_on)} 複審會議決議不通過" if item else "所請不予核定"
    documents.issue_letter(
        case, letter_number=letter.number, letter_on=letter.sent_on, sentence=f"{told}，理由：{reason}", by=by, at=at,
        granted=False,
    )  # fmt: skip
    body = f"{told}。\n{reason}\n發文字號：{letter}\n不服者之救濟方式，請見不予核定函。"
    tell_applicant(case, "rejected", "不予核定", body, at=at)

"""Who hears of a case 通知對象: the applicant's side by mail and inbox, the office by inbox alone, because its list shows the case.

What happens once in a case is told once: the key is the act's code at the case's count of events.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain

from accounts.models import User
from accounts.rights import holders
from casework.deadlines.handlers import Lapse, Remind
from casework.models import Case, Deadline, Reminder
from casework.models.notice import page
from casework.notices.outbox import Told, notify, notify_each
from kernel.dates import roc


def applicants(case: Case, *, right: str) -> list[User]:
    """The person who applies for themselves, or those of the unit who hold `right` there."""
    if case.person is not None:
        return [case.person]
    return list(holders(right, case.organisation)) if case.organisation else []


def tell(
    users: Iterable[User],
    case: Case,
    code: str,
    subject: str,
    body: str,
    *,
    at: datetime,
    link: str = "",
    mail: bool = True,
) -> None:
    notify(
        users=users,
        code=code,
        subject=subject,
        body=body,
        key=f"{code}:{case.number}:{case.events_count}",
        case=case,
        link=link or page("casework:case", case.number),
        at=at,
        mail=mail,
    )


def tell_applicant(case: Case, code: str, subject: str, body: str, *, right: str, at: datetime, link: str = "") -> None:
    people = applicants(case, right=right)
    tell(people, case, code, f"{subject}：{case.number}", f"案由：{case.title}\n\n{body}", at=at, link=link)


def tell_office(case: Case, code: str, subject: str, body: str, *, right: str, at: datetime, link: str = "") -> None:
    """Those who hold `right` in the case's office."""
    people = holders(right, case.office)
    link = link or page("admin:case", case.number)
    tell(people, case, code, f"{subject}：{case.number}", body, at=at, link=link, mail=False)


# --- days: what handlers do, their words with {day}, {label}, {citation}, {title}, {office} ------------------------------------


def _spoken(deadline: Deadline, words: str) -> str:
    known = {"title": deadline.case.title, "office": deadline.case.office} if deadline.case else {}
    return words.format(day=roc(deadline.due_on), label=deadline.label, citation=deadline.citation, **known)


def told_applicant(deadline: Deadline, *, key: str, subject: str, body: str, right: str) -> list[Told]:
    """What the applicant's side is told of a day of its case."""
    case = deadline.case
    if case is None:
        return []
    about, text = _spoken(deadline, subject), f"案由：{case.title}\n\n{_spoken(deadline, body)}"
    return [
        Told(user, f"{about}：{case.number}", text, key, case, page("casework:case", case.number))
        for user in applicants(case, right=right)
    ]


def told_office(deadline: Deadline, people: Iterable[User], *, key: str, subject: str, body: str) -> list[Told]:
    case = deadline.case
    if case is None:
        return []
    about, text = _spoken(deadline, subject), _spoken(deadline, body)
    link = page("admin:case", case.number)
    return [Told(user, f"{about}：{case.number}", text, key, case, link) for user in people]


def remind_applicant(code: str, *, right: str, subject: str, body: str) -> Remind:
    def remind(pairs: list[tuple[Deadline, Reminder]], at: datetime) -> None:
        told = [
            told_applicant(deadline, key=f"remind:{reminder.pk}", subject=subject, body=body, right=right)
            for deadline, reminder in pairs
        ]
        notify_each(list(chain(*told)), code=code, at=at)

    return remind


def late_applicant(code: str, *, right: str, subject: str, body: str) -> Lapse:
    def late(deadlines: list[Deadline], at: datetime) -> None:
        told = [
            told_applicant(deadline, key=f"late:{deadline.pk}", subject=subject, body=body, right=right)
            for deadline in deadlines
        ]
        notify_each(list(chain(*told)), code=code, at=at)

    return late


def remind_office(code: str, *, right: str, subject: str, body: str) -> Remind:
    """Whoever has the case, else those who may take it; by inbox alone."""

    def remind(pairs: list[tuple[Deadline, Reminder]], at: datetime) -> None:
        told = [
            told_office(
                deadline,
                [case.assignee] if case.assignee else holders(right, case.office),
                key=f"remind:{reminder.pk}",
                subject=subject,
                body=body,
            )
            for deadline, reminder in pairs
            if (case := deadline.case)
        ]
        notify_each(list(chain(*told)), code=code, at=at, mail=False)

    return remind


def late_office(code: str, *, rights: Sequence[str], subject: str, body: str) -> Lapse:
    def late(deadlines: list[Deadline], at: datetime) -> None:
        told = [
            told_office(
                deadline,
                {user for right in rights for user in holders(right, case.office)},
                key=f"late_office:{deadline.pk}",
                subject=subject,
                body=body,
            )
            for deadline in deadlines
            if (case := deadline.case)
        ]
        notify_each(list(chain(*told)), code=code, at=at)

    return late

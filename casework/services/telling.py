"""Who hears of a case 通知對象: the applicant's side by mail and inbox, the office by inbox alone, because its list shows the case.

What happens once in a case is told once: the key is the act's code at the case's count of events.
"""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from accounts.rights import holders
from casework.models import Case, Deadline
from casework.services.notices import Told, notify


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
        link=link or f"/cases/{case.number}/",
        at=at,
        mail=mail,
    )


def tell_applicant(case: Case, code: str, subject: str, body: str, *, right: str, at: datetime, link: str = "") -> None:
    people = applicants(case, right=right)
    tell(people, case, code, f"{subject}：{case.number}", f"案由：{case.title}\n\n{body}", at=at, link=link)


def tell_office(case: Case, code: str, subject: str, body: str, *, right: str, at: datetime, link: str = "") -> None:
    """Those who hold `right` in the case's office."""
    people = holders(right, case.office)
    link = link or f"/admin/case/{case.number}/"
    tell(people, case, code, f"{subject}：{case.number}", body, at=at, link=link, mail=False)


def told_applicant(deadline: Deadline, *, key: str, subject: str, body: str, right: str) -> list[Told]:
    """The same people about a day of theirs: what a deadline handler collects for `notify_each`."""
    case = deadline.case
    if case is None:
        return []
    text, link = f"案由：{case.title}\n\n{body}", f"/cases/{case.number}/"
    return [Told(user, f"{subject}：{case.number}", text, key, case, link) for user in applicants(case, right=right)]

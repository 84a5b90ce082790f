"""兩位審查委員 and 複審會議 (VRS-03): for qualifications, courses and own education alike.

A reviewer gets two rights on the case assigned and loses them when it is decided. An opinion is written once; its words are
shown to nobody else before both are in, so neither the event nor the page of the case says more than that it was given.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.locks import locking
from accounts.models import Organisation, User
from accounts.rights import can, holders, permission_row
from casework.cases.doing import Doing
from casework.cases.events import record
from casework.cases.recusal import bodies_of
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models import Case, CaseUserObjectPermission
from casework.models.notice import page
from casework.notices.outbox import notify
from kernel.dates import roc, taipei_day
from kernel.outcome import Outcome
from vrs_credentials.models import Assignment, CommitteeSession, Opinion, SessionCase
from vrs_credentials.permissions import BE_REVIEWER, GIVE_OPINION, REVIEWED, VIEW_ASSIGNED, assign_right, decide_right
from vrs_credentials.rules import review
from vrs_credentials.selectors.outcomes import assignments, last_round, next_step, opinions_open, resolution
from vrs_credentials.services.closing import take_rights
from vrs_credentials.services.office import tell_approvers, thing_of

CLAUSE_REVIEW, CLAUSE_COMMITTEE = "說明書貳、案件審查階段一", "說明書貳、案件審查階段二"


# --- assigning ------------------------------------------------------------------------------------------------------------


def institutions_of(user: User, on: date) -> set[int]:
    """Institutions a person works in: two colleagues of one are not strangers to each other, two officials are."""
    outside = (Organisation.Kind.INSTITUTION, Organisation.Kind.UNIT, Organisation.Kind.SERVICE)
    found = Organisation.objects.filter(pk__in=bodies_of(user, on), kind__in=outside)
    return set(found.values_list("pk", flat=True))


def why_not_reviewer(case: Case, reviewer: User, on: date) -> str:
    theirs = {case.organisation_id} if case.organisation_id else set()
    if case.person is not None:
        theirs |= institutions_of(case.person, on)
    applicant = case.person.account_name if case.person else ""
    return review.may_review(
        review.Assignment(
            reviewer.account_name,
            tuple(map(str, institutions_of(reviewer, on))),
            applicant,
            tuple(map(str, theirs)),
        )
    )


def candidates(case: Case) -> QuerySet[User]:
    return holders(BE_REVIEWER, case.office).order_by("name")


def assign_reviewers(doing: Doing, *, reviewers: Sequence[User]) -> None:
    """Give the case to its reviewers for a new round, with a right on it for each."""
    case, by, at, on = doing.case, doing.by, doing.at, doing.day
    needed = law_in_force().at("vrs.reviewers", on).value
    if len({one.pk for one in reviewers}) != needed:
        raise Refused(f"請選擇 {needed} 位不同的審查委員。", field="reviewers")
    able = set(candidates(case).values_list("pk", flat=True))
    for one in reviewers:
        if one.pk not in able:
            raise Refused(f"{one.name}不是審查委員。", field="reviewers")
        if why := why_not_reviewer(case, one, on):
            raise Refused(f"{one.name}：{why}", field="reviewers")
    take_rights(case)
    rows = [(one, permission_row(code)) for one in reviewers for code in (VIEW_ASSIGNED, GIVE_OPINION)]
    # bulk_create: guardian's save asks for a permission of the object's own model; ours hang on Organisation (accounts.rights)
    CaseUserObjectPermission.objects.bulk_create(
        CaseUserObjectPermission(user=one, permission=row, content_object=case) for one, row in rows
    )
    doing.move()
    names = "、".join(one.name for one in reviewers)
    record(case, "reviewers.assigned", f"指派審查委員：{names}", by=by, at=at, clause=CLAUSE_REVIEW, internal=True)
    _new_round(doing, reviewers, "請審查", f"「{case.title}」已指派您審查，請至「我的審查」提出意見。")


def _new_round(doing: Doing, reviewers: Sequence[User], subject: str, body: str) -> None:
    """An assignment for each reviewer, who are told."""
    case, at, number = doing.case, doing.at, last_round(doing.case) + 1
    Assignment.objects.bulk_create(
        Assignment(case=case, round=number, reviewer=one, assigned_at=at, assigned_by=doing.by) for one in reviewers
    )
    notify(
        users=reviewers, code="vrs_credentials.assigned", subject=f"{subject}：{case.number}", body=body,
        key=f"assigned:{case.number}:{number}", case=case, link=page("admin:case", case.number), at=at,
    )  # fmt: skip


# --- opinions ---------------------------------------------------------------------------------------------------------------


def assignment_of(case: Case, user: User) -> Assignment | None:
    return next((one for one in assignments(case) if one.reviewer_id == user.pk), None)


def may_give_opinion(case: Case, by: User | None, at: datetime) -> None:
    """Refuse whoever was not assigned, has given the opinion, or came to the applicant's institution after being assigned."""
    mine = assignment_of(case, by) if by else None
    if by is None or mine is None:
        raise Refused("這件案件沒有指派您審查。")
    if hasattr(mine, "opinion"):
        raise Refused("您已提出意見，意見提出後不能修改。")
    if why := why_not_reviewer(case, by, taipei_day(at)):
        raise Refused(why)


def give_opinion(doing: Doing, *, verdict: str, comment: str = "") -> None:
    """Write the opinion, which stays shut until the other one is in; then tell the office what follows."""
    if verdict != Opinion.Verdict.PASS and not comment.strip():
        raise Refused("疑義或請補充資料者，請填寫審查說明。", field="comment")
    assert doing.by is not None
    mine = assignment_of(doing.case, doing.by)
    Opinion.objects.create(assignment=mine, verdict=Opinion.Verdict(verdict), comment=comment.strip(), at=doing.at)
    doing.internal = True
    doing.move()
    if opinions_open(doing.case):
        _both_in(doing.case, at=doing.at)


def _both_in(case: Case, *, at: datetime) -> None:
    rows = assignments(case)
    changes = [
        {
            "label": one.reviewer.name,
            "before": "",
            "after": f"{one.opinion.get_verdict_display()} {one.opinion.comment}".strip(),
        }
        for one in rows
    ]
    outcome = _step(case, at)
    record(
        case, "opinions.opened", "審查委員意見均已提出", by=None, at=at, clause=CLAUSE_REVIEW, changes=changes,
        outcomes=[outcome], internal=True,
    )  # fmt: skip
    step = {"approve": "可送核定", "committee": "屬疑義案件，應提複審會議", "supplement": "審查委員請補充資料"}
    notify(
        users=[case.assignee] if case.assignee else holders(assign_right(thing_of(case)), case.office),
        code="vrs_credentials.opinions", subject=f"審查意見已齊：{case.number}",
        body=f"「{case.title}」審查委員意見均已提出：{step.get(outcome.result['next'], '')}。",
        key=f"opinions:{case.number}:{rows[0].round}", case=case, link=page("admin:case", case.number), at=at, mail=False,
    )  # fmt: skip


# --- what follows from them -------------------------------------------------------------------------------------------------


def _step(case: Case, at: datetime) -> Outcome:
    return next_step(case, on=taipei_day(at), law=law_in_force())


def _opened(case: Case, at: datetime) -> Outcome:
    """What follows from the opinions. Raises Refused while one is missing."""
    if not opinions_open(case):
        raise Refused("審查委員意見尚未齊備。")
    return _step(case, at)


def both_passed(case: Case, by: User | None, at: datetime) -> Outcome:
    """Refuse where a reviewer did not let it pass."""
    outcome = _opened(case, at)
    if outcome.result["next"] != "approve":
        raise Refused("審查意見並非均為通過。", outcomes=[outcome])
    return outcome


def in_doubt(case: Case, by: User | None, at: datetime) -> None:
    """Refuse a case that needs no committee."""
    outcome = _opened(case, at)
    if outcome.result["next"] != "committee":
        raise Refused("不是疑義案件。", outcomes=[outcome])


def refer_to_committee(doing: Doing, *, session: CommitteeSession) -> None:
    """Put the case on the agenda of a session."""
    doing.outcomes.append(_step(doing.case, doing.at))
    put_on_agenda(doing.case, session)


def put_on_agenda(case: Case, session: CommitteeSession) -> SessionCase:
    session = locking(CommitteeSession.objects).get(pk=session.pk)
    if session.closed_at:
        raise Refused("這次會議紀錄已定稿，請選擇另一次會議。", field="session")
    if session.items.filter(case=case).exists():
        raise Refused("這件案件已在這次會議作成決議，請選擇另一次會議。", field="session")
    position = (session.items.order_by("-position").values_list("position", flat=True).first() or 0) + 1
    return SessionCase.objects.create(session=session, case=case, position=position)


def not_turned_down(case: Case, by: User | None, at: datetime) -> None:
    """Refuse to grant what the committee turned down. The ministry may send it back."""
    if _step(case, at).result["next"] == "reject":
        raise Refused("複審會議決議不通過，應不予核定；認有疑義者請退回審查。")


def turned_down(case: Case, by: User | None, at: datetime) -> None:
    """Refuse to turn down what the committee did not: only its resolution does."""
    if _step(case, at).result["next"] != "reject":
        raise Refused("複審會議未決議不通過，不能不予核定；認有疑義者請退回審查。")


def return_to_review(doing: Doing) -> None:
    """Begin a new round with the reviewers of before."""
    reviewers = [one.reviewer for one in assignments(doing.case)]
    _new_round(doing, reviewers, "請重新審查", f"「{doing.case.title}」：{doing.reason}")


# --- committee --------------------------------------------------------------------------------------------------------------


def _keeps_sessions(by: User, office: Organisation) -> None:
    if not any(can(by, decide_right(thing), office) for thing in REVIEWED):
        raise NotPermitted("您沒有辦理複審會議的權限。")


@transaction.atomic
def call_session(
    *, office: Organisation, held_on: date, place: str, chair: str, members: str = "", by: User, at: datetime
) -> CommitteeSession:
    _keeps_sessions(by, office)
    return CommitteeSession.objects.create(
        office=office, held_on=held_on, place=place, chair=chair, members=members, created_at=at, created_by=by
    )


@transaction.atomic
def keep_minutes(session: CommitteeSession, *, minutes: str, members: str, by: User, at: datetime) -> CommitteeSession:
    session = locking(CommitteeSession.objects).get(pk=session.pk)
    _keeps_sessions(by, session.office)
    if session.closed_at:
        raise Refused("會議紀錄已定稿，不能再修改。")
    if not minutes.strip():
        raise Refused("請填寫會議紀錄。", field="minutes")
    session.minutes, session.members = minutes.strip(), members
    session.save(update_fields=["minutes", "members"])
    return session


@transaction.atomic
def close_session(session: CommitteeSession, *, by: User, at: datetime) -> CommitteeSession:
    session = locking(CommitteeSession.objects).get(pk=session.pk)
    _keeps_sessions(by, session.office)
    if session.items.filter(decision="").exists():
        raise Refused("尚有議案未作成決議。")
    if not session.minutes.strip():
        raise Refused("請先填寫會議紀錄。", field="minutes")
    session.closed_at = session.closed_at or at
    session.save(update_fields=["closed_at"])
    return session


def _on_agenda(case: Case) -> SessionCase:
    item = SessionCase.objects.select_related("session").filter(case=case, decision="").first()
    if item is None:
        raise Refused("案件不在任何一次複審會議的議程上。")
    return item


def session_held(case: Case, by: User | None, at: datetime) -> None:
    """Refuse a resolution before its session was held and has minutes."""
    session = _on_agenda(case).session
    if session.held_on > taipei_day(at):
        raise Refused(f"會議日期為 {roc(session.held_on)}，會議召開後才能登錄決議。")
    if not session.minutes.strip():
        raise Refused("請先填寫會議紀錄，再登錄決議。")


def resolve_case(doing: Doing, *, decision: str) -> None:
    """Write the committee's resolution 複審決議 into the agenda, and take its step."""
    item = _on_agenda(doing.case)
    item.decision, item.reasoning, item.decided_at = SessionCase.Decision(decision), doing.reason, doing.at
    item.save()
    code = "committee_pass" if item.decision == SessionCase.Decision.PASS else "committee_reject"
    doing.then(code, reason=doing.reason)


def minutes_kept(case: Case, by: User | None, at: datetime) -> None:
    """Refuse the step of a resolution that is written nowhere."""
    item = resolution(case)
    if item is None or not item.session.minutes.strip():
        raise Refused("請先填寫複審會議紀錄。")


def forward_resolution(doing: Doing) -> None:
    """Give the case to the ministry, which decides by the resolution and tells the applicant with its letter, not before."""
    doing.outcomes.append(_step(doing.case, doing.at))
    doing.internal = True
    doing.move()
    against = doing.act.code == "committee_reject"
    resolved = "複審會議決議不通過，請依決議發不予核定函。" if against else ""
    tell_approvers(doing.case, at=doing.at, resolved=resolved)


def open_sessions(office: Organisation) -> QuerySet[CommitteeSession]:
    return CommitteeSession.objects.filter(office=office, closed_at=None).order_by("held_on")

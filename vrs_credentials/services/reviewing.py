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
from casework.cases.events import record
from casework.cases.moving import lock, move, require
from casework.cases.recusal import bodies_of
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models import Case, CaseUserObjectPermission
from casework.notices.outbox import notify
from kernel.dates import roc, taipei_day
from vrs_credentials.models import Assignment, CommitteeSession, Opinion, SessionCase
from vrs_credentials.permissions import BE_REVIEWER, GIVE_OPINION, REVIEWED, VIEW_ASSIGNED, assign_right, decide_right
from vrs_credentials.rules import review
from vrs_credentials.selectors.outcomes import assignments, last_round, next_step, opinions_open
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


@transaction.atomic
def assign(case: Case, *, reviewers: Sequence[User], by: User, at: datetime, version: int | None = None) -> Case:
    """初審無缺件，指派審查委員: the case goes to review with a right on it for each."""
    case, on = lock(case, version=version), taipei_day(at)
    require(by, assign_right(thing_of(case)), case)
    needed = law_in_force().at("vrs.reviewers", on).value
    if len({one.pk for one in reviewers}) != needed:
        raise Refused(f"請選擇 {needed} 位不同的審查委員。", field="reviewers")
    able = set(candidates(case).values_list("pk", flat=True))
    for one in reviewers:
        if one.pk not in able:
            raise Refused(f"{one.name}不是審查委員。", field="reviewers")
        if why := why_not_reviewer(case, one, on):
            raise Refused(f"{one.name}：{why}", field="reviewers")
    number = last_round(case) + 1
    Assignment.objects.bulk_create(
        Assignment(case=case, round=number, reviewer=one, assigned_at=at, assigned_by=by) for one in reviewers
    )
    take_rights(case)
    rows = [(one, permission_row(code)) for one in reviewers for code in (VIEW_ASSIGNED, GIVE_OPINION)]
    # bulk_create: guardian's save asks for a permission of the object's own model; ours hang on Organisation (accounts.rights)
    CaseUserObjectPermission.objects.bulk_create(
        CaseUserObjectPermission(user=one, permission=row, content_object=case) for one, row in rows
    )
    move(case, "assign", by=by, at=at)
    names = "、".join(one.name for one in reviewers)
    record(case, "reviewers.assigned", f"指派審查委員：{names}", by=by, at=at, clause=CLAUSE_REVIEW, internal=True)
    case.save()
    notify(
        users=reviewers, code="vrs_credentials.assigned", subject=f"請審查：{case.number}",
        body=f"「{case.title}」已指派您審查，請至「我的審查」提出意見。", key=f"assigned:{case.number}:{number}", case=case,
        link=f"/admin/case/{case.number}/", at=at,
    )  # fmt: skip
    return case


def two_reviewers(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 指派審查委員."""
    needed = law_in_force().at("vrs.reviewers", taipei_day(at)).value
    if len([one for one in assignments(case) if not hasattr(one, "opinion")]) != needed:
        raise Refused(f"應指派 {needed} 位審查委員。")


def take_rights(case: Case) -> None:
    """Rights on this case alone go when the review is over."""
    names = [permission_row(code) for code in (VIEW_ASSIGNED, GIVE_OPINION)]
    CaseUserObjectPermission.objects.filter(content_object=case, permission__in=names).delete()


# --- opinions ---------------------------------------------------------------------------------------------------------------


def assignment_of(case: Case, user: User) -> Assignment | None:
    return next((one for one in assignments(case) if one.reviewer_id == user.pk), None)


def why_no_opinion(case: Case, user: User, on: date) -> str:
    """Why this person cannot give an opinion now; empty when they can. Who came to the applicant's institution after being
    assigned stays away too.
    """
    mine = assignment_of(case, user)
    if mine is None:
        return "這件案件沒有指派您審查。"
    if hasattr(mine, "opinion"):
        return "您已提出意見，意見提出後不能修改。"
    if case.state != "review":
        return "案件目前不在審查中。"
    return why_not_reviewer(case, user, on)


@transaction.atomic
def give_opinion(
    case: Case, *, verdict: str, comment: str = "", by: User, at: datetime, version: int | None = None
) -> Case:
    """提出審查意見. What it says stays shut until the other one is in; then the office is told what follows."""
    case = lock(case, version=version)
    require(by, GIVE_OPINION, case)
    mine = assignment_of(case, by)
    if mine is None:
        raise NotPermitted("這件案件沒有指派您審查。")
    if why := why_no_opinion(case, by, taipei_day(at)):
        raise Refused(why)
    if verdict != Opinion.Verdict.PASS and not comment.strip():
        raise Refused("疑義或請補充資料者，請填寫審查說明。", field="comment")
    Opinion.objects.create(assignment=mine, verdict=Opinion.Verdict(verdict), comment=comment.strip(), at=at)
    record(case, "opinion.given", "審查委員提出意見", by=by, at=at, clause=CLAUSE_REVIEW, internal=True)
    if opinions_open(case):
        _both_in(case, at=at)
    case.save()
    return case


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
    outcome = next_step(case, on=taipei_day(at), law=law_in_force())
    record(
        case, "opinions.opened", "審查委員意見均已提出", by=None, at=at, clause=CLAUSE_REVIEW, changes=changes,
        outcomes=[outcome], internal=True,
    )  # fmt: skip
    step = {"approve": "可送核定", "committee": "屬疑義案件，應提複審會議", "supplement": "審查委員請補充資料"}
    notify(
        users=[case.assignee] if case.assignee else holders(assign_right(thing_of(case)), case.office),
        code="vrs_credentials.opinions", subject=f"審查意見已齊：{case.number}",
        body=f"「{case.title}」審查委員意見均已提出：{step.get(outcome.result['next'], '')}。",
        key=f"opinions:{case.number}:{rows[0].round}", case=case, link=f"/admin/case/{case.number}/", at=at, mail=False,
    )  # fmt: skip


def both_passed(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 審查通過."""
    outcome = next_step(case, on=taipei_day(at), law=law_in_force())
    if outcome.result["next"] != "approve":
        raise Refused(outcome.sentence, outcomes=[outcome])


def in_doubt(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 提複審會議."""
    outcome = next_step(case, on=taipei_day(at), law=law_in_force())
    if outcome.result["next"] != "committee":
        raise Refused("審查意見未齊，或均為通過，不須提複審會議。", outcomes=[outcome])


@transaction.atomic
def pass_review(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    case = lock(case, version=version)
    move(case, "pass_review", by=by, at=at, outcomes=[next_step(case, on=taipei_day(at), law=law_in_force())])
    case.save()
    tell_approvers(case, at=at)
    return case


@transaction.atomic
def refer(case: Case, *, session: CommitteeSession, by: User, at: datetime, version: int | None = None) -> Case:
    """提複審會議: onto the agenda of a session."""
    case = lock(case, version=version)
    move(case, "refer", by=by, at=at, outcomes=[next_step(case, on=taipei_day(at), law=law_in_force())])
    put_on_agenda(case, session)
    case.save()
    return case


def put_on_agenda(case: Case, session: CommitteeSession) -> SessionCase:
    session = locking(CommitteeSession.objects).get(pk=session.pk)
    if session.closed_at:
        raise Refused("這次會議紀錄已定稿，請選擇另一次會議。", field="session")
    if session.items.filter(case=case).exists():
        raise Refused("這件案件已在這次會議作成決議，請選擇另一次會議。", field="session")
    position = (session.items.order_by("-position").values_list("position", flat=True).first() or 0) + 1
    return SessionCase.objects.create(session=session, case=case, position=position)


@transaction.atomic
def return_to_review(case: Case, *, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    """退回審查: a new round, with the reviewers of before."""
    case = lock(case, version=version)
    before = [one.reviewer for one in assignments(case)]
    move(case, "return_to_review", by=by, at=at, reason=reason)
    number = last_round(case) + 1
    Assignment.objects.bulk_create(
        Assignment(case=case, round=number, reviewer=one, assigned_at=at, assigned_by=by) for one in before
    )
    case.save()
    notify(
        users=before, code="vrs_credentials.assigned", subject=f"請重新審查：{case.number}", body=f"「{case.title}」：{reason}",
        key=f"assigned:{case.number}:{number}", case=case, link=f"/admin/case/{case.number}/", at=at,
    )  # fmt: skip
    return case


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


@transaction.atomic
def decide(case: Case, *, decision: str, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    """複審決議: either way the ministry decides by it, and tells the applicant with its letter and not before."""
    case = lock(case, version=version)
    item = SessionCase.objects.select_related("session").filter(case=case, decision="").first()
    if item is None:
        raise Refused("案件不在任何一次複審會議的議程上。")
    if item.session.held_on > taipei_day(at):
        raise Refused(f"會議日期為 {roc(item.session.held_on)}，會議召開後才能登錄決議。")
    item.decision, item.reasoning, item.decided_at = SessionCase.Decision(decision), reason, at
    if not item.session.minutes.strip():
        raise Refused("請先填寫會議紀錄，再登錄決議。")
    item.save()
    passed = decision == SessionCase.Decision.PASS
    move(
        case, "committee_pass" if passed else "committee_reject", by=by, at=at, reason=reason,
        outcomes=[next_step(case, on=taipei_day(at), law=law_in_force())], internal=True,
    )  # fmt: skip
    case.save()
    tell_approvers(case, at=at, resolved="" if passed else "複審會議決議不通過，請依決議發不予核定函。")
    return case


def _turned_down(case: Case, at: datetime) -> bool:
    return bool(next_step(case, on=taipei_day(at), law=law_in_force()).result["next"] == "reject")


def why_not_granted(case: Case, at: datetime) -> str:
    return "複審會議決議不通過，應不予核定；認有疑義者請退回審查。" if _turned_down(case, at) else ""


def why_not_refused(case: Case, at: datetime) -> str:
    return "" if _turned_down(case, at) else "複審會議未決議不通過，不能不予核定；認有疑義者請退回審查。"


def review_passed(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 核定: what the committee turned down is not granted. The ministry may send it back."""
    if why := why_not_granted(case, at):
        raise Refused(why)


def review_refused(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 不予核定: only the committee's resolution turns an application down."""
    if why := why_not_refused(case, at):
        raise Refused(why)


def minutes_kept(case: Case, by: User | None, at: datetime) -> None:
    """Guard of both decisions."""
    item = SessionCase.objects.filter(case=case).exclude(decision="").select_related("session").order_by("-pk").first()
    if item is None or not item.session.minutes.strip():
        raise Refused("請先填寫複審會議紀錄。")


def open_sessions(office: Organisation) -> QuerySet[CommitteeSession]:
    return CommitteeSession.objects.filter(office=office, closed_at=None).order_by("held_on")

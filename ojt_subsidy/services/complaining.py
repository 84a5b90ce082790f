"""陳情 (SUB-16). A confidential complaint hides the person by construction: case, events and notices never held the name."""

from datetime import datetime

from django.db import transaction

from accounts.models import County, User
from accounts.rights import can, holders, permission_row
from casework.cases.doing import Doing
from casework.cases.moving import open_case
from casework.cases.recusal import why_recused
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case, CaseUserObjectPermission
from casework.models.notice import page
from casework.notices.outbox import notify
from kernel.dates import taipei_day
from ojt_subsidy.models import Complaint, Course
from ojt_subsidy.permissions import FILE_COMPLAINT, HANDLE_COMPLAINT, SEE_COMPLAINANT
from ojt_subsidy.rules import service as rules
from ojt_subsidy.states import COMPLAINT_KIND

HIDDEN = "陳情人（保密）"


def complaint_of(case: Case) -> Complaint:
    return Complaint.objects.select_related("case__office", "course", "county", "person").get(case=case)


def shown_name(complaint: Complaint, reader: User) -> str:
    """The complainant's name as `reader` may see it."""
    if complaint.person_id == reader.pk:
        return complaint.person.name
    may = can(reader, SEE_COMPLAINANT, complaint.case) and not why_recused(reader, complaint.case)
    facts = rules.ComplaintFacts(complaint.county.name, complaint.confidential, may)
    outcome = rules.complaint(facts, on=taipei_day(complaint.case.created_at), law=law_in_force())
    return HIDDEN if outcome.result["identity_hidden"] else complaint.person.name


@transaction.atomic
def file_complaint(
    *, person: User, county: County, course: Course | None, about: str, body: str, confidential: bool, at: datetime
) -> Complaint:
    """To the branch of the place of training. Raises Refused."""
    if not body.strip():
        raise Refused("請填寫陳情內容。", field="body")
    if course is not None:
        county = course.county
    outcome = rules.complaint(rules.ComplaintFacts(county.name, confidential), on=taipei_day(at), law=law_in_force())
    if not outcome.met or county.branch is None:
        raise Refused(outcome.sentence, field="county", outcomes=[outcome])
    label = Complaint.About(about).label
    case = open_case(
        kind=COMPLAINT_KIND,
        title=f"陳情：{label}" + (f"（{course.title}）" if course else "")[:150],
        office=county.branch,
        person=None if confidential else person,
        by=None if confidential else person,
        at=at,
        as_name=HIDDEN if confidential else "",
    )
    case.filed_at, case.received_on = at, taipei_day(at)
    case.save()
    if confidential:
        # The person still finds and follows the case: by a grant on it alone, which no list of the office shows.
        row = CaseUserObjectPermission(user=person, permission=permission_row(FILE_COMPLAINT), content_object=case)
        # save() asks that the permission belong to the table of cases; rights are kept once, with organisations.
        CaseUserObjectPermission.objects.bulk_create([row])
    complaint = Complaint.objects.create(
        case=case, person=person, course=course, county=county, about=about, body=body.strip(), confidential=confidential,
        outcome=outcome.as_json(),
    )  # fmt: skip
    notify(
        users=holders(HANDLE_COMPLAINT, county.branch), code="ojt_subsidy.complaint_filed", subject=f"新收陳情：{case.number}",
        body=f"事項：{label}。" + ("陳情人請求保密。" if confidential else ""), key=f"complaint:{case.number}", case=case,
        link=page("admin:case", case.number), at=at, mail=False,
    )  # fmt: skip
    return complaint


def hide_writer(doing: Doing) -> None:
    """A step of the writer's own: of a confidential complaint the case does not say who took it."""
    if complaint_of(doing.case).confidential:
        doing.as_name = HIDDEN


def answer_complaint(doing: Doing, *, text: str) -> None:
    """答覆: the writer is told that there is an answer."""
    if not text.strip():
        raise Refused("請填寫答覆內容。", field="text")
    complaint = complaint_of(doing.case)
    complaint.answer, complaint.answered_at = text.strip(), doing.at
    complaint.save()
    _tell_answered(complaint, doing.case, doing.at)


def _tell_answered(complaint: Complaint, case: Case, at: datetime) -> None:
    """A letter to who asked not to be named says neither which complaint nor that it was one: mails are logged and lie open."""
    if complaint.confidential:
        subject, body, link = "您有一則答覆", "承辦機關已答覆您，請登入查看。", page("ojt_subsidy:complaints")
    else:
        subject, body, link = (
            f"陳情已答覆：{case.number}",
            "分署已答覆您的陳情，請登入查看。",
            page("casework:case", case.number),
        )
    notify(
        users=[complaint.person], code="ojt_subsidy.complaint_answered", subject=subject, body=body, link=link, at=at,
        key=f"complaint_answered:{complaint.pk}:{case.version}", confidential=complaint.confidential,
    )  # fmt: skip

"""結訓核銷: the unit's dossier in 21 days, the branch's review, one line per trainee (學員問答第18題)."""

from collections.abc import Iterable
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import User
from accounts.rights import holders
from casework.cases.chain import Step, chain_state, content_digest, next_step
from casework.cases.doing import Doing
from casework.cases.moving import lock, open_case, require
from casework.cases.signoffs import sign
from casework.deadlines.keeping import meet_deadline
from casework.errors import NotAllowed, Refused
from casework.intake import Verdict
from casework.law.in_force import law_in_force
from casework.models import Case, SignOff
from casework.models.notice import page
from casework.notices.outbox import notify
from casework.notices.telling import tell_office
from ojt_subsidy.documents import issued
from ojt_subsidy.models import Absence, Closing, Course, PaymentLine
from ojt_subsidy.permissions import APPROVE_CLOSING, FILE_CLOSING, REVIEW_CLOSING
from ojt_subsidy.rules import payment
from ojt_subsidy.selectors.lines import payee_of
from ojt_subsidy.services import places
from ojt_subsidy.services.papers import keep_paper
from ojt_subsidy.services.reviewing import tell_unit
from ojt_subsidy.services.running import CLOSE_BY
from ojt_subsidy.states import CLOSING_KIND, PAYMENT

FIELD = "dossier"
FORM, FORM_LABEL = "closing", "結訓核銷"
CHAIN = (Step("分署承辦人", REVIEW_CLOSING), Step("分署主管", APPROVE_CLOSING))


def closing_of(case: Case) -> Closing:
    return Closing.objects.select_related(
        "case__office", "case__organisation", "course__case__office", "course__case__organisation", "course__county"
    ).get(case=case)


def _close_by(course: Course) -> payment.Outcome:
    return payment.closing(payment.ClosingFacts(course.ends_on), on=course.ends_on, law=law_in_force())


@transaction.atomic
def start_closing(course: Course, *, by: User, at: datetime) -> Closing:
    """The dossier of a class that has ended; one however often it is asked for."""
    require(by, FILE_CLOSING, course.case)
    lock(course.case)
    known = Closing.objects.filter(course=course).select_related("case").first()
    if known:
        return known
    if Course.objects.get(pk=course.pk).case.state != "ended":
        raise NotAllowed("課程結訓後才能辦理結訓核銷。")
    outcome = _close_by(course)
    case = open_case(
        kind=CLOSING_KIND, title=f"結訓核銷：{course.title}"[:200], office=course.case.office, organisation=course.case.organisation,
        by=by, at=at,
    )  # fmt: skip
    return Closing.objects.create(
        case=case, course=course, close_by=outcome.result["close_by"], outcome=outcome.as_json()
    )


def add_paper(doing: Doing, *, label: str, upload: UploadedFile, verdict: Verdict) -> None:
    """One more paper of the dossier, while it is the unit's."""
    keep_paper(doing, field=FIELD, label=label, upload=upload, verdict=verdict)


def dossier_complete(case: Case, by: User | None, at: datetime) -> None:
    """Every session called, everybody graded, nobody admitted of whom nothing is known."""
    course = closing_of(case).course
    for state, missing in (("admitted", "到訓或未到訓"), ("attending", "考核結果")):
        names = list(course.enrolments.filter(state=state).order_by("number").values_list("name", flat=True))
        if names:
            raise Refused(f"尚有 {len(names)} 位學員未登錄{missing}：{'、'.join(names[:5])}。")
    sessions = list(course.sessions.order_by("number"))
    called = set(Absence.objects.filter(enrolment__course=course).values_list("enrolment_id", "session_id"))
    for row in course.enrolments.filter(state="completed").order_by("number"):
        left = [s.number for s in sessions if row.takes_part_in(s) and (row.pk, s.pk) not in called]
        if left:
            raise Refused(f"{row.name}第 {'、'.join(map(str, left[:5]))} 堂尚未登錄出缺席。")


def hold_class(case: Case) -> Iterable[Case]:
    """The queue of the course, then its case: who is in the class, and what hours they missed, stands still."""
    course = closing_of(case).course
    places.lock_course(course.pk)
    return (course.case,)


def file_closing(doing: Doing, *, remarks: str = "") -> None:
    """函送分署. Late is accepted and said so: the trainees are not to suffer for it."""
    case, at, closing = doing.case, doing.at, closing_of(doing.case)
    course, first = closing.course, closing.filed_on or doing.day
    outcome = payment.closing(payment.ClosingFacts(course.ends_on, first), on=doing.day, law=law_in_force())
    closing.filed_on, closing.outcome, closing.remarks = first, outcome.as_json(), remarks.strip()
    closing.save()
    case.filed_at, case.received_on = case.filed_at or at, doing.day
    doing.outcomes.append(outcome)
    doing.move()
    meet_deadline(code=CLOSE_BY, at=at, case=course.case)
    payee = payee_of(course, on=course.starts_on, law=law_in_force()).result["paid_to"]
    rows = course.enrolments.filter(state__in=("completed", "failed"), self_paid=False)
    for row in rows.order_by("number"):
        PaymentLine.objects.get_or_create(closing=closing, enrolment=row, defaults={"payee": payee, "changed_at": at})
    for paper in issued.DOSSIER:
        issued.dossier_paper(case, closing, paper, by=doing.by, at=at)
    notify(
        users=holders(REVIEW_CLOSING, case.office), code="ojt_subsidy.closing_filed", subject=f"結訓核銷送件：{case.number}",
        body=f"「{course.title}」已送結訓核銷，請辦理審查。", key=f"closing_filed:{case.number}:{case.version}", case=case,
        link=page("admin:case", case.number), at=at, mail=False,
    )  # fmt: skip


def return_closing(doing: Doing) -> None:
    """退回補正: the unit is told why."""
    body = f"退回理由：{doing.reason}"
    tell_unit(doing.case, "closing_returned", "結訓核銷退回補正", body, at=doing.at, right=FILE_CLOSING)


def _digest(case: Case) -> str:
    rows = closing_of(case).lines.order_by("enrolment__number").values_list("enrolment", "payee")
    return content_digest([list(row) for row in rows])


def _sign(doing: Doing, comment: str, decision: str = SignOff.Decision.APPROVE) -> None:
    sign(
        doing.case, form=FORM, form_label=FORM_LABEL, chain=CHAIN, digest=_digest(doing.case), by=doing.by, at=doing.at,
        decision=decision, comment=comment,
    )  # fmt: skip


def forward_closing(doing: Doing, *, comment: str = "") -> None:
    """陳核, signed by the officer."""
    _sign(doing, comment)
    body = f"「{doing.case.title}」已陳核，請核定。"
    tell_office(doing.case, "ojt_subsidy.closing_forwarded", "結訓核銷陳核", body, right=APPROVE_CLOSING, at=doing.at)


def reconsider_closing(doing: Doing) -> None:
    """The chief sends it back to the officer; the round of signatures ends."""
    _sign(doing, doing.reason, SignOff.Decision.RETURN)


def officer_signed(case: Case, by: User | None, at: datetime) -> None:
    """The officer's signature stands over the lines as they are: the chief's is the one that is due."""
    due = next_step(chain_state(case, FORM, CHAIN, _digest(case)))
    if due is None or due.number != len(CHAIN):
        raise Refused("補助款明細在承辦人核章後已變更，請退回承辦人重新陳核。")


def approve_closing(doing: Doing, *, comment: str = "") -> None:
    """核定 of the class. The lines are approved one by one (payments)."""
    _sign(doing, comment)
    doing.case.decided_on = doing.day
    body = "補助款將依學員明細撥付；資料不全者另行通知補件。"
    tell_unit(doing.case, "closing_approved", "結訓核銷已核定", body, at=doing.at, right=FILE_CLOSING)


def every_line_finished(case: Case, by: User | None, at: datetime) -> None:
    unfinished = [
        line for line in closing_of(case).lines.select_related("enrolment") if not PAYMENT.state(line.state).final
    ]
    if unfinished:
        names = "、".join(f"{line.enrolment.name}（{PAYMENT.state(line.state).label}）" for line in unfinished[:5])
        raise Refused(f"尚有補助款未辦結：{names}。")


def settle_closing(doing: Doing) -> None:
    """結案; the list of subsidies is issued again with what became of every line."""
    doing.move()
    issued.dossier_paper(doing.case, closing_of(doing.case), "subsidy_list", by=doing.by, at=doing.at)

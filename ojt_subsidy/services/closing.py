"""結訓核銷: the unit's dossier in 21 days, the branch's review, one line per trainee (學員問答第18題)."""

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.locks import held_of
from accounts.models import User
from accounts.rights import holders
from casework.cases.attachments import judged, keep_attachment
from casework.cases.chain import Step, content_digest
from casework.cases.moving import lock, move, open_case, require
from casework.cases.signoffs import sign
from casework.deadlines.keeping import meet_deadline
from casework.errors import NotAllowed, Refused
from casework.intake import Limits
from casework.law.in_force import law_in_force
from casework.models import Attachment, Case, SignOff
from casework.notices.outbox import notify
from casework.notices.telling import tell_office
from kernel.dates import taipei_day
from ojt_subsidy.documents import issued
from ojt_subsidy.models import Absence, Closing, Course, PaymentLine
from ojt_subsidy.permissions import APPROVE_CLOSING, FILE_CLOSING, REVIEW_CLOSING
from ojt_subsidy.rules import payment
from ojt_subsidy.selectors.lines import payee_of
from ojt_subsidy.services import places
from ojt_subsidy.services.reviewing import tell_unit
from ojt_subsidy.services.running import CLOSE_BY
from ojt_subsidy.states import CLOSING, PAYMENT

#: States in which the dossier is the unit's to change.
EDITABLE = ("draft", "returned")
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
        kind=CLOSING.kind, title=f"結訓核銷：{course.title}"[:200], office=course.case.office, organisation=course.case.organisation,
        by=by, at=at,
    )  # fmt: skip
    return Closing.objects.create(
        case=case, course=course, close_by=outcome.result["close_by"], outcome=outcome.as_json()
    )


def add_paper(
    case: Case, *, field: str, label: str, upload: UploadedFile, by: User, at: datetime, several: bool = True
) -> Attachment:
    """Judging takes seconds: whether the dossier is still the unit's is asked before, and again with the case locked."""
    require(by, FILE_CLOSING, case)
    _takes_papers(case)
    verdict = judged(upload, Limits())
    with transaction.atomic():
        case = lock(case)
        _takes_papers(case)
        return keep_attachment(
            verdict, case=case, field=field, label=label, upload=upload, by=by, at=at, attested=True, several=several
        )


def _takes_papers(case: Case) -> None:
    if case.state not in EDITABLE:
        raise NotAllowed(f"結訓核銷目前為「{CLOSING.state(case.state).label}」，不能再上傳。")


def complete_dossier(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 函送: every session called, everybody graded, nobody admitted of whom nothing is known."""
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


@transaction.atomic
def file_closing(case: Case, *, remarks: str = "", by: User, at: datetime, version: int | None = None) -> Case:
    """函送分署. Late is accepted and said so: the trainees are not to suffer for it.

    Under the course's lock: who is in the class, and what hours they missed, stands still while the lines are made.
    """
    closing = closing_of(case)
    places.lock_course(closing.course_id)
    held_of(Case, [case.pk, closing.course.case_id])
    case = lock(case, version=version)
    closing = closing_of(case)
    course, on = closing.course, taipei_day(at)
    facts = payment.ClosingFacts(course.ends_on, closing.filed_on or on)
    outcome = payment.closing(facts, on=on, law=law_in_force())
    move(case, "file", by=by, at=at, outcomes=[outcome])
    closing.filed_on, closing.outcome, closing.remarks = closing.filed_on or on, outcome.as_json(), remarks.strip()
    closing.save()
    case.filed_at, case.received_on = case.filed_at or at, on
    case.save()
    course_case = lock(course.case)
    meet_deadline(code=CLOSE_BY, at=at, case=course_case)
    payee = payee_of(course, on=course.starts_on, law=law_in_force()).result["paid_to"]
    rows = course.enrolments.filter(state__in=("completed", "failed"), self_paid=False)
    for row in rows.order_by("number"):
        PaymentLine.objects.get_or_create(closing=closing, enrolment=row, defaults={"payee": payee, "changed_at": at})
    for paper in issued.DOSSIER:
        issued.dossier_paper(case, closing, paper, by=by, at=at)
    notify(
        users=holders(REVIEW_CLOSING, case.office), code="ojt_subsidy.closing_filed", subject=f"結訓核銷送件：{case.number}",
        body=f"「{course.title}」已送結訓核銷，請辦理審查。", key=f"closing_filed:{case.number}:{case.version}", case=case,
        link=f"/admin/case/{case.number}/", at=at, mail=False,
    )  # fmt: skip
    return case


@transaction.atomic
def send_back(case: Case, *, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    case = lock(case, version=version)
    move(case, "send_back", by=by, at=at, reason=reason)
    tell_unit(case, "closing_returned", "結訓核銷退回補正", f"退回理由：{reason}", at=at, right=FILE_CLOSING)
    return case


def _digest(case: Case) -> str:
    rows = closing_of(case).lines.order_by("enrolment__number").values_list("enrolment", "payee")
    return content_digest([list(row) for row in rows])


@transaction.atomic
def forward(case: Case, *, comment: str = "", by: User, at: datetime, version: int | None = None) -> Case:
    case = lock(case, version=version)
    move(case, "forward", by=by, at=at)
    sign(case, form=FORM, form_label=FORM_LABEL, chain=CHAIN, digest=_digest(case), by=by, at=at, comment=comment)
    body = f"「{case.title}」已陳核，請核定。"
    tell_office(case, "ojt_subsidy.closing_forwarded", "結訓核銷陳核", body, right=APPROVE_CLOSING, at=at)
    return case


@transaction.atomic
def reconsider(case: Case, *, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    case = lock(case, version=version)
    move(case, "reconsider", by=by, at=at, reason=reason)
    sign(
        case, form=FORM, form_label=FORM_LABEL, chain=CHAIN, digest=_digest(case), by=by, at=at,
        decision=SignOff.Decision.RETURN, comment=reason,
    )  # fmt: skip
    return case


@transaction.atomic
def approve(case: Case, *, comment: str = "", by: User, at: datetime, version: int | None = None) -> Case:
    """核定 of the class: by somebody other than who forwarded it. The lines are approved one by one (payments)."""
    case = lock(case, version=version)
    sign(case, form=FORM, form_label=FORM_LABEL, chain=CHAIN, digest=_digest(case), by=by, at=at, comment=comment)
    move(case, "approve", by=by, at=at)
    case.decided_on = taipei_day(at)
    case.save()
    tell_unit(
        case,
        "closing_approved",
        "結訓核銷已核定",
        "補助款將依學員明細撥付；資料不全者另行通知補件。",
        at=at,
        right=FILE_CLOSING,
    )
    return case


def nobody_signs_twice(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 核定: the officer's signature stands and is somebody else's (sign() and the unique key refuse twins)."""
    last = case.signoffs.filter(form=FORM, step=1, decision="approve").order_by("-round").first()
    if last is None or (by is not None and last.person_id == by.pk):
        raise Refused("核定須由承辦人以外的主管辦理。")


def every_line_finished(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 結案."""
    unfinished = [
        line for line in closing_of(case).lines.select_related("enrolment") if not PAYMENT.state(line.state).final
    ]
    if unfinished:
        names = "、".join(f"{line.enrolment.name}（{PAYMENT.state(line.state).label}）" for line in unfinished[:5])
        raise Refused(f"尚有補助款未辦結：{names}。")


@transaction.atomic
def settle_closing(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    """結案; the list of subsidies is issued again with what became of every line."""
    case = lock(case, version=version)
    move(case, "settle", by=by, at=at)
    issued.dossier_paper(case, closing_of(case), "subsidy_list", by=by, at=at)
    return case

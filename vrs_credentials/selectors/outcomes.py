"""What the rules say of a case: the bridge from rows to facts, one function per rule asked. Acts, pages and sheets ask here."""

from collections.abc import Sequence
from datetime import date

from casework.models import Case
from kernel.dates import taipei_day
from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from vrs_credentials.models import (
    Assignment,
    Certificate,
    Course,
    ExtensionApplication,
    Lecturer,
    OwnEducation,
    Renewal,
    SessionCase,
)
from vrs_credentials.rules import courses, education, extension, renewal, review
from vrs_credentials.selectors import papers
from vrs_credentials.selectors.register import balance, hours_outcome, spans, way_back_outcome

# --- 貳 review (VRS-03) ---------------------------------------------------------------------------------------------------


def last_round(case: Case) -> int:
    return case.vrs_assignments.order_by("-round").values_list("round", flat=True).first() or 0


def assignments(case: Case) -> list[Assignment]:
    """Those of the running round."""
    rows = case.vrs_assignments.filter(round=last_round(case)).select_related("reviewer", "opinion")
    return list(rows.defer("reviewer__national_id").order_by("pk"))


def _given(rows: Sequence[Assignment]) -> bool:
    return bool(rows) and all(hasattr(one, "opinion") for one in rows)


def opinions_open(case: Case) -> bool:
    """Whether every assigned reviewer of the running round has given an opinion."""
    return _given(assignments(case))


def review_facts(case: Case) -> review.ReviewFacts:
    """Opinions are read only when all are in: what one reviewer thinks shows in no outcome before, only that it was given."""
    complete = case.state not in ("draft", "supplement")
    # filed anew after a supplement: the reviewers of before have not been asked again
    rows = [] if case.state in ("draft", "supplement", "filed") else assignments(case)
    item = resolution(case)
    later = item is not None and rows and item.decided_at and item.decided_at > rows[-1].assigned_at
    return review.ReviewFacts(
        complete=complete,
        reviewers=tuple(one.reviewer.account_name for one in rows),
        opinions=tuple(review.Opinion(one.reviewer.account_name, one.opinion.verdict) for one in rows)
        if _given(rows)
        else (),
        committee=item.decision if item and later else None,  # type: ignore[arg-type]
        minutes=bool(item and later and item.session.minutes.strip()),
        given=sum(hasattr(one, "opinion") for one in rows),
    )


def next_step(case: Case, *, on: date, law: Law) -> Outcome:
    return review.next_step(review_facts(case), on=on, law=law)


def resolution(case: Case) -> SessionCase | None:
    """What the committee resolved last on the case."""
    rows = SessionCase.objects.filter(case=case).exclude(decision="").select_related("session")
    return rows.order_by("-pk").first()


def answered_by_letter(case: Case) -> list[tuple[date, str]]:
    """Days that the letter of a decision cannot be older than, with what happened on each."""
    days = [(case.received_on, "收件日")]
    opinions = [taipei_day(one.opinion.at) for one in assignments(case) if hasattr(one, "opinion")]
    days.append((max(opinions, default=None), "審查委員提出意見之日"))
    item = resolution(case)
    days.append((item.session.held_on if item else None, "複審會議日期"))
    return [(day, what) for day, what in days if day is not None]


# --- 肆 courses (VRS-05, VRS-06) ----------------------------------------------------------------------------------------------


def _lecturer(lecturer: Lecturer, competence: str, area: str, profile: bool) -> courses.LecturerFacts:
    passed = tuple(f"{one.competence}／{one.area}" for one in lecturer.passes.all())
    return courses.LecturerFacts(
        competence, area, passed, lecturer.clause, lecturer.certificate_number, profile, lecturer.teachable_areas,
        lecturer.expertise,
    )  # fmt: skip


def course_outcomes(course: Course, *, filed_on: date, law: Law) -> list[Outcome]:
    """VRS-05, then VRS-06 for every lecturer and field. Raises Impossible on data that cannot be."""
    there, fields = papers.attached(course.case), list(course.fields.all())
    lecturers = list(course.lecturers.prefetch_related("passes"))
    people = [
        courses.lecturer(
            _lecturer(one, field.competence, field.area, "lecturer_profile" in there), on=filed_on, law=law
        )
        for one in lecturers
        for field in fields
    ]
    facts = courses.CourseFacts(
        mode=course.mode,  # type: ignore[arg-type]
        starts_on=course.starts_on,
        ends_on=course.ends_on,
        filed_on=filed_on,
        sets=tuple(courses.FieldSet(f.group, f.competence, f.area, f.hours) for f in fields),
        audience=tuple(course.audience),
        lecturers=len(lecturers),
        papers=tuple(code for code in there if code in courses.PAPERS),
        mode_reason=course.mode_reason,
        lecturers_known=all(one.result["known"] for one in people),
    )
    return [courses.course_filing(facts, on=filed_on, law=law), *people]


# --- 伍 own education (VRS-09) ------------------------------------------------------------------------------------------------


def education_outcome(case: Case, *, on: date, law: Law) -> Outcome:
    """The six months run to the first filing: a supplement does not come late."""
    one, there = OwnEducation.objects.get(case=case), papers.attached(case)
    applied_on = taipei_day(case.filed_at) if case.filed_at else on
    facts = education.OwnEducationFacts(one.way, one.ended_on, applied_on, "evidence" in there, "pledge" in there)
    return education.own_education(facts, on=on, law=law)


# --- 陸 renewal (VRS-10, VRS-11, VRS-12, VRS-14) ------------------------------------------------------------------------------


def renewal_outcomes(certificate: Certificate, *, applied_on: date, on: date, law: Law) -> list[Outcome]:
    """Window, period, count, and the way back where consent to serve is recorded, on an application of a day."""
    window = renewal.window(renewal.WindowFacts(certificate.valid_until, applied_on), on=on, law=law)
    period, since, until = spans(certificate, applied_on=applied_on, law=law)
    count = hours_outcome(balance(certificate, until=on, held_from=since, held_until=until), on=applied_on, law=law)
    back = way_back_outcome(certificate, on=on, law=law)
    return [window, period, count, *([back] if back else [])]


# --- 柒 extension (VRS-13) ----------------------------------------------------------------------------------------------------


def extension_outcome(
    certificate: Certificate, *, away_from: date, away_until: date, on: date, law: Law, applied_on: date | None = None,
    reason: str | None = None, there: set[str] | None = None,
) -> Outcome:  # fmt: skip
    """VRS-13 against what was granted before. `there`: papers uploaded, None while none is asked for."""
    others = tuple(extension.Away(one.starts_on, one.away_until) for one in certificate.extensions.all())
    facts = extension.ExtensionFacts(
        valid_until=certificate.valid_until, away_from=away_from, away_until=away_until, valid_from=certificate.starts_on,
        applied_on=applied_on, reason=reason, others=others, proof=None if there is None else "proof" in there,
        county_consent=None if there is None else "consent" in there,
    )  # fmt: skip
    return extension.extension(facts, on=on, law=law)


# --- every kind -----------------------------------------------------------------------------------------------------------


def findings(case: Case, *, on: date, law: Law) -> Sequence[Outcome]:
    """What the case page shows: the rules of its kind, then where the review stands."""
    try:
        found = _of_kind(case, on=on, law=law)
    except Impossible:
        return []
    return [*found, next_step(case, on=on, law=law)] if last_round(case) else found


def _of_kind(case: Case, *, on: date, law: Law) -> list[Outcome]:
    match case.kind.partition(".")[2]:
        case "qualification":
            return [papers.checklist(papers.qualification_of(case), on=on, law=law)]
        case "education":
            return [education_outcome(case, on=on, law=law)]
        case "course":
            course = Course.objects.select_related("case").get(case=case)
            return course_outcomes(course, filed_on=case.received_on or on, law=law)[:1]
        case "renewal":
            row = Renewal.objects.select_related("certificate").get(case=case)
            return renewal_outcomes(row.certificate, applied_on=row.applied_on or on, on=on, law=law)
        case "extension" if case.state != "approved":
            one = ExtensionApplication.objects.select_related("certificate").get(case=case)
            outcome = extension_outcome(
                one.certificate, away_from=one.away_from, away_until=one.away_until, on=on, law=law,
                applied_on=one.applied_on or on, reason=one.reason, there=set(papers.attached(case)),
            )  # fmt: skip
            return [outcome]
    return []

"""Evidence: identity for the full rate (SUB-07, SUB-08), insurance where the bureau's file finds nothing (SUB-06)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import County, User
from casework.cases.attachments import judged, keep_attachment
from casework.cases.moving import lock, move, open_case
from casework.errors import NotAllowed, NotPermitted, Refused
from casework.intake import Limits
from casework.law.in_force import law_in_force
from casework.models import Attachment, Case
from casework.notices.telling import tell_applicant
from kernel.dates import roc, taipei_day
from kernel.outcome import Outcome
from ojt_subsidy.models import Enrolment, Evidence, ExchangeFile, InsuranceCheck
from ojt_subsidy.params import Identity
from ojt_subsidy.permissions import FILE_EVIDENCE
from ojt_subsidy.rules import identity as rules
from ojt_subsidy.selectors.lines import eligibility_of
from ojt_subsidy.services import reserving
from ojt_subsidy.services.places import lock_person
from ojt_subsidy.states import EVIDENCE

FIELD = "evidence"
IDENTITY_TITLE = "特定對象身分證明"


def evidence_of(case: Case) -> Evidence:
    return Evidence.objects.select_related("case", "person", "enrolment__course__case").get(case=case)


def ask_questionnaire(answers: Mapping[str, Any], *, on: date) -> Outcome:
    """SUB-08 on what was answered: the ground, the papers, and each relative."""
    relatives = tuple(
        rules.Relative(
            relation=r["relation"],
            born_on=r["born_on"] if isinstance(r["born_on"], date) else date.fromisoformat(r["born_on"]),
            study=r.get("study") or "none",
            disability_card=bool(r.get("disability_card")),
            treatment_months=int(r.get("treatment_months") or 0),
        )
        for r in answers.get("relatives", ())
    )
    reported = answers.get("reported_on")
    facts = rules.SupporterFacts(
        ground=rules.Ground(answers["ground"]),
        starts_on=on,
        relatives=relatives,
        reported_on=date.fromisoformat(reported) if isinstance(reported, str) and reported else reported or None,
        lives_with_partner=bool(answers.get("lives_with_partner")),
    )
    return rules.single_supporter(facts, on=on, law=law_in_force())


@transaction.atomic
def start_identity(
    *,
    person: User,
    county: County,
    identity: str,
    valid_from: date | None = None,
    valid_until: date | None = None,
    answers: Mapping[str, Any] | None = None,
    at: datetime,
) -> Evidence:
    """Claim an identity; the branch of the county decides it. Raises Refused."""
    if county.branch is None:
        raise Refused(f"查無「{county.name}」之轄區分署。", field="county")
    if valid_from and valid_until and valid_until < valid_from:
        raise Refused("有效期限不得早於生效日。", field="valid_until")
    outcome: Outcome | None = None
    if identity == Identity.SINGLE_SUPPORTER:
        if not answers:
            raise Refused("獨力負擔家計者請先填寫資格問答。", field="identity")
        outcome = ask_questionnaire(answers, on=taipei_day(at))
    lock_person(person.pk)  # of two presses at once one opens a claim (and a trigger says so)
    open_one = Evidence.objects.filter(
        person=person, identity=identity, case__state__in=("draft", "filed", "returned")
    ).first()
    if open_one:
        raise Refused("您已有同一身分的證明文件尚在辦理。", field="identity")
    # The title goes into notices, mails and reasons; which status it is stands on the case itself alone.
    case = open_case(kind=EVIDENCE.kind, title=IDENTITY_TITLE, office=county.branch, person=person, by=person, at=at)
    return Evidence.objects.create(
        case=case,
        kind=Evidence.Kind.IDENTITY,
        person=person,
        identity=identity,
        valid_from=valid_from,
        valid_until=valid_until,
        answers=_plain(answers or {}),
        outcome=outcome.as_json() if outcome else {},
    )


def _plain(answers: Mapping[str, Any]) -> dict[str, Any]:
    from kernel.jsonable import jsonable

    found: dict[str, Any] = jsonable(dict(answers))
    return found


def first_day_of(evidence: Evidence) -> date | None:
    """The day an insurance statement speaks of; an identity has none."""
    return evidence.enrolment.course.starts_on if evidence.enrolment is not None else None


def not_before(starts_on: date | None, at: datetime, *, field: str = "") -> None:
    """Insurance is a fact of the first day of class (學員問答第11題): before it nothing is shown, accepted or imported."""
    if starts_on is not None and taipei_day(at) < starts_on:
        raise Refused(f"投保資格以開訓當日為準，開訓日 {roc(starts_on)} 當日起才能辦理。", field=field)


@transaction.atomic
def start_insurance(*, enrolment: Enrolment, by: User, at: datetime) -> Evidence:
    """The trainee shows their insurance statement as of the first day of class; one at a time."""
    if enrolment.person_id != by.pk:
        raise NotPermitted("只能為自己的報名上傳投保明細。")
    not_before(enrolment.course.starts_on, at, field="file")
    lock_person(by.pk)
    known = Evidence.objects.filter(
        enrolment=enrolment, kind=Evidence.Kind.INSURANCE, case__state__in=("draft", "filed", "returned")
    ).first()
    if known:
        return known
    course = enrolment.course
    case = open_case(
        kind=EVIDENCE.kind, title=f"投保明細：{course.title}"[:200], office=course.case.office, person=by, by=by, at=at
    )
    return Evidence.objects.create(case=case, kind=Evidence.Kind.INSURANCE, person=by, enrolment=enrolment)


def add_paper(case: Case, *, upload: UploadedFile, by: User, at: datetime) -> Attachment:
    """Judging takes seconds: whether the case still takes papers is asked before, and again with the case locked."""
    evidence = evidence_of(case)
    if evidence.person_id != by.pk:
        raise NotPermitted("只能補充自己的證明文件。")
    not_before(first_day_of(evidence), at, field="file")
    _takes_papers(evidence.case)
    verdict = judged(upload, Limits())
    with transaction.atomic():
        case = lock(case)
        _takes_papers(case)
        return keep_attachment(
            verdict, case=case, field=FIELD, label=evidence.get_kind_display(), upload=upload, by=by, at=at, attested=True,
            several=True,
        )  # fmt: skip


def _takes_papers(case: Case) -> None:
    if case.state not in ("draft", "returned"):
        raise NotAllowed(f"證明文件目前為「{EVIDENCE.state(case.state).label}」，不能再上傳。")


def papers_attached(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 送出. A statement printed before the first day of class does not show that day."""
    starts_on = first_day_of(evidence_of(case))
    not_before(starts_on, at, field="file")
    days = [taipei_day(one) for one in case.attachments.filter(removed_at=None).values_list("uploaded_at", flat=True)]
    if not days:
        raise Refused("請先上傳證明文件。", field="file")
    if starts_on is not None and max(days) < starts_on:
        raise Refused(
            f"投保明細係開訓日 {roc(starts_on)} 之前上傳，不能證明開訓當日身分，須另上傳開訓日以後申請之投保明細。",
            field="file",
        )


@transaction.atomic
def file_evidence(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    case = lock(case, version=version)
    move(case, "file", by=by, at=at)
    case.filed_at, case.received_on = case.filed_at or at, taipei_day(at)
    case.save()
    return case


@transaction.atomic
def withdraw_evidence(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    case = lock(case, version=version)
    move(case, "withdraw", by=by, at=at)
    return case


def _tell(case: Case, word: str, body: str, at: datetime) -> None:
    tell_applicant(case, "ojt_subsidy.evidence", f"證明文件{word}", body, right=FILE_EVIDENCE, at=at)


@transaction.atomic
def return_evidence(case: Case, *, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    case = lock(case, version=version)
    move(case, "return", by=by, at=at, reason=reason)
    _tell(case, "退回補件", f"退回理由：{reason}", at)
    return case


@transaction.atomic
def refuse_evidence(case: Case, *, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    case = lock(case, version=version)
    move(case, "refuse", by=by, at=at, reason=reason)
    _tell(case, "不予採認", f"理由：{reason}", at)
    return case


@transaction.atomic
def accept_evidence(
    case: Case,
    *,
    valid_from: date | None = None,
    valid_until: date | None = None,
    records: Sequence[Mapping[str, Any]] = (),
    by: User,
    at: datetime,
    version: int | None = None,
) -> Case:
    """採認. An identity moves the person's reserved amounts to the full rate; insurance is judged as of the first day."""
    person = evidence_of(case).person
    lock_person(person.pk)
    reserving.hold(person.pk, cases=[case.pk])
    case = lock(case, version=version)
    evidence = evidence_of(case)
    outcomes: list[Outcome] = []
    if evidence.kind == Evidence.Kind.INSURANCE:
        if not records:
            raise Refused("請登錄投保明細表所載之投保紀錄。", field="kind")
        assert evidence.enrolment is not None
        papers_attached(case, by, at)
        check = record_insurance(
            evidence.enrolment, source=InsuranceCheck.Source.STATEMENT, records=records, evidence=evidence, by=by, at=at
        )
        outcomes = [Outcome.from_json(check.outcome)]
        evidence.answers = {"records": list(records)}
    else:
        if valid_from and valid_until and valid_until < valid_from:
            raise Refused("有效期限不得早於生效日。", field="valid_until")
        evidence.valid_from, evidence.valid_until = valid_from, valid_until
    evidence.save()
    move(case, "accept", by=by, at=at, outcomes=outcomes)
    case.decided_on = taipei_day(at)
    case.save()
    reserving.settle(person, by=by, at=at, reason=f"採認 {case.title}"[:200])
    _tell(case, "已採認", "證明文件已採認；補助比率與資格於開訓日仍有效者適用。", at)
    return case


def record_insurance(
    enrolment: Enrolment,
    *,
    source: str,
    records: Sequence[Mapping[str, Any]],
    by: User,
    at: datetime,
    evidence: Evidence | None = None,
    file: ExchangeFile | None = None,
) -> InsuranceCheck:
    """What insurance was found, with SUB-05's answer and its lines. Raises Refused before the first day of class, and where
    no profile says the birth date."""
    not_before(enrolment.course.starts_on, at)
    trainee = getattr(enrolment.person, "trainee", None)
    if trainee is None:
        raise Refused(f"{enrolment.name}尚未填寫個人報名資料。")
    outcome = eligibility_of(
        trainee.born_on, enrolment.course.starts_on, records, on=taipei_day(at), law=law_in_force()
    )
    return InsuranceCheck.objects.create(
        enrolment=enrolment,
        source=source,
        file=file,
        evidence=evidence,
        born_on=trainee.born_on,
        records=list(records),
        matched=bool(records),
        eligible=bool(outcome.met),
        outcome=outcome.as_json(),
        at=at,
        by=by,
    )

"""Evidence: identity for the full rate (SUB-07, SUB-08), insurance where the bureau's file finds nothing (SUB-06)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import County, User
from casework.cases.doing import Doing
from casework.cases.moving import open_case
from casework.errors import NotPermitted, Refused
from casework.intake import Verdict
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.notices.telling import tell_applicant
from kernel.dates import roc, taipei_day
from kernel.outcome import Outcome
from ojt_subsidy.models import Enrolment, Evidence, ExchangeFile, InsuranceCheck
from ojt_subsidy.params import Identity
from ojt_subsidy.permissions import FILE_EVIDENCE
from ojt_subsidy.rules import identity as rules
from ojt_subsidy.selectors.lines import eligibility_of
from ojt_subsidy.services import reserving
from ojt_subsidy.services.papers import keep_paper
from ojt_subsidy.services.places import lock_person
from ojt_subsidy.states import EVIDENCE_KIND, UNDECIDED

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
    if Evidence.objects.filter(person=person, identity=identity, case__state__in=UNDECIDED).exists():
        raise Refused("您已有同一身分的證明文件尚在辦理。", field="identity")
    # The title goes into notices, mails and reasons; which status it is stands on the case itself alone.
    case = open_case(kind=EVIDENCE_KIND, title=IDENTITY_TITLE, office=county.branch, person=person, by=person, at=at)
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
        enrolment=enrolment, kind=Evidence.Kind.INSURANCE, case__state__in=UNDECIDED
    ).first()
    if known:
        return known
    course = enrolment.course
    case = open_case(
        kind=EVIDENCE_KIND, title=f"投保明細：{course.title}"[:200], office=course.case.office, person=by, by=by, at=at
    )
    return Evidence.objects.create(case=case, kind=Evidence.Kind.INSURANCE, person=by, enrolment=enrolment)


def day_reached(case: Case, by: User | None, at: datetime) -> None:
    """Refuse a statement before the day it speaks of."""
    not_before(first_day_of(evidence_of(case)), at, field="file")


def add_paper(doing: Doing, *, upload: UploadedFile, verdict: Verdict) -> None:
    """One more paper of the evidence, while it is the person's."""
    label = evidence_of(doing.case).get_kind_display()
    keep_paper(doing, field=FIELD, label=label, upload=upload, verdict=verdict)


def papers_attached(case: Case, by: User | None, at: datetime) -> None:
    """A statement printed before the first day of class does not show that day."""
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


def statement_shows_the_day(case: Case, by: User | None, at: datetime) -> None:
    """`papers_attached`, of an insurance statement alone: an identity may be shown at the counter."""
    if evidence_of(case).kind == Evidence.Kind.INSURANCE:
        papers_attached(case, by, at)


def file_evidence(doing: Doing) -> None:
    """送出: received today, in a later round as well."""
    doing.case.filed_at, doing.case.received_on = doing.case.filed_at or doing.at, doing.day


def _tell(doing: Doing, word: str, body: str) -> None:
    tell_applicant(doing.case, "ojt_subsidy.evidence", f"證明文件{word}", body, right=FILE_EVIDENCE, at=doing.at)


def return_evidence(doing: Doing) -> None:
    """退回補件: the trainee is told why."""
    _tell(doing, "退回補件", f"退回理由：{doing.reason}")


def refuse_evidence(doing: Doing) -> None:
    """不予採認: the trainee is told why."""
    _tell(doing, "不予採認", f"理由：{doing.reason}")


def hold_money(case: Case) -> tuple[()]:
    """The person, and what their money may touch, before the case."""
    person = evidence_of(case).person
    lock_person(person.pk)
    reserving.hold(person.pk, cases=[case.pk])
    return ()


def accept_evidence(
    doing: Doing,
    *,
    valid_from: date | None = None,
    valid_until: date | None = None,
    records: Sequence[Mapping[str, Any]] = (),
) -> None:
    """採認. An identity moves the person's reserved amounts to the full rate; insurance is judged as of the first day."""
    case, by, at, evidence = doing.case, doing.by, doing.at, evidence_of(doing.case)
    if evidence.kind == Evidence.Kind.INSURANCE:
        if not records:
            raise Refused("請登錄投保明細表所載之投保紀錄。", field="kind")
        assert evidence.enrolment is not None
        check = record_insurance(
            evidence.enrolment, source=InsuranceCheck.Source.STATEMENT, records=records, evidence=evidence, by=by, at=at
        )
        doing.outcomes.append(Outcome.from_json(check.outcome))
        evidence.answers = {"records": list(records)}
    else:
        if valid_from and valid_until and valid_until < valid_from:
            raise Refused("有效期限不得早於生效日。", field="valid_until")
        evidence.valid_from, evidence.valid_until = valid_from, valid_until
    evidence.save()
    case.decided_on = doing.day
    doing.move()  # what is reserved counts evidence that is accepted
    reserving.settle(evidence.person, by=by, at=at, reason=f"採認 {case.title}"[:200])
    _tell(doing, "已採認", "證明文件已採認；補助比率與資格於開訓日仍有效者適用。")


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

"""核定: the ministry's approval with letter number and date, and what follows from it for each kind of case."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.proving import prove_by_decision
from casework.errors import Refused
from casework.kernel.dates import roc, taipei_day
from casework.kernel.law import Law
from casework.models import Case, Deadline, Document
from casework.services.cases import lock, move, next_number, require
from casework.services.deadlines import meet_deadline, of_thing, set_deadline, withdraw_all
from casework.services.documents import revoke as revoke_document
from casework.services.events import record
from casework.services.law import law_in_force
from vrs_credentials import documents
from vrs_credentials.models import Certificate, FollowUp, Qualification
from vrs_credentials.permissions import KEEP_REGISTER, REVOKE
from vrs_credentials.rules import renewal
from vrs_credentials.selectors.papers import clause_row
from vrs_credentials.selectors.register import follow_up_outcome
from vrs_credentials.services.filing import closed
from vrs_credentials.services.office import tell_applicant, tell_approvers, thing_of

ENDS, FOLLOW_UP, WAY_BACK = "vrs_credentials.ends", "vrs_credentials.follow_up", "vrs_credentials.way_back"
ONE_DAY = timedelta(days=1)

Effect = Callable[[Case, str, date, dict[str, Any], User, datetime, Law], str]
_effects: dict[str, Effect] = {}


def register_effect(kind: str, effect: Effect) -> None:
    """What approval of a kind does. Returns the sentence the applicant is told. May raise Refused."""
    _effects[kind] = effect


def letter_entered(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 核定: the letter stands in the application's row."""
    row = getattr(case, f"vrs_{_row_name(case)}")
    row.refresh_from_db(fields=["letter_number", "letter_on"])
    if not row.letter_number or not row.letter_on:
        raise Refused("請填寫核定發文字號與日期。", field="letter_number")


def _row_name(case: Case) -> str:
    thing = thing_of(case)
    return "extension_application" if thing == "extension" else thing


@transaction.atomic
def approve(
    case: Case, *, letter_number: str, letter_on: date, by: User, at: datetime, version: int | None = None, **more: Any
) -> Case:
    """核定. Nothing of it stands unless all of it does: letter, state, certificate or hours, documents, deadlines."""
    case = lock(case, version=version)
    on, law = taipei_day(at), law_in_force()
    if letter_on > on:
        raise Refused("核定發文日期不得晚於今日。", field="letter_on")
    row = getattr(case, f"vrs_{_row_name(case)}")
    type(row).objects.filter(pk=row.pk).update(letter_number=letter_number, letter_on=letter_on)
    row.refresh_from_db()
    row.save()  # the history row of what was approved
    move(case, "approve", by=by, at=at, reason=f"{letter_number}（{roc(letter_on)}）")
    case.decided_on = on
    case.save()
    told = _effects[case.kind](case, letter_number, letter_on, more, by, at, law)
    closed(case, at)
    documents.issue_letter(case, letter_number=letter_number, letter_on=letter_on, sentence=told, by=by, at=at)
    tell_applicant(case, "approved", "已核定", f"{told}\n核定文號：{letter_number}（{roc(letter_on)}）", at=at)
    return case


@transaction.atomic
def reject(case: Case, *, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    """不予核定 (參, 陸, 柒)."""
    case = lock(case, version=version)
    move(case, "reject", by=by, at=at, reason=reason)
    case.decided_on = taipei_day(at)
    case.save()
    closed(case, at)
    documents.issue_letter(case, sentence=f"所請不予核定，理由：{reason}", by=by, at=at, granted=False)
    tell_applicant(case, "rejected", "不予核定", reason, at=at)
    return case


@transaction.atomic
def report(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    """初審無缺件，陳報核定."""
    case = lock(case, version=version)
    move(case, "report", by=by, at=at)
    case.save()
    tell_approvers(case, at=at)
    return case


# --- certificates ------------------------------------------------------------------------------------------------------------


def issue_certificate(
    case: Case, *, kind: str, speciality: str, clause: str, starts_on: date, ends_before: date, letter_number: str,
    letter_on: date, by: User, at: datetime, law: Law, previous: Certificate | None = None,
) -> Certificate:  # fmt: skip
    """The certificate with its paper and its dates. Raises Refused where the person has one on these days already."""
    assert case.person is not None
    try:
        with transaction.atomic():
            one = Certificate.objects.create(
                number=next_number("VRS", at=at), holder=case.person, kind=kind, speciality=speciality, clause=clause,
                starts_on=starts_on, ends_before=ends_before, first_ends_before=ends_before, letter_number=letter_number,
                letter_on=letter_on, issued_on=taipei_day(at), case=case, previous=previous,
            )  # fmt: skip
    except IntegrityError as error:
        if "overlap" not in str(error):
            raise
        raise Refused("這個人在這段期間已有同一資格的證明，效期不得重疊。") from error
    documents.issue_certificate_paper(one, case=case, by=by, at=at, law=law)
    set_end(one, at=at, law=law)
    period = f"{roc(one.starts_on)} 至 {roc(one.valid_until)}"
    record(
        case,
        "certificate.issued",
        f"核發{one.kind_label}資格認證證明 {one.number}（{period}）",
        by=by,
        at=at,
        clause="準則第10條",
    )
    return one


def set_end(certificate: Certificate, *, at: datetime, law: Law) -> Deadline:
    """The last valid day with its reminders; the opening of the window is one of them."""
    on = taipei_day(at)
    outcome = renewal.window(renewal.WindowFacts(certificate.valid_until), on=on, law=law)
    opens_on = date.fromisoformat(outcome.result["opens_on"])
    days = {*law.at("vrs.renewal_reminders", on).value, (certificate.valid_until - opens_on).days}
    return set_deadline(
        code=ENDS, rule="VRS-11", label="資格效期屆滿（更新申請末日）", citation="準則第10條第2項", counted_from=certificate.starts_on,
        due_on=certificate.valid_until, at=at, thing=certificate, outcome=outcome, remind_days=sorted(days),
    )  # fmt: skip


@transaction.atomic
def revoke(certificate: Certificate, *, reason: str, by: User, at: datetime) -> Certificate:
    """撤銷 (準則第14條): the check page says so from this moment."""
    case = lock(certificate.case)
    require(by, REVOKE, case)
    certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if certificate.state == Certificate.State.REVOKED:
        raise Refused("這張證明已撤銷。")
    if not reason.strip():
        raise Refused("請填寫撤銷事由。", field="reason")
    certificate.state, certificate.revoked_at, certificate.revoked_reason = (
        Certificate.State.REVOKED,
        at,
        reason.strip()[:200],
    )
    certificate.save()
    withdraw_all(at=at, thing=certificate)
    for paper in Document.objects.filter(
        case=case, paper=documents.CERTIFICATE, subject=f"certificate.{certificate.pk}", state="issued"
    ):
        revoke_document(paper, case=case, reason=reason.strip()[:200], by=by, at=at)
    record(
        case,
        "certificate.revoked",
        f"撤銷資格認證證明 {certificate.number}",
        by=by,
        at=at,
        reason=reason,
        clause="準則第14條",
    )
    tell_applicant(case, "revoked", "資格認證證明已撤銷", reason, at=at)
    return certificate


@transaction.atomic
def reissue(certificate: Certificate, *, reason: str, by: User, at: datetime) -> Document:
    """資格證明遺失補發: number and period stay, the paper gets a new check code and the lost one is marked replaced."""
    case = lock(certificate.case)
    certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if certificate.holder_id != by.pk:
        raise Refused("只有持有人可以申請補發。")
    if certificate.state == Certificate.State.REVOKED:
        raise Refused("這張證明已撤銷，不能補發。")
    if not reason.strip():
        raise Refused("請說明遺失情形。", field="reason")
    record(
        case,
        "certificate.reissued",
        f"補發資格認證證明 {certificate.number}",
        by=by,
        at=at,
        reason=reason,
        clause="說明書陸、二、6",
    )
    return documents.issue_certificate_paper(certificate, case=case, by=by, at=at, law=law_in_force())


# --- being taken on ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_hired(
    certificate: Certificate, *, hired_on: date, consent: bool, before_hours: Decimal = Decimal(0), case_manager_years: int = 0,
    by: User, at: datetime, case: Case | None = None,
) -> FollowUp | None:  # fmt: skip
    """進用日 starts the clock of VRS-04; the office may enter consent later, which sets the day anew."""
    case = case or lock(certificate.case)
    if by != certificate.holder:
        require(by, KEEP_REGISTER, case)
    law, on = law_in_force(), taipei_day(at)
    after = clause_row(certificate.kind, certificate.clause, on=certificate.issued_on, law=law)["after"]
    if not after:
        return None
    if hired_on > on:
        raise Refused("進用日不得晚於今日。", field="hired_on")
    given = {
        "follow_up": after, "hired_on": hired_on, "consent": consent, "before_hours": before_hours,
        "case_manager_years": case_manager_years,
    }  # fmt: skip
    one, _ = FollowUp.objects.update_or_create(certificate=certificate, defaults=given)
    set_follow_up(one, case=case, by=by, at=at, law=law)
    return one


def set_follow_up(one: FollowUp, *, case: Case, by: User, at: datetime, law: Law) -> None:
    on = taipei_day(at)
    outcome = follow_up_outcome(one, on=on, law=law)
    if outcome.result["done"]:
        one.done_at = one.done_at or at
        one.save(update_fields=["done_at"])
        meet_deadline(code=FOLLOW_UP, at=at, thing=one)
        record(case, "follow_up.done", "進用後專業訓練已完成", by=by, at=at, outcomes=[outcome], clause="說明書參")
        return
    standing = of_thing(one).filter(code=FOLLOW_UP, met_at=None, withdrawn_at=None).first()
    due_on = date.fromisoformat(outcome.result["due_on"])
    if standing is None or standing.due_on != due_on:
        set_deadline(
            code=FOLLOW_UP, rule="VRS-04", label="進用後專業訓練", citation="說明書參", counted_from=one.hired_on, due_on=due_on,
            at=at, thing=one, outcome=outcome, remind_days=law.at("vrs.follow_up_reminders", one.hired_on).value,
        )  # fmt: skip
        record(
            case,
            "follow_up.set",
            f"進用後專業訓練期限：{roc(due_on)}",
            by=by,
            at=at,
            outcomes=[outcome],
            clause="說明書參",
        )


def _qualified(
    case: Case, letter_number: str, letter_on: date, more: dict[str, Any], by: User, at: datetime, law: Law
) -> str:
    one = Qualification.objects.get(case=case)
    assert case.person is not None
    prove_by_decision(case.person, note=f"{case.number} 核定", by=by, at=at)  # the papers reviewed bear name and number
    starts_on, last_day = renewal.first_period(letter_on, law=law)
    certificate = issue_certificate(
        case, kind=one.kind, speciality=one.speciality, clause=one.clause, starts_on=starts_on, ends_before=last_day + ONE_DAY,
        letter_number=letter_number, letter_on=letter_on, by=by, at=at, law=law,
    )  # fmt: skip
    row = clause_row(one.kind, one.clause, on=letter_on, law=law)
    if one.hired_on and row["after"] and not one.trained_before:
        _hired_by_application(certificate, one, row, case, by, at, law)
    return f"核定{certificate.kind_label}資格，有效期間 {roc(starts_on)} 至 {roc(last_day)}。"


def _hired_by_application(
    certificate: Certificate, one: Qualification, row: Any, case: Case, by: User, at: datetime, law: Law
) -> None:
    """The application named the day; the consent is among its papers."""
    assessor = row["after"] == "assessor"
    made = FollowUp.objects.create(
        certificate=certificate, follow_up=row["after"], hired_on=one.hired_on, consent="consent" in row["documents"] or one.trained_before is False,
        before_hours=row["before"] if assessor else 0, case_manager_years=row["years"] if assessor else 0,
    )  # fmt: skip
    set_follow_up(made, case=case, by=by, at=at, law=law)


register_effect("vrs_credentials.qualification", _qualified)

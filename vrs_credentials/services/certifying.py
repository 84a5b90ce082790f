"""Certificates 資格認證證明: issued, kept, corrected, issued anew, revoked, and the clock of training after being taken on."""

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.locks import locking
from accounts.models import User
from accounts.services.proving import stated_number
from casework.cases.casetypes import casetype
from casework.cases.doing import perform
from casework.cases.events import record
from casework.cases.moving import lock, next_number, require
from casework.deadlines.keeping import meet_deadline, of_thing, set_deadline, withdraw_all
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case, Deadline, Document
from casework.papers.documents import revoke as revoke_document
from kernel.dates import roc, taipei_day
from kernel.identifiers import mask_person_id
from kernel.law import Law
from vrs_credentials import documents
from vrs_credentials.models import (
    Certificate,
    ExtensionApplication,
    FollowUp,
    HoursApplication,
    Professional,
    Renewal,
)
from vrs_credentials.permissions import CORRECT_CERTIFICATE, KEEP_REGISTER, REVOKE
from vrs_credentials.rules import renewal
from vrs_credentials.selectors.papers import clause_row
from vrs_credentials.selectors.register import follow_up_outcome
from vrs_credentials.services.deciding import Letter, letter_answers
from vrs_credentials.services.office import tell_applicant, thing_of
from vrs_credentials.states import APP

ENDS, FOLLOW_UP, WAY_BACK = "vrs_credentials.ends", "vrs_credentials.follow_up", "vrs_credentials.way_back"


#: Applications that rest on a certificate; the row names it.
_ON_CERTIFICATE = {"renewal": Renewal, "extension": ExtensionApplication, "hours": HoursApplication}


def certificate_under(case: Case) -> Certificate | None:
    """The certificate an application rests on, freshly read."""
    model = _ON_CERTIFICATE[thing_of(case)]
    key = model.objects.filter(case=case).values_list("certificate", flat=True).first()
    return Certificate.objects.select_related("case").filter(pk=key).first()


def origin_of(case: Case) -> list[Case]:
    """The case of the certificate an application rests on, to be held with the application's.

    Everything that changes a certificate locks in one order: the certificate's own case, applications on it, its row. So an
    approval and a revocation (or two approvals that add up hours) come one after the other and never wait in a circle.
    """
    certificate = certificate_under(case)
    return [certificate.case] if certificate else []


def certificate_stands(case: Case, by: User | None, at: datetime) -> None:
    """Refuse to grant anything on a certificate that was revoked."""
    if certificate := certificate_under(case):
        stands(certificate)


def stands(certificate: Certificate) -> None:
    """Raises Refused for a certificate on which nothing can be applied for or granted any more."""
    if certificate.state == Certificate.State.REVOKED:
        raise Refused(f"資格認證證明 {certificate.number} 已撤銷，不能再辦理。")


def latest(certificate: Certificate) -> None:
    """Raises Refused where another certificate followed: one line has one end, also when that end was revoked."""
    stands(certificate)
    if (later := Certificate.objects.filter(previous=certificate).first()) is None:
        return
    if later.state == Certificate.State.REVOKED:
        raise Refused(
            f"這張證明更新後之 {later.number} 已撤銷，不能再以這張證明辦理；如需重新取得資格，請提出新資格申請。"
        )
    raise Refused("這張證明已更新，請在新證明上辦理。")


# --- certificates ------------------------------------------------------------------------------------------------------------


def issue_certificate(
    case: Case, *, kind: str, speciality: str, clause: str, starts_on: date, ends_before: date, letter_number: str,
    letter_on: date, by: User, at: datetime, law: Law, previous: Certificate | None = None,
) -> Certificate:  # fmt: skip
    """The certificate with its paper and its dates. Raises Refused where the person has one on these days already, or has no
    number: nothing is certified of somebody whose claim was released while the case ran.

    Whom it names is fixed here: from the person's data as reviewed, or from the certificate that is renewed.
    """
    assert case.person is not None
    number = stated_number(case.person)
    if previous and previous.holder_national_id != number:
        raise Refused(
            f"證明 {previous.number} 記載的身分證字號與{case.person.name}帳號現在的不同，"
            "請先更正該證明的記載事項，或於「登入協助」確認身分證字號。"
        )
    names = {
        "holder_name": previous.holder_name if previous else case.person.name,
        "holder_national_id": previous.holder_national_id if previous else number,
        "holder_birth_on": previous.holder_birth_on if previous else case.person.vrs_professional.birth_on,
    }
    try:
        with transaction.atomic():
            one = Certificate.objects.create(
                number=next_number("VRS", at=at), holder=case.person, kind=kind, speciality=speciality, clause=clause,
                starts_on=starts_on, ends_before=ends_before, first_ends_before=ends_before, letter_number=letter_number,
                letter_on=letter_on, issued_on=taipei_day(at), case=case, previous=previous, **names,
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
def revoke(
    certificate: Certificate, *, letter_number: str, letter_on: date, reason: str, by: User, at: datetime
) -> Certificate:
    """撤銷 (準則第14條) by a numbered letter: the check page says so from this moment, and what was applied for on it ends."""
    case = lock(certificate.case)
    require(by, REVOKE, case)
    running = [lock(key).pk for key in _applications_on(certificate)]
    certificate = locking(Certificate.objects).get(pk=certificate.pk)
    if certificate.state == Certificate.State.REVOKED:
        raise Refused("這張證明已撤銷。")
    if later := Certificate.objects.filter(previous=certificate, state=Certificate.State.VALID).first():
        raise Refused(f"這張證明已更新為 {later.number}，請先撤銷 {later.number}。")
    if not reason.strip():
        raise Refused("請填寫撤銷事由。", field="reason")
    if not letter_number.strip():
        raise Refused("請填寫發文字號。", field="letter_number")
    letter = Letter(letter_number, letter_on)
    letter_answers([(certificate.letter_on, "核發該證明之發文日期")], letter_on, taipei_day(at))
    certificate.state, certificate.revoked_at = Certificate.State.REVOKED, at
    certificate.revoked_reason = reason.strip()[:200]
    certificate.save()
    withdraw_all(at=at, thing=certificate)
    if follow_up := FollowUp.objects.filter(certificate=certificate).first():
        withdraw_all(at=at, thing=follow_up)
    # the certificate, and the letter by which it was granted
    said = Q(paper=documents.CERTIFICATE, subject=f"certificate.{certificate.pk}") | Q(paper=documents.LETTER)
    for paper in Document.objects.filter(said, case=case, state=Document.State.ISSUED):
        revoke_document(paper, case=case, reason=reason.strip()[:200], by=by, at=at)
    record(
        case, "certificate.revoked", f"撤銷資格認證證明 {certificate.number}", by=by, at=at, reason=f"{letter}：{reason}",
        clause="準則第14條",
    )  # fmt: skip
    documents.issue_revocation(
        certificate, case=case, reason=reason.strip(), letter_number=letter_number, letter_on=letter_on, by=by, at=at
    )
    body = f"{reason}\n發文字號：{letter}\n不服者之救濟方式，請見處分函。"
    tell_applicant(case, "revoked", f"資格認證證明 {certificate.number} 已撤銷", body, at=at)
    ended = f"資格認證證明 {certificate.number} 已於 {roc(taipei_day(at))} 撤銷，本件無從續辦。"
    for key in running:
        perform(key, "end", by=by, at=at, reason=ended)
    return certificate


def _applications_on(certificate: Certificate) -> list[int]:
    """Cases of applications that rest on a certificate and are not at their end, in one order for everybody."""
    found: set[int] = set()
    for thing, model in _ON_CERTIFICATE.items():
        ends = [state.code for state in casetype(f"{APP}.{thing}").table.states if state.final]
        rows = model.objects.filter(certificate=certificate).exclude(case__state__in=ends)  # type: ignore[attr-defined]
        found |= set(rows.values_list("case", flat=True))
    return sorted(found)


@transaction.atomic
def correct_identity(
    certificate: Certificate, *, holder_name: str, national_id: str, birth_on: date, reason: str, proof: str, by: User,
    at: datetime,
) -> Certificate:  # fmt: skip
    """更正證明記載事項: who the certificate names, by the office, with proof; a paper with the right words replaces the old one.

    What was renewed from it copied the same words: each of those is corrected too, but one that was revoked. The birth date goes
    into the person's own data, where they cannot change it any more. An empty `national_id` stays.
    """
    for value, field, asked in ((reason, "reason", "更正理由"), (proof, "proof", "佐證文件")):
        if not value.strip():
            raise Refused(f"請填寫{asked}。", field=field)
    named, corrected = (holder_name, national_id, birth_on), []
    for key, case in _locked_line(certificate):
        require(by, CORRECT_CERTIFICATE, case)
        one = locking(Certificate.objects).get(pk=key)
        if key == certificate.pk:
            stands(one)
        if one.state != Certificate.State.REVOKED and (changes := _rename(one, *named)):
            corrected.append((one, case, changes))
    if not corrected:
        raise Refused("記載事項沒有不同，無須更正。")
    person = locking(Professional.objects).get(user=certificate.holder)
    if person.birth_on != birth_on:
        person.birth_on = birth_on
        person.save(update_fields=["birth_on"])
    for one, case, changes in corrected:
        record(
            case, "certificate.corrected", f"更正資格認證證明 {one.number} 記載事項", by=by, at=at,
            reason=f"{reason.strip()}（佐證文件：{proof.strip()}）", clause="行政程序法第101條", changes=changes,
        )  # fmt: skip
        documents.issue_certificate_paper(one, case=case, by=by, at=at, law=law_in_force())
        what = "、".join(change["label"] for change in changes)
        body = f"{one.kind_label}資格認證證明 {one.number} 之{what}已更正，請下載新證明；原證明文件查驗時將顯示已換發。"
        tell_applicant(case, "corrected", "資格認證證明記載事項已更正", body, at=at)
    return Certificate.objects.get(pk=certificate.pk)


def _locked_line(certificate: Certificate) -> list[tuple[int, Case]]:
    """A certificate and those renewed from it, one from the other: keys, each with its case, locked.

    The order is that of `origin_of`: a case is an application on the certificate before it, so none is approved meanwhile.
    """
    line: list[tuple[int, Case]] = []
    one: Certificate | None = certificate
    while one:
        line.append((one.pk, lock(one.case_id)))
        one = Certificate.objects.filter(previous=one).first()
    return line


def _rename(one: Certificate, name: str, number: str, birth_on: date) -> list[dict[str, str]]:
    """Whom a certificate names from now on; what of it changed, in words."""
    number = number or one.holder_national_id
    asked_for = (
        ("姓名", one.holder_name, name, str),
        ("身分證字號", one.holder_national_id, number, mask_person_id),
        ("出生日期", one.holder_birth_on, birth_on, roc),
    )
    one.holder_name, one.holder_national_id, one.holder_birth_on = name, number, birth_on
    changes = [
        {"label": label, "before": shown(was), "after": shown(right)}
        for label, was, right, shown in asked_for
        if was != right
    ]
    if changes:
        one.save()
    return changes


@transaction.atomic
def reissue(certificate: Certificate, *, reason: str, by: User, at: datetime) -> Document:
    """資格證明遺失補發: number, period and what it says stay; a new check code, and the lost paper is marked replaced.

    The holder is the reason of it and not its issuer: the paper is the agency's.
    """
    case = lock(certificate.case)
    certificate = locking(Certificate.objects).get(pk=certificate.pk)
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
    return documents.issue_certificate_paper(certificate, case=case, by=None, at=at, law=law_in_force())


# --- being taken on ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_hired(
    certificate: Certificate, *, hired_on: date, consent: bool, before_hours: Decimal = Decimal(0), case_manager_years: int = 0,
    by: User, at: datetime,
) -> FollowUp | None:  # fmt: skip
    """進用日 starts the clock of VRS-04; the office may enter consent later, which sets the day anew."""
    case = lock(certificate.case)
    require(by, KEEP_REGISTER, case)
    stands(Certificate.objects.get(pk=certificate.pk))
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

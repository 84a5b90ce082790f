"""更新（換證）, 展延 and the way back of 第10-1條 (VRS-10 to VRS-14)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.locks import locking
from accounts.models import User
from casework.cases.doing import Doing
from casework.cases.events import record
from casework.cases.moving import lock, open_case, require
from casework.deadlines.keeping import meet_deadline, set_deadline, withdraw_all
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import ONE_DAY, roc, taipei_day
from kernel.facts import Impossible
from kernel.outcome import Outcome
from vrs_credentials import documents
from vrs_credentials.models import Certificate, Extension, ExtensionApplication, Renewal, WayBack
from vrs_credentials.permissions import KEEP_REGISTER
from vrs_credentials.rules import extension as extension_rules
from vrs_credentials.rules import renewal as rules
from vrs_credentials.selectors.outcomes import extension_outcome, renewal_outcomes
from vrs_credentials.selectors.papers import EXTENSION_PAPERS, attached
from vrs_credentials.services.certifying import (
    ENDS,
    WAY_BACK,
    issue_certificate,
    latest,
    set_end,
)
from vrs_credentials.services.deciding import decide_by_letter, tell_granted
from vrs_credentials.services.filing import file_application, supply_application
from vrs_credentials.services.office import office
from vrs_credentials.states import EXTENSION_KIND, RENEWAL_KIND


def _own(certificate: Certificate, person: User) -> Certificate:
    """The certificate's row, locked after its own case: whatever moves its period or ends it queues here."""
    lock(certificate.case_id)
    one = locking(Certificate.objects).get(pk=certificate.pk)
    if one.holder_id != person.pk:
        raise Refused("這張證明不是您的。")
    latest(one)
    return one


# --- renewal ------------------------------------------------------------------------------------------------------------------


def judge_renewal(outcomes: Sequence[Outcome], *, applied_on: date) -> None:
    """Raises Refused with what is missing. An application after the end is not in time and nevertheless possible (第15條第3項)."""
    window, _, count, *back = outcomes
    opens_on = date.fromisoformat(window.result["opens_on"])
    if applied_on < opens_on:
        raise Refused(f"尚未開放申請，請於 {roc(opens_on)} 起提出。", outcomes=[window])
    if back and back[0].result["may_renew"]:
        return
    if not count.met:
        raise Refused("繼續教育時數不足：" + count.sentence, outcomes=[count, *back])


@transaction.atomic
def start_renewal(certificate: Certificate, *, person: User, at: datetime) -> Renewal:
    """換證: window open and hours done, or the page says what is missing. Pressed twice it is one application."""
    one = _own(certificate, person)
    on, law = taipei_day(at), law_in_force()
    if running := Renewal.objects.filter(certificate=one, closed_at=None).select_related("case").first():
        return running
    judge_renewal(renewal_outcomes(one, applied_on=on, on=on, law=law), applied_on=on)
    case = open_case(
        kind=RENEWAL_KIND, title=f"{person.name} {one.kind_label}資格更新（{one.number}）", office=office(), person=person,
        by=person, at=at,
    )  # fmt: skip
    return Renewal.objects.create(case=case, certificate=one)


def _renewal_judged(case: Case, at: datetime) -> Sequence[Outcome]:
    """The rules on the day of (first) application, and the pledge."""
    one = Renewal.objects.select_related("certificate").get(case=case)
    latest(one.certificate)
    on = taipei_day(at)
    applied_on = one.applied_on or on
    outcomes = renewal_outcomes(one.certificate, applied_on=applied_on, on=on, law=law_in_force())
    judge_renewal(outcomes, applied_on=applied_on)
    if "pledge" not in attached(case):
        raise Refused("請上傳親簽之切結書。", outcomes=outcomes)
    return outcomes


def renewal_complete(case: Case, by: User | None, at: datetime) -> None:
    """Refuse before the window, with hours missing or without the pledge.

    What the rules said is kept by the acts: a window that has passed is among it and refuses nothing.
    """
    _renewal_judged(case, at)


def file_renewal(doing: Doing) -> None:
    """File the renewal; the day of the first filing is the day of application."""
    doing.outcomes += _renewal_judged(doing.case, doing.at)
    _file_on_day(Renewal.objects.get(case=doing.case), doing)


def supply_renewal(doing: Doing) -> None:
    """Give the renewal back with its supplement."""
    doing.outcomes += _renewal_judged(doing.case, doing.at)
    supply_application(doing)


def _file_on_day(row: Renewal | ExtensionApplication, doing: Doing) -> None:
    row.applied_on = row.applied_on or doing.day
    row.save(update_fields=["applied_on"])
    file_application(doing)


def approve_renewal(doing: Doing, *, letter_number: str, letter_on: date) -> None:
    """Issue the new certificate, which begins the day after the old one ends, or on the day of a late application."""
    case, by, at, law = doing.case, doing.by, doing.at, law_in_force()
    letter = decide_by_letter(doing, letter_number, letter_on)
    one = Renewal.objects.select_related("certificate").get(case=case)
    old = locking(Certificate.objects).get(pk=one.certificate_id)
    latest(old)
    assert one.applied_on is not None
    outcomes = renewal_outcomes(old, applied_on=one.applied_on, on=doing.day, law=law)
    # hours taken back between filing and approval: what is approved must hold now
    judge_renewal(outcomes, applied_on=one.applied_on)
    facts = rules.PeriodFacts(old.valid_until, one.applied_on, old.extension_days)
    period = rules.renewed_period(facts, on=one.applied_on, law=law)
    starts_on, last_day = (date.fromisoformat(period.result[name]) for name in ("valid_from", "valid_until"))
    new = issue_certificate(
        case, kind=old.kind, speciality=old.speciality, clause=old.clause, starts_on=starts_on, ends_before=last_day + ONE_DAY,
        letter_number=letter_number, letter_on=letter_on, by=by, at=at, law=law, previous=old,
    )  # fmt: skip
    meet_deadline(code=ENDS, at=at, thing=old)
    withdraw_all(at=at, thing=old)
    record(
        case, "renewed", f"{old.number} 更新為 {new.number}", by=by, at=at, outcomes=outcomes, clause="準則第15條第3項"
    )
    days = f"{roc(starts_on)} 至 {roc(last_day)}"
    tell_granted(doing, letter, f"{new.kind_label}資格認證證明已更新為 {new.number}，有效期間 {days}。")


# --- extension ----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_extension(
    certificate: Certificate, *, reason: str, away_from: date, away_until: date, person: User, at: datetime
) -> ExtensionApplication:
    one = _own(certificate, person)
    on, law = taipei_day(at), law_in_force()
    if running := ExtensionApplication.objects.filter(certificate=one, closed_at=None).select_related("case").first():
        raise Refused(f"您已有一件展延申請（{running.case.number}）辦理中。")
    try:
        outcome = extension_outcome(
            one, away_from=away_from, away_until=away_until, on=on, law=law, applied_on=on, reason=reason
        )
    except Impossible as error:
        raise Refused(str(error), field="away_until") from error
    if not outcome.met:
        raise Refused(outcome.sentence, outcomes=[outcome])
    case = open_case(
        kind=EXTENSION_KIND, title=f"{person.name} {one.kind_label}資格展延（{one.number}）", office=office(), person=person,
        by=person, at=at,
    )  # fmt: skip
    return ExtensionApplication.objects.create(
        case=case, certificate=one, reason=reason, away_from=away_from, away_until=away_until
    )


def change_extension(doing: Doing, *, cause: str, away_from: date, away_until: date) -> None:
    """Change why and when the holder was away."""
    one = ExtensionApplication.objects.get(case=doing.case)
    one.reason, one.away_from, one.away_until = cause, away_from, away_until
    one.save()


def away_long_enough(case: Case, by: User | None, at: datetime) -> Sequence[Outcome]:
    """Refuse what VRS-13 does on the day of (first) application, and while a paper is missing."""
    one = ExtensionApplication.objects.select_related("certificate").get(case=case)
    latest(one.certificate)
    on, there = taipei_day(at), set(attached(case))
    outcome = extension_outcome(
        one.certificate, away_from=one.away_from, away_until=one.away_until, on=on, law=law_in_force(),
        applied_on=one.applied_on or on, reason=one.reason, there=there,
    )  # fmt: skip
    if not outcome.met:
        raise Refused(outcome.sentence, outcomes=[outcome])
    if missing := [
        label for code, label in EXTENSION_PAPERS.items() if code in ("form", "pledge") and code not in there
    ]:
        raise Refused("尚缺文件：" + "、".join(missing) + "。", outcomes=[outcome])
    return [outcome]


def file_extension(doing: Doing) -> None:
    """File the extension; the day of the first filing is the day of application."""
    _file_on_day(ExtensionApplication.objects.get(case=doing.case), doing)


def approve_extension(doing: Doing, *, letter_number: str, letter_on: date) -> None:
    """Move the certificate's end by the days away, and issue its paper anew."""
    case, by, at, law = doing.case, doing.by, doing.at, law_in_force()
    letter = decide_by_letter(doing, letter_number, letter_on)
    one = ExtensionApplication.objects.get(case=case)
    certificate = locking(Certificate.objects).get(pk=one.certificate_id)
    latest(certificate)
    outcome = extension_outcome(
        certificate, away_from=one.away_from, away_until=one.away_until, on=doing.day, law=law, applied_on=one.applied_on,
        reason=one.reason, there=set(attached(case)),
    )  # fmt: skip
    if not outcome.met:
        raise Refused(outcome.sentence, outcomes=[outcome])
    try:
        with transaction.atomic():
            Extension.objects.create(
                certificate=certificate, case=case, reason=one.reason, starts_on=one.away_from,
                ends_before=one.away_until + ONE_DAY, days=outcome.result["days"], letter_number=letter_number, approved_at=at,
                approved_by=by,
            )  # fmt: skip
            certificate.ends_before = date.fromisoformat(outcome.result["valid_until"]) + ONE_DAY
            certificate.save()
    except IntegrityError as error:
        if "overlap" not in str(error):
            raise
        raise Refused("展延期間與已核准之展延，或效期與另一張證明重疊。", outcomes=[outcome]) from error
    set_end(certificate, at=at, law=law)
    origin = lock(certificate.case_id)  # held from the beginning
    documents.issue_certificate_paper(certificate, case=origin, by=by, at=at, law=law)
    until = roc(certificate.valid_until)
    record(case, "extended", f"{certificate.number} 展延至 {until}", by=by, at=at, outcomes=[outcome])
    tell_granted(doing, letter, f"{certificate.kind_label}資格效期展延 {outcome.result['days']} 日，至 {until}。")


# --- the way back -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_way_back(
    certificate: Certificate,
    *,
    away_from: date,
    away_until: date,
    consent_on: date,
    consent_letter: str,
    by: User,
    at: datetime,
) -> WayBack:
    """登錄先行提供服務之同意: the year of twenty hours begins (VRS-14)."""
    case = lock(certificate.case)
    require(by, KEEP_REGISTER, case)
    one = locking(Certificate.objects).get(pk=certificate.pk)
    latest(one)
    on, law = taipei_day(at), law_in_force()
    try:
        facts = extension_rules.LapsedFacts(one.valid_until, away_from, away_until, consent_on)
    except Impossible as error:
        raise Refused(str(error), field="away_until") from error
    outcome = extension_rules.way_back(facts, on=on, law=law)
    if not outcome.met:
        raise Refused(outcome.sentence, outcomes=[outcome])
    given = {
        "away_from": away_from, "away_until": away_until, "consent_on": consent_on, "consent_letter": consent_letter,
        "recorded_at": at, "recorded_by": by,
    }  # fmt: skip
    back, _ = WayBack.objects.update_or_create(certificate=one, defaults=given)
    hours_by = date.fromisoformat(outcome.result["hours_by"])
    set_deadline(
        code=WAY_BACK, rule="VRS-14", label="先行提供服務應完成之繼續教育", citation="準則第10-1條", counted_from=consent_on,
        due_on=hours_by, at=at, thing=one, outcome=outcome, remind_days=law.at("vrs.follow_up_reminders", on).value,
    )  # fmt: skip
    record(
        case, "way_back.recorded", f"同意先行提供服務，{roc(hours_by)} 前完成繼續教育", by=by, at=at, outcomes=[outcome]
    )
    return back

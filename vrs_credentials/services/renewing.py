"""更新（換證）, 展延 and the way back of 第10-1條 (VRS-10 to VRS-14)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from accounts.locks import locking
from accounts.models import User
from casework.cases.events import record
from casework.cases.moving import lock, open_case, require
from casework.deadlines.keeping import meet_deadline, set_deadline, withdraw_all
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import roc, taipei_day
from kernel.facts import Impossible
from kernel.law import Law
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
from vrs_credentials.services.filing import Steps
from vrs_credentials.services.office import office
from vrs_credentials.services.uploading import editable
from vrs_credentials.states import EXTENSION, RENEWAL

ONE_DAY = timedelta(days=1)


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
        kind=RENEWAL.kind, title=f"{person.name} {one.kind_label}資格更新（{one.number}）", office=office(), person=person,
        by=person, at=at,
    )  # fmt: skip
    return Renewal.objects.create(case=case, certificate=one)


def window_open_and_hours_done(case: Case, by: User | None, at: datetime) -> Sequence[Outcome]:
    """Guard of 送審: the rules on the day of (first) application, and the pledge."""
    one = Renewal.objects.select_related("certificate").get(case=case)
    latest(one.certificate)
    on = taipei_day(at)
    applied_on = one.applied_on or on
    outcomes = renewal_outcomes(one.certificate, applied_on=applied_on, on=on, law=law_in_force())
    judge_renewal(outcomes, applied_on=applied_on)
    if "pledge" not in attached(case):
        raise Refused("請上傳親簽之切結書。", outcomes=outcomes)
    return outcomes


def _applied(case: Case, by: User, at: datetime) -> None:
    row = Renewal.objects.filter(case=case).first() or ExtensionApplication.objects.get(case=case)
    row.applied_on = row.applied_on or taipei_day(at)
    row.save(update_fields=["applied_on"])


def _renew(
    case: Case, letter_number: str, letter_on: date, more: dict[str, Any], by: User, at: datetime, law: Law
) -> str:
    one = Renewal.objects.select_related("certificate").get(case=case)
    old = locking(Certificate.objects).get(pk=one.certificate_id)
    latest(old)
    assert one.applied_on is not None
    outcomes = renewal_outcomes(old, applied_on=one.applied_on, on=taipei_day(at), law=law)
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
    return f"{new.kind_label}資格認證證明已更新為 {new.number}，有效期間 {roc(starts_on)} 至 {roc(last_day)}。"


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
        kind=EXTENSION.kind, title=f"{person.name} {one.kind_label}資格展延（{one.number}）", office=office(), person=person,
        by=person, at=at,
    )  # fmt: skip
    return ExtensionApplication.objects.create(
        case=case, certificate=one, reason=reason, away_from=away_from, away_until=away_until
    )


@transaction.atomic
def change_extension(
    case: Case, *, reason: str, away_from: date, away_until: date, by: User, at: datetime, version: int | None = None
) -> ExtensionApplication:
    case = editable(case, by=by, version=version)
    one = ExtensionApplication.objects.get(case=case)
    one.reason, one.away_from, one.away_until = reason, away_from, away_until
    one.save()
    record(case, "extension.saved", "修改離開職場期間", by=by, at=at)
    return one


def away_long_enough(case: Case, by: User | None, at: datetime) -> Sequence[Outcome]:
    """Guard of 送審: VRS-13 with its papers, on the day of (first) application."""
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


def _extend(
    case: Case, letter_number: str, letter_on: date, more: dict[str, Any], by: User, at: datetime, law: Law
) -> str:
    one = ExtensionApplication.objects.get(case=case)
    certificate = locking(Certificate.objects).get(pk=one.certificate_id)
    latest(certificate)
    outcome = extension_outcome(
        certificate, away_from=one.away_from, away_until=one.away_until, on=taipei_day(at), law=law, applied_on=one.applied_on,
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
    origin = lock(certificate.case_id)  # held since the approval began
    documents.issue_certificate_paper(certificate, case=origin, by=by, at=at, law=law)
    record(
        case,
        "extended",
        f"{certificate.number} 展延至 {roc(certificate.valid_until)}",
        by=by,
        at=at,
        outcomes=[outcome],
    )
    return f"{certificate.kind_label}資格效期展延 {outcome.result['days']} 日，至 {roc(certificate.valid_until)}。"


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


def close_rows(case: Case, at: datetime) -> None:
    Renewal.objects.filter(case=case, closed_at=None).update(closed_at=at)
    ExtensionApplication.objects.filter(case=case, closed_at=None).update(closed_at=at)


RENEWAL_STEPS = Steps(window_open_and_hours_done, _renew, _applied)
EXTENSION_STEPS = Steps(away_long_enough, _extend, _applied)

"""五: the ministry asks for a supplement, accredits or rejects, announces; the end of an accreditation."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.locks import locking
from accounts.models import User
from casework.cases import corrections
from casework.cases.moving import lock, move, require
from casework.deadlines.keeping import set_deadline, withdraw_all
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.notices.telling import tell_applicant
from kernel.dates import ONE_DAY, roc, taipei_day
from ohs_training import documents
from ohs_training.models import Accreditation
from ohs_training.permissions import ANNOUNCE, DECIDE, FILE_ACCREDITATION, REVIEW
from ohs_training.rules import institutions
from ohs_training.selectors.institutions import accreditation_in_force, application_of, application_outcomes
from ohs_training.services.applying import ENTRY, REAPPLY, SUPPLY, hold_institution, not_barred

EXPIRE = "ohs_training.expire"


def items_named(case: Case, by: User | None, at: datetime) -> None:
    if corrections.open_request(case) is None:
        raise Refused("請至少填寫一項應補正事項。")


@transaction.atomic
def ask_supplement(
    case: Case, *, items: Sequence[Any], message: str, due_on: date, by: User, at: datetime, version: int | None = None
) -> Case:
    """通知補正, item by item; the day is the officer's to set."""
    case = lock(case, version=version)
    require(by, REVIEW, case)
    corrections.ask(case, items=items, message=message, due_on=due_on, by=by, at=at)
    move(case, "ask_supplement", by=by, at=at, reason=message or "如補正項目所載")
    set_deadline(
        code=SUPPLY, rule="OHS-02", label="補正", citation="要點四、附表一", counted_from=taipei_day(at), due_on=due_on, at=at,
        case=case, remind_days=(3, 1),
    )  # fmt: skip
    tell_applicant(
        case,
        "ohs_training.supplement",
        "請補正",
        f"請於 {roc(due_on)} 前補正下列事項：" + "；".join(i["label"] for i in items),
        right=FILE_ACCREDITATION,
        at=at,
    )
    return case


def period_within_three_years(case: Case, by: User | None, at: datetime) -> None:
    application, on = application_of(case), taipei_day(at)
    if application.starts_on is None or application.ends_on is None:
        raise Refused("請填寫認可期間。", field="starts_on")
    facts = institutions.AccreditationFacts(application.ends_on, application.starts_on)
    outcome = institutions.reapply(facts, on=on, law=law_in_force())
    if not outcome.met:
        raise Refused(outcome.sentence, field="ends_on", outcomes=[outcome])


@transaction.atomic
def accredit(
    case: Case,
    *,
    starts_on: date,
    ends_on: date,
    letter_number: str,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Accreditation:
    """認可: the row in the register, the letter, the ten days of entry, the day to apply again and the last day."""
    hold_institution(case.organisation_id)
    case = lock(case, version=version)
    require(by, DECIDE, case)
    application, on, law = application_of(case), taipei_day(at), law_in_force()
    not_barred(case.organisation, on)
    if ends_on < starts_on:
        raise Refused("認可迄日不得早於起日。", field="ends_on")
    application.starts_on, application.ends_on, application.letter_number = starts_on, ends_on, letter_number
    application.save()
    facts = institutions.AccreditationFacts(ends_on, starts_on)
    outcome = institutions.reapply(facts, on=on, law=law)
    move(case, "accredit", by=by, at=at, outcomes=[outcome])
    case.decided_on = on
    case.save()
    try:
        with transaction.atomic():
            accreditation = Accreditation.objects.create(
                case=case,
                organisation=case.organisation,
                kind=application.kind,
                trainings=application.trainings,
                county=application.county,
                letter_number=letter_number,
                starts_on=starts_on,
                ends_before=ends_on + ONE_DAY,
            )
    except IntegrityError as error:
        if "ohs_barred" not in str(error) and "barred" not in str(error):
            raise
        raise Refused("這個機構經撤銷或廢止認可，仍在不得申請之期間內（要點十四第2項）。") from error
    documents.issue_accreditation(accreditation, application, by=by, at=at)
    entry = institutions.entry_after_accreditation(institutions.EntryFacts(on), on=on, law=law)
    if enter_by := entry.result["enter_by"]:
        set_deadline(
            code=ENTRY, rule="OHS-04", label="登錄應檢附文件", citation="要點附表一、特別規定", counted_from=on,
            due_on=date.fromisoformat(enter_by), at=at, case=case, outcome=entry, remind_days=(5, 2),
        )  # fmt: skip
    reapply_by = date.fromisoformat(outcome.result["reapply_by"])
    before = [(accreditation.ends_on - date.fromisoformat(day)).days for day in outcome.result["reminders"]]
    gap = (accreditation.ends_on - reapply_by).days
    set_deadline(
        code=REAPPLY, rule="OHS-05", label="重新申請認可", citation="要點五第2項", counted_from=accreditation.ends_on,
        due_on=reapply_by, at=at, thing=accreditation, outcome=outcome, remind_days=[n - gap for n in before],
    )  # fmt: skip
    set_deadline(
        code=EXPIRE, rule="OHS-05", label="認可期間屆滿", citation="要點五第2項", counted_from=starts_on, due_on=ends_on, at=at,
        thing=accreditation,
    )  # fmt: skip
    tell_applicant(
        case, "ohs_training.accredited", "已予認可",
        f"認可期間 {roc(starts_on)} 至 {roc(ends_on)}。請於期限內將應檢附文件登錄完成。", right=FILE_ACCREDITATION, at=at,
    )  # fmt: skip
    return accreditation


@transaction.atomic
def reject(case: Case, *, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    case = lock(case, version=version)
    application = application_of(case)
    outcomes = application_outcomes(application, on=taipei_day(at), law=law_in_force())
    move(case, "reject", by=by, at=at, reason=reason, outcomes=[one for one in outcomes if one.met is False])
    case.decided_on = taipei_day(at)
    case.save()
    tell_applicant(case, "ohs_training.rejected", "不予認可", reason, right=FILE_ACCREDITATION, at=at)
    return case


@transaction.atomic
def announce(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    """公告: the institution appears in the public list."""
    case = lock(case, version=version)
    require(by, ANNOUNCE, case)
    move(case, "announce", by=by, at=at)
    accreditation = locking(Accreditation.objects).get(case=case)
    accreditation.announced_on = taipei_day(at)
    accreditation.save()
    tell_applicant(
        case, "ohs_training.announced", "已公告", "貴機構已列入認可訓練機構名單。", right=FILE_ACCREDITATION, at=at
    )
    return case


def period_over(case: Case, by: User | None, at: datetime) -> None:
    accreditation = Accreditation.objects.get(case=case)
    if taipei_day(at) < accreditation.ends_before:
        raise Refused(f"認可期間至 {roc(accreditation.ends_on)} 止，尚未屆滿。")


@transaction.atomic
def expire(accreditation: Accreditation, *, at: datetime) -> None:
    """The last day has passed: said by the sweep, as the system."""
    case = lock(accreditation.case_id)
    accreditation = locking(Accreditation.objects).get(pk=accreditation.pk)
    if accreditation.state != Accreditation.State.IN_FORCE:
        return
    move(case, "expire", by=None, at=at)
    accreditation.state, accreditation.state_on = Accreditation.State.EXPIRED, accreditation.ends_before
    accreditation.save()
    withdraw_all(at=at, thing=accreditation)
    following = accreditation_in_force(accreditation.organisation, on=accreditation.ends_before)
    body = (
        f"原認可期間已屆滿，續以 {roc(following.starts_on)} 至 {roc(following.ends_on)} 之認可辦理。"
        if following
        else "認可期間已屆滿，未經重新認可不得報備新班次。"
    )
    tell_applicant(case, "ohs_training.expired", "認可期間屆滿", body, right=FILE_ACCREDITATION, at=at)

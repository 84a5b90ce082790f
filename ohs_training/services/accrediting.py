"""五: the ministry asks for a supplement, accredits or rejects, announces; the end of an accreditation."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.locks import locking
from accounts.models import User
from casework.cases import corrections
from casework.cases.doing import Doing
from casework.deadlines.keeping import set_deadline, withdraw_all
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.notices.telling import tell_applicant
from kernel.dates import ONE_DAY, roc, taipei_day
from ohs_training import documents
from ohs_training.models import Accreditation, Application
from ohs_training.permissions import FILE_ACCREDITATION
from ohs_training.rules import institutions
from ohs_training.selectors.institutions import accreditation_in_force, application_of, application_outcomes
from ohs_training.services.applying import ENTRY, REAPPLY, SUPPLY

EXPIRE = "ohs_training.expire"


def ask_supplement(doing: Doing, *, items: Sequence[Any], message: str, due_on: date) -> None:
    """通知補正, item by item; the day is the officer's to set."""
    case, at = doing.case, doing.at
    corrections.ask(case, items=items, message=message, due_on=due_on, by=doing.by, at=at)
    doing.reason = message or "如補正項目所載"
    doing.move()
    set_deadline(
        code=SUPPLY, rule="OHS-02", label="補正", citation="要點四、附表一", counted_from=doing.day, due_on=due_on, at=at,
        case=case, remind_days=(3, 1),
    )  # fmt: skip
    body = f"請於 {roc(due_on)} 前補正下列事項：" + "；".join(i["label"] for i in items)
    tell_applicant(case, "ohs_training.supplement", "請補正", body, right=FILE_ACCREDITATION, at=at)


def accredit_institution(doing: Doing, *, starts_on: date, ends_on: date, letter_number: str) -> Accreditation:
    """認可: the row in the register, the letter, the ten days of entry, the day to apply again and the last day."""
    case, at, on, law = doing.case, doing.at, doing.day, law_in_force()
    application = application_of(case)
    if ends_on < starts_on:
        raise Refused("認可迄日不得早於起日。", field="ends_on")
    outcome = institutions.reapply(institutions.AccreditationFacts(ends_on, starts_on), on=on, law=law)
    if not outcome.met:
        raise Refused(outcome.sentence, field="ends_on", outcomes=[outcome])
    application.starts_on, application.ends_on, application.letter_number = starts_on, ends_on, letter_number
    application.save()
    case.decided_on = on
    doing.outcomes.append(outcome)
    doing.move()
    accreditation = _enter_register(application, case)
    documents.issue_accreditation(accreditation, application, by=doing.by, at=at)
    entry = institutions.entry_after_accreditation(institutions.EntryFacts(on), on=on, law=law)
    if enter_by := entry.result["enter_by"]:
        set_deadline(
            code=ENTRY, rule="OHS-04", label="登錄應檢附文件", citation="要點附表一、特別規定", counted_from=on,
            due_on=date.fromisoformat(enter_by), at=at, case=case, outcome=entry, remind_days=(5, 2),
        )  # fmt: skip
    reapply_by = date.fromisoformat(outcome.result["reapply_by"])
    before = [(ends_on - date.fromisoformat(day)).days for day in outcome.result["reminders"]]
    gap = (ends_on - reapply_by).days
    set_deadline(
        code=REAPPLY, rule="OHS-05", label="重新申請認可", citation="要點五第2項", counted_from=ends_on,
        due_on=reapply_by, at=at, thing=accreditation, outcome=outcome, remind_days=[n - gap for n in before],
    )  # fmt: skip
    set_deadline(
        code=EXPIRE, rule="OHS-05", label="認可期間屆滿", citation="要點五第2項", counted_from=starts_on, due_on=ends_on, at=at,
        thing=accreditation,
    )  # fmt: skip
    body = f"認可期間 {roc(starts_on)} 至 {roc(ends_on)}。請於期限內將應檢附文件登錄完成。"
    tell_applicant(case, "ohs_training.accredited", "已予認可", body, right=FILE_ACCREDITATION, at=at)
    return accreditation


def _enter_register(application: Application, case: Case) -> Accreditation:
    """The accreditation as it was applied for and granted; the database refuses one during a bar."""
    try:
        with transaction.atomic():
            return Accreditation.objects.create(
                case=case, organisation=case.organisation, kind=application.kind, trainings=application.trainings,
                county=application.county, letter_number=application.letter_number, starts_on=application.starts_on,
                ends_before=application.ends_on + ONE_DAY,
            )  # fmt: skip
    except IntegrityError as error:
        if "barred" not in str(error):
            raise
        raise Refused("這個機構經撤銷或廢止認可，仍在不得申請之期間內（要點十四第2項）。") from error


def reject_application(doing: Doing) -> None:
    """不予認可, with what the rules say against it."""
    outcomes = application_outcomes(application_of(doing.case), on=doing.day, law=law_in_force())
    doing.outcomes += [one for one in outcomes if one.met is False]
    doing.case.decided_on = doing.day
    doing.move()
    tell_applicant(doing.case, "ohs_training.rejected", "不予認可", doing.reason, right=FILE_ACCREDITATION, at=doing.at)


def announce_institution(doing: Doing) -> None:
    """公告: the institution appears in the public list."""
    accreditation = locking(Accreditation.objects).get(case=doing.case)
    accreditation.announced_on = doing.day
    accreditation.save()
    body = "貴機構已列入認可訓練機構名單。"
    tell_applicant(doing.case, "ohs_training.announced", "已公告", body, right=FILE_ACCREDITATION, at=doing.at)


def period_over(case: Case, by: User | None, at: datetime) -> None:
    """Refuse while the accreditation lasts."""
    accreditation = Accreditation.objects.get(case=case)
    if taipei_day(at) < accreditation.ends_before:
        raise Refused(f"認可期間至 {roc(accreditation.ends_on)} 止，尚未屆滿。")


def expire_accreditation(doing: Doing) -> None:
    """The last day has passed: said by the sweep, as the portal."""
    accreditation = locking(Accreditation.objects).get(case=doing.case)
    accreditation.state, accreditation.state_on = Accreditation.State.EXPIRED, accreditation.ends_before
    accreditation.save()
    withdraw_all(at=doing.at, thing=accreditation)
    following = accreditation_in_force(accreditation.organisation, on=accreditation.ends_before)
    body = (
        f"原認可期間已屆滿，續以 {roc(following.starts_on)} 至 {roc(following.ends_on)} 之認可辦理。"
        if following
        else "認可期間已屆滿，未經重新認可不得報備新班次。"
    )
    tell_applicant(doing.case, "ohs_training.expired", "認可期間屆滿", body, right=FILE_ACCREDITATION, at=doing.at)

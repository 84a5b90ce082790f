"""四、五: applying for accreditation, review, decision, announcement, entry of papers, renewal, end."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Model

from accounts.models import Organisation, User
from accounts.rights import can
from casework.errors import NotPermitted, Refused
from casework.kernel.dates import ONE_DAY, days_after, roc, taipei_day
from casework.kernel.jsonable import jsonable
from casework.models import Attachment, Case
from casework.services import attachments, corrections
from casework.services.cases import lock, move, open_case, require
from casework.services.deadlines import meet_deadline, set_deadline, withdraw_all
from casework.services.events import record
from casework.services.law import law_in_force
from casework.services.telling import tell_applicant, tell_office
from ohs_training import documents
from ohs_training.models import Accreditation, Application, PlanSection
from ohs_training.permissions import ANNOUNCE, DECIDE, FILE_ACCREDITATION, REVIEW
from ohs_training.rules import institutions
from ohs_training.selectors.institutions import (
    application_of,
    application_outcomes,
    barred_until,
    ministry,
)
from ohs_training.states import ACCREDITATION

KIND = ACCREDITATION.kind
EDITABLE = ("draft", "supplement")
ENTRY, REAPPLY, EXPIRE, SUPPLY = (
    "ohs_training.entry",
    "ohs_training.reapply",
    "ohs_training.expire",
    "ohs_training.supply",
)


@transaction.atomic
def start(*, unit: Organisation, kind: str, by: User, at: datetime) -> Application:
    """A draft at the ministry; where the institution is accredited already, its renewal, filled in from the last one."""
    if not can(by, FILE_ACCREDITATION, unit):
        raise NotPermitted("您沒有為這個機構申請的權限。")
    on, law = taipei_day(at), law_in_force()
    if kind not in law.at("ohs.applicant_kinds", on).value:
        raise Refused("申請機構不具附表一所列資格。", field="kind")
    if until := barred_until(unit, on=on):
        raise Refused(f"貴機構經撤銷或廢止認可，至 {roc(until)} 止不得再申請認可（要點十四第2項）。")
    Organisation.objects.select_for_update().get(pk=unit.pk)
    if Case.objects.filter(kind=KIND, organisation=unit, state__in=("draft", "filed", "supplement")).exists():
        raise Refused("貴機構已有一件申請在辦理中，請先完成或撤回。")
    last = (
        Accreditation.objects.filter(organisation=unit, state=Accreditation.State.IN_FORCE)
        .order_by("-ends_before")
        .first()
    )
    title = f"{unit.name}申請{'繼續' if last else ''}認可"
    case = open_case(kind=KIND, title=title, office=ministry(), organisation=unit, by=by, at=at)
    application = Application.objects.create(case=case, kind=kind, renews=last)
    if last and (before := Application.objects.filter(case=last.case_id).first()):
        for name in (
            "trainings",
            "law_hours",
            "risk_hours",
            "practice_hours",
            "county",
            "head",
            "contact",
            "contact_phone",
            "contact_email",
        ):
            setattr(application, name, getattr(before, name))
        application.save()
        for section in before.sections.all():
            PlanSection.objects.create(application=application, code=section.code, body=section.body, saved_at=at)
    return application


def editable(case: Case, *, by: User, version: int | None = None) -> tuple[Case, Application]:
    case = lock(case, version=version)
    require(by, FILE_ACCREDITATION, case)
    if case.state not in EDITABLE:
        raise Refused("申請已送出，不能再修改；如需更正請與承辦人聯絡。")
    return case, application_of(case)


@transaction.atomic
def save_application(
    case: Case,
    *,
    data: Mapping[str, Any],
    sections: Mapping[str, str],
    by: User,
    at: datetime,
    version: int | None = None,
) -> Application:
    """Particulars and the seven parts of the plan; parts may be saved half written."""
    case, application = editable(case, by=by, version=version)
    changes = []
    for name, value in data.items():
        before, after = _said(getattr(application, name)), _said(value)
        if before != after:
            label = str(Application._meta.get_field(name).verbose_name)
            changes.append({"label": label, "before": before, "after": after})
            setattr(application, name, value)
    application.save()
    known = law_in_force().at("ohs.plan_sections", taipei_day(at)).value
    for code, body in sections.items():
        if code not in known:
            raise Refused("沒有這一項企劃書內容。")
        row = PlanSection.objects.filter(application=application, code=code).first()
        if (row.body if row else "") != body:
            PlanSection.objects.update_or_create(
                application=application, code=code, defaults={"body": body, "saved_at": at}
            )
            changes.append(
                {"label": known[code], "before": f"{len(row.body) if row else 0} 字", "after": f"{len(body)} 字"}
            )
    if changes:
        record(case, "application.saved", "填寫申請內容", by=by, at=at, changes=changes)
    return application


def _said(value: Any) -> Any:
    return str(value) if isinstance(value, Model) else jsonable(value)


@transaction.atomic
def add_paper(
    case: Case, *, code: str, upload: UploadedFile, attested: bool, by: User, at: datetime, version: int | None = None
) -> Attachment:
    """One paper of 附表一."""
    case, application = editable(case, by=by, version=version)
    labels = law_in_force().at("ohs.papers", taipei_day(at)).value
    if code not in papers_needed(application, on=taipei_day(at)):
        raise Refused("這個資格不必檢附這份文件。")
    return attachments.add_attachment(
        case=case, field=code, label=labels[code], upload=upload, attested=attested, by=by, at=at
    )


def papers_needed(application: Application, *, on: date) -> list[str]:
    """Codes of the papers to upload. The plan is written in the system."""
    row = law_in_force().at("ohs.applicant_kinds", on).value[application.kind]
    return [code for code in row["papers"] if code != "plan"]


# --- filing ------------------------------------------------------------------------------------------------------------


def papers_complete_and_not_barred(case: Case, by: User | None, at: datetime) -> None:
    application, on, law = application_of(case), taipei_day(at), law_in_force()
    if case.organisation and (until := barred_until(case.organisation, on=on)):
        raise Refused(f"貴機構經撤銷或廢止認可，至 {roc(until)} 止不得再申請認可（要點十四第2項）。")
    outcomes = application_outcomes(application, on=on, law=law)
    if refused := [one for one in outcomes if one.met is False]:
        raise Refused("".join(one.sentence for one in refused), outcomes=refused)
    missing = [
        label
        for name, label in (
            ("county", "所在縣市"),
            ("head", "負責人姓名"),
            ("contact", "聯絡人"),
            ("contact_phone", "聯絡電話"),
        )
        if not getattr(application, name)
    ]
    if missing:
        raise Refused("請先填寫：" + "、".join(missing) + "。")


@transaction.atomic
def file_application(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    """送件. Later than ninety days before the end of the present accreditation is late, and accepted (OHS-05)."""
    case = lock(case, version=version)
    application, on, law = application_of(case), taipei_day(at), law_in_force()
    outcomes = application_outcomes(application, on=on, law=law)
    if application.renews:
        facts = institutions.AccreditationFacts(application.renews.ends_on, application.renews.starts_on, on)
        renewal = institutions.reapply(facts, on=on, law=law)
        outcomes.append(renewal)
        application.late = bool(renewal.result["late"])
        application.save()
    move(case, "file", by=by, at=at, outcomes=outcomes)
    _received(case, at)
    if application.renews:
        meet_deadline(code=REAPPLY, at=at, thing=application.renews)
    return case


@transaction.atomic
def supply(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    """補正後送件: every item answered."""
    case = lock(case, version=version)
    corrections.close(case, by=by, at=at)
    move(case, "supply", by=by, at=at)
    meet_deadline(code=SUPPLY, at=at, case=case)
    _received(case, at)
    return case


def _received(case: Case, at: datetime) -> None:
    case.filed_at, case.received_on = case.filed_at or at, taipei_day(at)
    case.save()
    body = f"{case.organisation} 已送出「{case.title}」，請審查。"
    tell_office(case, "ohs_training.filed", "新收件", body, right=REVIEW, at=at)


@transaction.atomic
def withdraw(case: Case, *, by: User, at: datetime, version: int | None = None, reason: str = "") -> Case:
    case = lock(case, version=version)
    move(case, "withdraw", by=by, at=at, reason=reason)
    withdraw_all(at=at, case=case)
    return case


# --- the ministry ---------------------------------------------------------------------------------------------------------


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
    tell_institution(
        case,
        "ohs_training.supplement",
        "請補正",
        f"請於 {roc(due_on)} 前補正下列事項：" + "；".join(i["label"] for i in items),
        at=at,
    )
    return case


def tell_institution(
    case: Case, code: str, subject: str, body: str, *, at: datetime, right: str = FILE_ACCREDITATION
) -> None:
    tell_applicant(case, code, subject, body, right=right, at=at)


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
    case = lock(case, version=version)
    require(by, DECIDE, case)
    application, on, law = application_of(case), taipei_day(at), law_in_force()
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
        raise Refused("這個機構仍在撤銷或廢止後二年內，不得認可（要點十四第2項）。") from error
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
    if application.renews_id:
        withdraw_all(at=at, thing=application.renews) if starts_on <= application.renews.ends_on else None
    tell_institution(
        case, "ohs_training.accredited", "已予認可",
        f"認可期間 {roc(starts_on)} 至 {roc(ends_on)}。請於期限內將應檢附文件登錄完成。", at=at,
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
    tell_institution(case, "ohs_training.rejected", "不予認可", reason, at=at)
    return case


@transaction.atomic
def announce(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    """公告: the institution appears in the public list."""
    case = lock(case, version=version)
    require(by, ANNOUNCE, case)
    move(case, "announce", by=by, at=at)
    accreditation = Accreditation.objects.select_for_update().get(case=case)
    accreditation.announced_on = taipei_day(at)
    accreditation.save()
    tell_institution(case, "ohs_training.announced", "已公告", "貴機構已列入認可訓練機構名單。", at=at)
    return case


@transaction.atomic
def enter_papers(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    """附表一特別規定: the institution says that the papers stand in the system. Later than ten days is late, and kept."""
    case = lock(case, version=version)
    require(by, FILE_ACCREDITATION, case)
    application = application_of(case)
    if case.state not in ("accredited", "announced") or application.entered_on:
        raise Refused("目前不必登錄應檢附文件。")
    missing = application_outcomes(application, on=taipei_day(at), law=law_in_force())[0]
    if missing.result["missing_papers"] or missing.result["missing_sections"]:
        raise Refused(missing.sentence, outcomes=[missing])
    application.entered_on = taipei_day(at)
    application.save()
    facts = institutions.EntryFacts(case.decided_on or taipei_day(at), application.entered_on)
    outcome = institutions.entry_after_accreditation(facts, on=taipei_day(at), law=law_in_force())
    record(case, "papers.entered", "登錄應檢附文件完成", by=by, at=at, clause="附表一特別規定", outcomes=[outcome])
    meet_deadline(code=ENTRY, at=at, case=case)
    return case


def period_over(case: Case, by: User | None, at: datetime) -> None:
    accreditation = Accreditation.objects.get(case=case)
    if taipei_day(at) < accreditation.ends_before:
        raise Refused(f"認可期間至 {roc(accreditation.ends_on)} 止，尚未屆滿。")


@transaction.atomic
def expire(accreditation: Accreditation, *, at: datetime) -> None:
    """The last day has passed: said by the sweep, as the system."""
    case = lock(accreditation.case_id)
    accreditation = Accreditation.objects.select_for_update().get(pk=accreditation.pk)
    if accreditation.state != Accreditation.State.IN_FORCE:
        return
    move(case, "expire", by=None, at=at)
    accreditation.state, accreditation.state_on = Accreditation.State.EXPIRED, days_after(accreditation.ends_on, 1)
    accreditation.save()
    withdraw_all(at=at, thing=accreditation)
    tell_institution(
        case, "ohs_training.expired", "認可期間屆滿", "認可期間已屆滿，未經重新認可不得報備新班次。", at=at
    )

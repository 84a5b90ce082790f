"""四、附表一: the institution applies for accreditation, first or anew, answers a supplement, and enters its papers."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.locks import locking
from accounts.models import Organisation, User
from accounts.rights import can
from casework.cases import attachments, corrections
from casework.cases.changing import rewrite
from casework.cases.events import record
from casework.cases.moving import lock, move, open_case, require
from casework.deadlines.keeping import meet_deadline, withdraw_all
from casework.errors import NotPermitted, Refused
from casework.intake import Limits
from casework.law.in_force import law_in_force
from casework.models import Attachment, Case
from casework.notices.telling import tell_office
from kernel.dates import roc, taipei_day
from ohs_training.models import Accreditation, Application, PlanSection
from ohs_training.permissions import FILE_ACCREDITATION, REVIEW
from ohs_training.rules import institutions
from ohs_training.selectors.institutions import application_of, application_outcomes, barred_until, ministry
from ohs_training.states import ACCREDITATION

KIND = ACCREDITATION.kind
EDITABLE = ("draft", "supplement")
SUPPLY, ENTRY, REAPPLY = "ohs_training.supply", "ohs_training.entry", "ohs_training.reapply"
#: What a renewal takes over from the application before it.
CARRIED_OVER = (
    "trainings", "law_hours", "risk_hours", "practice_hours", "county", "head", "contact", "contact_phone", "contact_email",
)  # fmt: skip


def hold_institution(unit: Organisation | int) -> None:
    """The institution is the queue of whatever gives or takes its accreditation (十四), and comes before any case."""
    pk = unit.pk if isinstance(unit, Organisation) else unit
    locking(Organisation.objects).only("pk").get(pk=pk)


@transaction.atomic
def start(*, unit: Organisation, kind: str, by: User, at: datetime) -> Application:
    """A draft at the ministry; where the institution is accredited already, its renewal, filled in from the last one."""
    if not can(by, FILE_ACCREDITATION, unit):
        raise NotPermitted("您沒有為這個機構申請的權限。")
    on, law = taipei_day(at), law_in_force()
    if kind not in law.at("ohs.applicant_kinds", on).value:
        raise Refused("申請機構不具附表一所列資格。", field="kind")
    hold_institution(unit)
    not_barred(unit, on)
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
        for name in CARRIED_OVER:
            setattr(application, name, getattr(before, name))
        application.save()
        for section in before.sections.all():
            PlanSection.objects.create(application=application, code=section.code, body=section.body, saved_at=at)
    return application


def not_barred(unit: Organisation | None, on: date) -> None:
    if unit and (until := barred_until(unit, on=on)):
        raise Refused(f"貴機構經撤銷或廢止認可，至 {roc(until)} 止不得再申請認可（要點十四第2項）。")


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
    law, on = law_in_force(), taipei_day(at)
    changes = rewrite(application, data, labels={"trainings": law.at("ohs.training_kinds", on).value})
    application.save()
    known = law.at("ohs.plan_sections", on).value
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


@transaction.atomic
def add_paper(
    case: Case, *, code: str, upload: UploadedFile, attested: bool, by: User, at: datetime, version: int | None = None
) -> Attachment:
    """One paper of 附表一. Judging it takes seconds, so it comes before the case is held."""
    require(by, FILE_ACCREDITATION, case)
    verdict = attachments.judged(upload, Limits())
    case, application = editable(case, by=by, version=version)
    labels = law_in_force().at("ohs.papers", taipei_day(at)).value
    if code not in papers_needed(application, on=taipei_day(at)):
        raise Refused("這個資格不必檢附這份文件。")
    return attachments.keep_attachment(
        verdict, case=case, field=code, label=labels[code], upload=upload, attested=attested, by=by, at=at
    )


def papers_needed(application: Application, *, on: date) -> list[str]:
    """Codes of the papers to upload. The plan is written in the system."""
    row = law_in_force().at("ohs.applicant_kinds", on).value[application.kind]
    return [code for code in row["papers"] if code != "plan"]


def papers_complete_and_not_barred(case: Case, by: User | None, at: datetime) -> None:
    application, on, law = application_of(case), taipei_day(at), law_in_force()
    not_barred(case.organisation, on)
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
    hold_institution(case.organisation_id)
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

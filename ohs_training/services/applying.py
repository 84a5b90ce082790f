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
from casework.cases.doing import Doing
from casework.cases.moving import open_case
from casework.deadlines.keeping import meet_deadline, withdraw_all
from casework.errors import NotPermitted, Refused
from casework.intake import Limits, Verdict
from casework.law.in_force import law_in_force
from casework.models import Attachment, Case
from casework.notices.telling import tell_office
from kernel.dates import roc, taipei_day
from kernel.outcome import Outcome
from ohs_training.models import Accreditation, Application, PlanSection
from ohs_training.permissions import FILE_ACCREDITATION, REVIEW
from ohs_training.rules import institutions
from ohs_training.selectors.institutions import application_of, application_outcomes, barred_until, ministry
from ohs_training.states import ACCREDITATION_KIND as KIND

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


def institution_of(case: Case) -> list[Organisation]:
    """What is held with an application that is filed or granted."""
    return [case.organisation] if case.organisation else []


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


def save_application(doing: Doing, *, data: Mapping[str, Any], sections: Mapping[str, str]) -> None:
    """Write the particulars and the seven parts of the plan; parts may be saved half written."""
    application, law, on = application_of(doing.case), law_in_force(), doing.day
    doing.changes += rewrite(application, data, labels={"trainings": law.at("ohs.training_kinds", on).value})
    application.save()
    known = law.at("ohs.plan_sections", on).value
    for code, body in sections.items():
        if code not in known:
            raise Refused("沒有這一項企劃書內容。")
        row = PlanSection.objects.filter(application=application, code=code).first()
        if (row.body if row else "") != body:
            PlanSection.objects.update_or_create(
                application=application, code=code, defaults={"body": body, "saved_at": doing.at}
            )
            before = f"{len(row.body) if row else 0} 字"
            doing.changes.append({"label": known[code], "before": before, "after": f"{len(body)} 字"})


def judge_upload(case: Case, by: User, *, upload: UploadedFile, **given: Any) -> dict[str, Any]:
    """Judge the file before the case is held: it takes seconds."""
    return {**given, "upload": upload, "verdict": attachments.judged(upload, Limits())}


def add_paper(doing: Doing, *, paper: str, upload: UploadedFile, verdict: Verdict, attested: bool) -> Attachment:
    """Keep one paper of 附表一."""
    if paper not in papers_needed(application_of(doing.case), on=doing.day):
        raise Refused("這個資格不必檢附這份文件。")
    labels = law_in_force().at("ohs.papers", doing.day).value
    return attachments.keep_attachment(
        verdict, case=doing.case, field=paper, label=labels[paper], upload=upload, attested=attested, by=doing.by, at=doing.at
    )  # fmt: skip


def papers_needed(application: Application, *, on: date) -> list[str]:
    """Codes of the papers to upload. The plan is written in the system."""
    row = law_in_force().at("ohs.applicant_kinds", on).value[application.kind]
    return [code for code in row["papers"] if code != "plan"]


def institution_barred(case: Case, by: User | None, at: datetime) -> None:
    """Refuse while the institution may not apply (十四第2項)."""
    not_barred(case.organisation, taipei_day(at))


def application_whole(case: Case, by: User | None, at: datetime) -> list[Outcome]:
    """Refuse an application with something missing; what the rules said is kept."""
    application = application_of(case)
    outcomes = application_outcomes(application, on=taipei_day(at), law=law_in_force())
    if refused := [one for one in outcomes if one.met is False]:
        raise Refused("".join(one.sentence for one in refused), outcomes=refused)
    needed = (
        ("county", "所在縣市"),
        ("head", "負責人姓名"),
        ("contact", "聯絡人"),
        ("contact_phone", "聯絡電話"),
    )
    if missing := [label for name, label in needed if not getattr(application, name)]:
        raise Refused("請先填寫：" + "、".join(missing) + "。")
    return outcomes


def file_application(doing: Doing) -> None:
    """送件. Later than ninety days before the end of the present accreditation is late, and accepted (OHS-05)."""
    application, on = application_of(doing.case), doing.day
    if last := application.renews:
        facts = institutions.AccreditationFacts(last.ends_on, last.starts_on, on)
        renewal = institutions.reapply(facts, on=on, law=law_in_force())
        doing.outcomes.append(renewal)
        application.late = bool(renewal.result["late"])
        application.save()
        meet_deadline(code=REAPPLY, at=doing.at, thing=last)
    _receive(doing)


def supplement_answered(case: Case, by: User | None, at: datetime) -> None:
    """Refuse while an item of the 補正 is without its answer."""
    if left := corrections.unanswered(case):
        raise Refused(f"尚有 {len(left)} 項補正未回復。")


def supply_application(doing: Doing) -> None:
    """補正後送件: end the correction and its term."""
    corrections.close(doing.case, by=doing.by, at=doing.at)
    meet_deadline(code=SUPPLY, at=doing.at, case=doing.case)
    _receive(doing)


def _receive(doing: Doing) -> None:
    case = doing.case
    case.filed_at, case.received_on = case.filed_at or doing.at, doing.day
    doing.move()
    body = f"{case.organisation} 已送出「{case.title}」，請審查。"
    tell_office(case, "ohs_training.filed", "新收件", body, right=REVIEW, at=doing.at)


def withdraw_application(doing: Doing) -> None:
    """撤回: nothing is owed any more."""
    withdraw_all(at=doing.at, case=doing.case)


def papers_to_enter(case: Case, by: User | None, at: datetime) -> None:
    """Refuse where the papers were entered, or do not all stand in the system."""
    application = application_of(case)
    if application.entered_on:
        raise Refused("已登錄完成。")
    missing = application_outcomes(application, on=taipei_day(at), law=law_in_force())[0]
    if missing.result["missing_papers"] or missing.result["missing_sections"]:
        raise Refused(missing.sentence, outcomes=[missing])


def enter_papers(doing: Doing) -> None:
    """附表一特別規定: the institution says that the papers stand in the system. Later than ten days is late, and kept."""
    application = application_of(doing.case)
    application.entered_on = doing.day
    application.save()
    facts = institutions.EntryFacts(doing.case.decided_on or doing.day, doing.day)
    doing.outcomes.append(institutions.entry_after_accreditation(facts, on=doing.day, law=law_in_force()))
    meet_deadline(code=ENTRY, at=doing.at, case=doing.case)

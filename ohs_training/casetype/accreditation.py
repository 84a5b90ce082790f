"""四、五、十四: the application, the accreditation, its loss."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Max
from django.urls import reverse

from accounts.clock import today
from accounts.models import User
from accounts.rights import can
from casework.cases.casetypes import CaseType, Panel, Target
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import roc
from kernel.law import Law
from kernel.outcome import Outcome
from ohs_training.acts import ACCREDITATION_ACTS
from ohs_training.casetype.turns import waits_for
from ohs_training.models import Accreditation, Revocation
from ohs_training.permissions import REVOKE, VIEW_OFFICE, VIEW_OWN
from ohs_training.rules import institutions
from ohs_training.selectors.institutions import application_of, application_outcomes
from ohs_training.services import applying, revoking


def _accreditation_findings(case: Case, on: date, law: Law) -> Sequence[Outcome]:
    application = application_of(case)
    found = application_outcomes(application, on=on, law=law)
    accreditation = Accreditation.objects.filter(case=case).first()
    if accreditation:
        facts = institutions.EntryFacts(case.decided_on or on, application.entered_on)
        found.append(institutions.entry_after_accreditation(facts, on=on, law=law))
        dates = institutions.AccreditationFacts(accreditation.ends_on, accreditation.starts_on)
        found.append(institutions.reapply(dates, on=on, law=law))
    return found


def _accreditation_panels(case: Case, user: User) -> Sequence[Panel]:
    application = application_of(case)
    law = law_in_force()
    labels = law.at("ohs.plan_sections", today()).value
    written = {one.code: one.body for one in application.sections.all()}
    context = {
        "application": application,
        "trainings": [law.at("ohs.training_kinds", today()).value[code] for code in application.trainings],
        "sections": [{"label": label, "body": written.get(code, "")} for code, label in labels.items()],
    }
    panels = [Panel("申請內容", "ohs_training/panels/application.html", context)]
    accreditation = Accreditation.objects.filter(case=case).first()
    if accreditation:
        days_left = (accreditation.ends_on - today()).days
        panels.insert(
            0,
            Panel(
                "認可",
                "ohs_training/panels/accreditation.html",
                {"accreditation": accreditation, "days_left": days_left, "application": application},
            ),
        )
        revocation = Revocation.objects.filter(accreditation=accreditation).first()
        if revocation:
            grounds = law.at("ohs.revocation_grounds", revocation.happened_on).value
            numbered = [f"第{list(grounds).index(code) + 1}款：{grounds[code]}" for code in revocation.grounds]
            panels.insert(
                0,
                Panel(
                    "撤銷或廢止", "ohs_training/panels/revocation.html", {"revocation": revocation, "grounds": numbered}
                ),
            )
        elif can(user, REVOKE, case):
            stake = revoking.at_stake(case.organisation_id)
            given = {
                "accreditations": stake.accreditations,
                "applications": stake.applications,
                "classes": [{"one": one, "effect": revoking.EFFECTS[one.case.state]} for one in stake.classes],
            }
            panels.append(Panel("撤銷或廢止之效果", "ohs_training/panels/effects.html", given))
    return panels


def _targets(case: Case) -> Sequence[Target]:
    page = reverse("ohs_training:accreditation", args=[case.number])
    labels = law_in_force().at("ohs.plan_sections", today()).value
    papers = law_in_force().at("ohs.papers", today()).value
    needed = applying.papers_needed(application_of(case), on=today())
    return [
        Target("particulars", "申請資格及聯絡資料", f"{page}#particulars"),
        *(Target(f"plan.{code}", f"企劃書：{label}", f"{page}#id_section_{code}") for code, label in labels.items()),
        *(Target(f"paper.{code}", papers[code], f"{page}#{code}") for code in needed),
    ]


def _accreditation_url(case: Case) -> str:
    if case.state in applying.EDITABLE:
        return reverse("ohs_training:accreditation", args=[case.number])
    return reverse("casework:case", args=[case.number])


def _consistency() -> Sequence[str]:
    """Accreditations whose case says otherwise, and those that outlived the loss of the institution's 認可資格 (十四)."""
    states = {
        "in_force": {"accredited", "announced"},
        "expired": {"expired"},
        "revoked": {"revoked"},
        "abolished": {"abolished"},
    }
    lost = Revocation.objects.values("accreditation__organisation").annotate(last=Max("decided_on"))
    kept = [
        f"{one.organisation} 於 {roc(row['last'])} 經撤銷或廢止認可，{one.case.number} 之認可仍登錄為「認可中」"
        for row in lost
        for one in Accreditation.objects.filter(
            organisation=row["accreditation__organisation"], state="in_force", case__decided_on__lte=row["last"]
        ).select_related("organisation", "case")
    ]
    return kept + [
        f"{one.organisation} 認可登錄為「{one.get_state_display()}」，案件 {one.case.number} 為「{ACCREDITATION_ACTS.state(one.case.state).label}」"
        for one in Accreditation.objects.select_related("organisation", "case")
        if one.case.state not in states[one.state]
    ]


ACCREDITATION_TYPE = CaseType(
    kind=ACCREDITATION_ACTS.kind,
    label="健康服務訓練機構認可",
    series="OHA",
    table=ACCREDITATION_ACTS,
    view_rights=(VIEW_OFFICE, VIEW_OWN),
    findings=_accreditation_findings,
    panels=_accreditation_panels,
    targets=_targets,
    applicant_url=_accreditation_url,
    waits_for=waits_for(ACCREDITATION_ACTS),
    export_row=lambda case: {"申請資格": application_of(case).get_kind_display()},
    consistency=_consistency,
)

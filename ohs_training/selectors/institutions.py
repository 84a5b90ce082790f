"""Applications, accreditations and the public list."""

from collections.abc import Mapping
from datetime import date

from django.db import models
from django.db.models import Count, Q, QuerySet

from accounts.models import Organisation
from casework.models import Case
from kernel.dates import ONE_DAY
from kernel.law import Law
from kernel.outcome import Outcome
from ohs_training.models import Accreditation, Application, Revocation
from ohs_training.rules import institutions

MINISTRY_CODE, MINISTRY_NAME = "OSHA", "勞動部職業安全衛生署"


def ministry() -> Organisation:
    """職安署 (要點二): it carries the scheme out for the ministry."""
    found, _ = Organisation.objects.get_or_create(
        code=MINISTRY_CODE, defaults={"name": MINISTRY_NAME, "short_name": "職安署", "kind": Organisation.Kind.MINISTRY}
    )
    return found


def application_of(case: Case) -> Application:
    return Application.objects.select_related("case__organisation", "case__office", "renews").get(case=case)


def attached(application: Application) -> tuple[str, ...]:
    """Codes of the papers that stand; the plan is written in the system, so it counts as handed in once it has a part."""
    codes = set(application.case.attachments.filter(removed_at=None).values_list("field", flat=True))
    if application.sections.exclude(body="").exists():
        codes.add("plan")
    return tuple(sorted(codes))


def written(application: Application) -> tuple[str, ...]:
    return tuple(application.sections.exclude(body="").values_list("code", flat=True))


def application_outcomes(application: Application, *, on: date, law: Law) -> list[Outcome]:
    """OHS-02 and OHS-03 as the application stands."""
    facts = institutions.ApplicantFacts(
        application.kind, attached(application), written(application), application.course_given_on
    )
    hours = application.category_hours if "in_service" in application.trainings else {}
    plan = institutions.PlanFacts(tuple(application.trainings), hours)  # type: ignore[arg-type]
    return [institutions.applicant(facts, on=on, law=law), institutions.plan(plan, on=on, law=law)]


def barred_until(organisation: Organisation, *, on: date) -> date | None:
    """Last day on which the institution may not apply (十四第2項), while it lasts."""
    row = (
        Revocation.objects.filter(accreditation__organisation=organisation, decided_on__lte=on, barred_before__gt=on)
        .order_by("-barred_before")
        .first()
    )
    return row.barred_before - ONE_DAY if row else None


def accreditation_in_force(organisation: Organisation, *, on: date, training: str = "") -> Accreditation | None:
    """The accreditation that covers a day, which may lie ahead: a renewal begins after it was decided. None during a bar."""
    if barred_until(organisation, on=on):
        return None
    kind = "professional" if training == "professional" else "in_service"
    rows = Accreditation.objects.filter(
        organisation=organisation, state=Accreditation.State.IN_FORCE, starts_on__lte=on, ends_before__gt=on
    )
    if training:
        rows = rows.filter(trainings__contains=[kind])
    return rows.order_by("-ends_before").first()


def reapply_outcome(accreditation: Accreditation, *, on: date, law: Law) -> Outcome:
    facts = institutions.AccreditationFacts(accreditation.ends_on, accreditation.starts_on)
    return institutions.reapply(facts, on=on, law=law)


def matching(asked: Mapping[str, str]) -> QuerySet[Accreditation]:
    """Accreditations by what a list was asked: q (part of the name), county (code), training, state."""
    rows = Accreditation.objects.all()
    if q := asked.get("q"):
        rows = rows.filter(organisation__name__holding=q)
    if training := asked.get("training"):
        rows = rows.filter(trainings__contains=[training])
    exact = {name: asked[name] for name in ("county", "state") if name in asked}
    return rows.filter(**exact)


def institutions_listed(asked: Mapping[str, str]) -> QuerySet[Accreditation]:
    """The public list (五第1項): every accreditation that was announced, with what became of it."""
    rows = matching(asked).filter(announced_on__isnull=False).select_related("organisation", "county")
    return rows.annotate(
        classes_held=Count("classes", filter=~Q(classes__case__state__in=["draft", "cancelled"]), distinct=True)
    ).order_by(
        models.Case(models.When(state="in_force", then=0), default=1), "county_id", "organisation__name", "-starts_on"
    )

"""What other schemes may ask of this one: whether a unit stands as an organiser, and whose right of the year is in force."""

from datetime import date

from accounts.models import Organisation, User
from casework.entitlements import Entitlement
from casework.law.in_force import law_in_force
from ojt_accounts.models import Application, PlanRight, Registration, TrainingAccount
from ojt_accounts.params import PLANS
from ojt_accounts.rules import standing


def plan_right(*, organisation: Organisation, user: User | None, about: str, on: date) -> Entitlement:
    """OA-13, OA-14: an account of the unit holds a right in force for the plan; with a person, that person's own account."""
    rights = PlanRight.objects.filter(
        account__registration__organisation=organisation,
        account__state=TrainingAccount.State.OPEN,
        plan=about,
        withdrawn_on=None,
        starts_on__lte=on,
        ends_before__gt=on,
    )
    if user is not None:
        rights = rights.filter(account__user=user)
    if rights.exists():
        return Entitlement()
    whose = "您的帳號" if user is not None else organisation.name
    return Entitlement(False, f"{whose}目前沒有「{PLANS.get(about, about)}」的年度權限，請先申請帳號或賦予權限。")


def unit_standing(*, organisation: Organisation, user: User | None, about: str, on: date) -> Entitlement:
    """OA-03 to OA-06 on the closing day `on`, by the unit's last approved application."""
    registered = Registration.objects.filter(organisation=organisation, registered_on__isnull=False).exists()
    last = (
        Application.objects.filter(case__organisation=organisation, case__decided_on__isnull=False)
        .exclude(kind=Application.Kind.CANCELLATION)
        .exclude(case__state="refused")
        .select_related("unit_form")
        .order_by("-case__decided_on", "-pk")
        .first()
    )
    if not registered or last is None:
        return Entitlement(False, f"{organisation.name}尚未經分署登錄為訓練單位。")
    facts = {"unit_kind": last.unit_kind}
    law = law_in_force()
    judged = [
        standing.training_grade(standing.GradeFacts(last.latest_grade or None), on=on, law=law),  # type: ignore[arg-type]
        standing.unit_kind(standing.KindFacts(about, last.unit_kind, on, last.founded_on), on=on, law=law),  # type: ignore[arg-type]
    ]
    edition, grade = last.ttqs
    if edition and last.ttqs_valid_from and last.ttqs_valid_until:
        given = standing.TtqsFacts(
            plan=about,  # type: ignore[arg-type]
            edition=edition,  # type: ignore[arg-type]
            grade=grade,  # type: ignore[arg-type]
            valid_from=last.ttqs_valid_from,
            valid_until=last.ttqs_valid_until,
            closing_on=on,
        )
        judged.append(standing.ttqs(given, on=on, law=law))
    wrong = [one.sentence for one in judged if one.met is False]
    return Entitlement(not wrong, "".join(wrong), facts)

"""The six kinds of case as casework knows them: panels, what corrections can ask for, deadlines. What is done to them: acts.py."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Q
from django.urls import reverse

from accounts.clock import today
from accounts.models import User
from accounts.rights import can
from casework.cases.casetypes import CaseType, Panel, Target, applicants
from casework.deadlines.handlers import Handler
from casework.deadlines.things import Things
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.notices.kinds import PROGRESS, REMINDER, SITE, WORK, classify
from kernel.law import Law
from kernel.outcome import Outcome
from vrs_credentials.acts import COURSE, TABLES
from vrs_credentials.models import Attendance
from vrs_credentials.permissions import REVIEWED, THINGS, VIEW_ASSIGNED, VIEW_OFFICE, VIEW_OWN
from vrs_credentials.selectors import casepage, outcomes
from vrs_credentials.services import registering, reminding

SERIES = {"qualification": "VQ", "hours": "VH", "course": "VC", "education": "VE", "renewal": "VR", "extension": "VX"}
#: The applicant's page of a case.
PAGES = {
    "qualification": "vrs_credentials:application",
    "hours": "vrs_credentials:hours_case",
    "course": "vrs_credentials:course",
    "education": "vrs_credentials:education",
    "renewal": "vrs_credentials:renewal",
    "extension": "vrs_credentials:extension",
}


# --- what the case page shows --------------------------------------------------------------------------------------------


def _of_office(case: Case, user: User) -> bool:
    return can(user, VIEW_OFFICE, case) or can(user, VIEW_ASSIGNED, case)


def _panels(case: Case, user: User) -> Sequence[Panel]:
    thing = case.kind.partition(".")[2]
    panels = [
        Panel(
            "申請內容",
            "vrs_credentials/panels/facts.html",
            {"rows": casepage.facts(case, on=today(), law=law_in_force())},
        ),
        *(Panel(one.title, "vrs_credentials/panels/table.html", {"table": one}) for one in casepage.tables(case)),
    ]
    if case.state == "committee" and not _of_office(case, user):
        rows = casepage.committee_words(case)
        panels.insert(0, Panel("複審會議", "vrs_credentials/panels/facts.html", {"rows": rows}))
    if thing in REVIEWED and _of_office(case, user):
        context = {"rows": casepage.reviews(case, user), "session": casepage.session_item(case)}
        panels.append(Panel("審查", "vrs_credentials/panels/review.html", context))
    return panels


def _findings(case: Case, on: date, law: Law) -> Sequence[Outcome]:
    return outcomes.findings(case, on=on, law=law)


def _targets(case: Case) -> Sequence[Target]:
    page = reverse(PAGES[case.kind.partition(".")[2]], args=[case.number])
    return [Target(code, label, page) for code, label in casepage.targets(case, on=today(), law=law_in_force())]


def _export_row(case: Case) -> Mapping[str, Any]:
    return casepage.export_row(case, on=today(), law=law_in_force())


def _applicant_url(case: Case) -> str:
    if case.turn == "applicant":
        if case.kind == COURSE.kind and case.state == "approved":
            return reverse("vrs_credentials:attendance_import", args=[case.number])
        return reverse(PAGES[case.kind.partition(".")[2]], args=[case.number])
    return reverse("casework:case", args=[case.number])


def _parties(about: CaseType, user: User) -> Q:
    """Who attended a course stands in its hours as its institution does."""
    attended = Attendance.objects.filter(person=user, imported__cleared_at=None)
    return applicants(about, user) | Q(pk__in=attended.values("imported__field__course__case"))


def _consistency(thing: str) -> Sequence[str]:
    return registering.contradictions() if thing == "qualification" else ()


KINDS = tuple(
    CaseType(
        kind=table.kind,
        label=f"職重專業人員：{THINGS[thing]}",
        series=SERIES[thing],
        # a reviewer sees a case by the grant on it and not by a right of the kind: nobody may claim or reassign it so
        view_rights=(VIEW_OFFICE, VIEW_OWN),
        table=table,
        findings=_findings,
        panels=_panels,
        targets=_targets,
        applicant_url=_applicant_url,
        unnamed=casepage.unnamed,
        parties=_parties,
        export_row=_export_row,
        consistency=partial(_consistency, thing),
    )
    for thing, table in ((table.kind.partition(".")[2], table) for table in TABLES)
)
HANDLERS = tuple(Handler(code, lapse, remind) for code, (lapse, remind) in reminding.HANDLERS.items())
OUTLIVING = (
    Things(
        "vrs_credentials.certificate",
        lambda user: user.vrs_certificates.values_list("pk", flat=True),
        "vrs_credentials:dashboard",
    ),
)
NOTICES = (
    *classify(REMINDER, "vrs_credentials.ends_soon", "vrs_credentials.supplement_due"),
    *classify(WORK, "vrs_credentials.assigned", "vrs_credentials.opinions"),
    *classify(PROGRESS, "vrs_credentials.receipt", "vrs_credentials.credited"),
    *classify(SITE, "vrs_credentials.answered", "vrs_credentials.roster", "vrs_credentials.attendance"),
)

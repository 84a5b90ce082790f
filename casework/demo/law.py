"""展示資料: an amendment in draft with its impact sheet, and one that is settled and begins later; their two people."""

from datetime import date, timedelta
from operator import attrgetter

from accounts.clock import now
from accounts.demo import DEMONSTRATIONS, Demonstration, DemoRole, ToldAmendment
from accounts.models import Organisation, User
from casework.demo import demo_role
from casework.law import amending, impact_sheets
from casework.models import Amendment
from casework.rights import LAW_APPROVER, LAW_OFFICER
from kernel.dates import taipei_day

DRAFTER, APPROVER = "lawdraft", "lawapprove"


def build() -> int:
    """How many amendments were added."""
    office, _ = Organisation.objects.get_or_create(
        code="MOL", defaults={"name": "勞動部", "kind": Organisation.Kind.MINISTRY}
    )
    first = demo_role(DRAFTER, "沈法規", LAW_OFFICER, office)
    second = demo_role(APPROVER, "溫核定", LAW_APPROVER, office)
    if Amendment.objects.exists():
        return 0
    day = taipei_day(now())
    begins = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    told, made = sorted(DEMONSTRATIONS, key=attrgetter("order"), reverse=True), 0
    if settled := next((one.settled for one in told if one.settled), None):
        amending.put_in_force(_assessed(first, settled, begins), by=second, at=now())
        made += 1
    if draft := next((one.draft for one in told if one.draft), None):
        _assessed(first, draft, day + timedelta(days=14))
        made += 1
    return made


def _assessed(by: User, told: ToldAmendment, day: date) -> Amendment:
    at = now()
    amendment = amending.draft(title=told.title, citation=told.citation, in_force_from=day, by=by, at=at)
    amending.set_value(amendment, code=told.figure, value=told.value, by=by, at=at)
    sheet = impact_sheets.ask_sheet(amendment, by=by, at=at)
    impact_sheets.run_sheet(sheet.pk, clock=now)
    amendment.refresh_from_db()
    return amendment


DEMO = Demonstration(
    900,
    "法規修正案",
    build,
    (
        DemoRole("法規承辦人", DRAFTER, "起草修正案、試算影響"),
        DemoRole("法規核定人", APPROVER, "核定他人起草的修正案"),
    ),
)

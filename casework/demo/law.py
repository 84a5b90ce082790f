"""展示資料: an amendment in draft with its impact sheet, and one that is settled and begins later; their two people."""

from datetime import date, timedelta

from accounts.clock import now
from accounts.demo import register_demo_role
from accounts.models import Organisation, User
from casework.demo import demo_role, register_demo
from casework.law import amending, impact_sheets
from casework.law.in_force import law_in_force
from casework.models import Amendment
from casework.rights import LAW_APPROVER, LAW_OFFICER
from kernel.dates import taipei_day

DRAFTER, APPROVER = "lawdraft", "lawapprove"
#: (title, citation, figure, value) of the draft, by the first scheme the site offers.
WANTED = (
    ("網站帳號閒置關閉縮短為 120 日", "帳號申請及使用規定修正（展示）", "s45.idle_days", 120),
    ("補助額度提高為 10 萬元", "產業人才投資方案修正（展示）", "sub.cap", 100_000),
    ("結業證書發給期限延長為 30 日", "訓練機構認可及管理作業要點修正（展示）", "ohs.certificate_days", 30),
    ("每一分署帳號上限調整為 8 組", "申請須知修正（展示）", "oa.account_cap", 8),
)


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
    law, made = law_in_force(), 0
    if "oa.correction_days" in law:
        settled = _assessed(first, "補正期限延長為 20 日", "申請須知修正（展示）", {"oa.correction_days": 20}, begins)
        amending.put_in_force(settled, by=second, at=now())
        made += 1
    wanted = [one for one in WANTED if one[2] in law]
    if wanted:
        title, citation, code, value = wanted[0]
        _assessed(first, title, citation, {code: value}, day + timedelta(days=14))
        made += 1
    return made


def _assessed(by: User, title: str, citation: str, values: dict[str, int], day: date) -> Amendment:
    at = now()
    amendment = amending.draft(title=title, citation=citation, in_force_from=day, by=by, at=at)
    for code, value in values.items():
        amending.set_value(amendment, code=code, value=value, by=by, at=at)
    sheet = impact_sheets.ask_sheet(amendment, by=by, at=at)
    impact_sheets.run_sheet(sheet.pk, clock=now)
    amendment.refresh_from_db()
    return amendment


register_demo(900, "法規修正案", build)
register_demo_role(__name__, "法規承辦人", DRAFTER, "起草修正案、試算影響")
register_demo_role(__name__, "法規核定人", APPROVER, "核定他人起草的修正案")

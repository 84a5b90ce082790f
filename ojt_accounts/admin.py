"""The scheme in the back office: its pages of work, its lists, its places on shared pages."""

from casework.admin_site import AgencyPage, register_pages
from casework.jobs.exports import register_exporter
from ojt_accounts.permissions import SIGN_OFFICER, VIEW_OFFICE
from ojt_accounts.views import blocks, intakes, office, unverified

register_pages(
    AgencyPage("ojt/", office.registers, "ojt_registers", "單位與帳號", VIEW_OFFICE),
    AgencyPage("ojt/units/<int:pk>/", office.registration, "ojt_registration"),
    AgencyPage("ojt/rollover/", office.rollover_page, "ojt_rollover", "年度轉換", VIEW_OFFICE),
    AgencyPage("ojt/intakes/", intakes.intakes, "ojt_intakes", "受理期間", VIEW_OFFICE),
    AgencyPage("ojt/intakes/<int:pk>/", intakes.intake, "ojt_intake"),
    AgencyPage("ojt/unverified/", unverified.unverified, "ojt_unverified", "未查證單位", SIGN_OFFICER),
    AgencyPage("ojt/unverified/<int:pk>/release/", unverified.release, "ojt_unverified_release"),
    AgencyPage("ojt/export/", office.export, "ojt_export"),
)
for page, rows in (
    (office.UNITS, office.unit_rows),
    (office.ACCOUNTS, office.account_rows),
    (office.ROLLOVER, office.rollover_rows),
):
    register_exporter(page, rows)
blocks.enter()

"""The scheme's pages of work in the back office."""

from casework.admin_site import AgencyPage, register_pages
from senior45.permissions import VIEW_ALL, VIEW_OFFICE
from senior45.views import agency

register_pages(
    AgencyPage("senior45/accounts/", agency.account_list, "s45_accounts", "45+ 帳號", VIEW_OFFICE),
    AgencyPage("senior45/idle/", agency.idle, "s45_idle", "45+ 閒置", VIEW_OFFICE),
    AgencyPage("senior45/offices/", agency.office_list, "s45_offices", "45+ 機關", VIEW_OFFICE),
    AgencyPage("senior45/offices/<int:pk>/", agency.office, "s45_office"),
    AgencyPage("senior45/inventory/", agency.campaign_list, "s45_inventory", "45+ 清查", VIEW_ALL),
    AgencyPage("senior45/inventory/<int:pk>/", agency.campaign, "s45_campaign"),
    AgencyPage("senior45/inventory/<int:pk>/sheet/", agency.campaign_sheet, "s45_campaign_sheet"),
)

"""45+就業資源網: the whole scheme as the site knows it."""

from accounts.guide import GuidePage
from accounts.navigation import NavItem
from accounts.panels import Block, Entrance
from casework.jobs.exports import Exporter
from casework.schemes import AgencyPage, Scheme
from kernel.jobs import At, Every, Job
from senior45 import casetype, documents, impact, params, permissions, sources, states, whatif, wordings
from senior45.permissions import FILE, REVIEW, VIEW_ALL, VIEW_OFFICE, WRITE
from senior45.rules import RULES
from senior45.services import accounts
from senior45.views import agency, content, inventory, sheets

SCHEME = Scheme(
    name="senior45",
    prefix="s45",
    title="45+就業資源網",
    places=(("senior45/", "senior45.urls"), ("45plus/", "senior45.public_urls")),
    documents=sources.DOCUMENTS,
    contradictions=sources.CONTRADICTIONS,
    figures=params.FIGURES,
    rules=RULES,
    machines=(states.INVENTORY_LINE,),
    kinds=casetype.KINDS,
    things=casetype.THINGS,
    handlers=casetype.HANDLERS,
    notices=casetype.NOTICES,
    papers=documents.PRINTED,
    wordings=wordings.WORDINGS,
    rights=permissions.RIGHTS,
    roles=permissions.ROLES,
    keepers=accounts.KEEPERS,
    open_things=impact.OPEN_THINGS,
    questions=whatif.QUESTIONS,
    menu=(
        NavItem("45+就業資源網", "plus45:home", order=70, visitors=True),
        NavItem("45+ 我的帳號", "senior45:home", order=40),
        NavItem("45+ 單位窗口", "senior45:window", right=FILE, order=41),
        NavItem("45+ 上稿", "senior45:content", right=WRITE, order=42),
        NavItem("45+ 審稿", "senior45:review", right=REVIEW, order=43),
    ),
    entrances=(
        Entrance(
            "senior45:home",
            "45+就業資源網",
            "資源網帳號使用單位",
            "帳號申請與異動、網站內容上稿與審核。",
            "受理：資源網管理機關",
            business="中高齡就業資源",
            english=(
                "45+ employment resources (45+就業資源網)",
                "Public pages with events and services for job seekers aged 45 and over; accounts are for agencies "
                "that publish there.",
            ),
            site_map=(("plus45:home", "45+就業資源網"), ("senior45:home", "45+就業資源網帳號")),
            order=30,
        ),
    ),
    landing=(Block("senior45", "senior45/landing.html", lambda request: {}, 40),),
    waiting=(content.waiting_rows, inventory.to_answer),
    pages=(
        AgencyPage("senior45/accounts/", agency.account_list, "s45_accounts", "45+ 帳號", VIEW_OFFICE),
        AgencyPage("senior45/idle/", agency.idle, "s45_idle", "45+ 閒置", VIEW_OFFICE),
        AgencyPage("senior45/offices/", agency.office_list, "s45_offices", "45+ 機關", VIEW_OFFICE),
        AgencyPage("senior45/offices/<int:pk>/", agency.office, "s45_office"),
        AgencyPage("senior45/inventory/", agency.campaign_list, "s45_inventory", "45+ 清查", VIEW_ALL),
        AgencyPage("senior45/inventory/<int:pk>/", agency.campaign, "s45_campaign"),
        AgencyPage("senior45/inventory/<int:pk>/sheet/", agency.campaign_sheet, "s45_campaign_sheet"),
    ),
    exporters=(Exporter("senior45.inventory", sheets.inventory_rows),),
    guide=(
        GuidePage(
            "site",
            "45+ 網站帳號與上稿",
            "資源網使用機關",
            "帳號新增與停用、寫稿、核稿、定期清查。",
            about=("senior45:",),
            order=90,
        ),
    ),
    jobs=(
        Job("45+ 網站閒置日數", "senior45.tasks.follow_the_law", At(hour="0", minute=7)),
        Job("辦理已結束之帳號清查", "senior45.tasks.carry_out_inventory", Every(300)),
        # 1 January and 1 July; on every other day it finds this half-year's inventory open already
        Job("45+ 網站帳號清查", "senior45.tasks.open_inventory", At(hour="0", minute=5)),
    ),
    demonstrations=("senior45.demo.DEMO",),
)

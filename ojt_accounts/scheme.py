"""在職訓練系統帳號: the whole scheme as the site knows it."""

from accounts.guide import GuidePage
from accounts.navigation import NavItem
from accounts.panels import Block, Entrance
from casework.entitlements import PLAN_RIGHT, UNIT_STANDING, Answerer
from casework.jobs.exports import Exporter
from casework.schemes import AgencyPage, Scheme
from ojt_accounts import casetype, documents, impact, params, permissions, sources, whatif, wordings
from ojt_accounts.forms.passwords import CompositionValidator
from ojt_accounts.permissions import SIGN_OFFICER, VIEW_OFFICE, VIEW_UNIT
from ojt_accounts.rules import RULES
from ojt_accounts.services import entitlements
from ojt_accounts.views import blocks, intakes, office, unverified

SCHEME = Scheme(
    name="ojt_accounts",
    prefix="oa",
    title="在職訓練系統帳號",
    places=(("ojt/", "ojt_accounts.urls"),),
    documents=sources.DOCUMENTS,
    contradictions=sources.CONTRADICTIONS,
    figures=params.FIGURES,
    rules=RULES,
    kinds=casetype.KINDS,
    things=casetype.THINGS,
    handlers=casetype.HANDLERS,
    notices=casetype.NOTICES,
    papers=documents.PRINTED,
    wordings=wordings.WORDINGS,
    rights=permissions.RIGHTS,
    roles=permissions.ROLES,
    care=(permissions.people_in_care,),
    password_rules=(CompositionValidator(),),
    answers=(
        Answerer(PLAN_RIGHT, entitlements.plan_right),
        Answerer(UNIT_STANDING, entitlements.unit_standing),
    ),
    open_things=impact.OPEN_THINGS,
    questions=whatif.QUESTIONS,
    menu=(
        NavItem("我的單位", "ojt_accounts:unit_home", right=VIEW_UNIT, staff=False, order=20),
        NavItem("帳號申請說明", "ojt_accounts:home", order=60, visitors=True),
    ),
    entrances=(
        Entrance(
            "ojt_accounts:home",
            "在職訓練系統帳號",
            "訓練單位",
            "新單位申請、年度賦予與註銷帳號；列印申請表、申請單與切結書。",
            "受理：勞動力發展署各分署",
            business="在職訓練帳號",
            applied="帳號申請",
            english=(
                "Accounts of the in-service training system (在職訓練系統帳號)",
                "For training organisations: registering with a regional branch of the Workforce Development Agency "
                "and asking for accounts of their staff.",
            ),
            order=10,
        ),
    ),
    dashboard=(Block("ojt_accounts", "ojt_accounts/blocks/dashboard.html", blocks.start_page, 20),),
    landing=(Block("ojt_accounts", "ojt_accounts/blocks/landing.html", blocks.visitors, 20),),
    profile=(Block("ojt_accounts", "ojt_accounts/blocks/profile.html", blocks.mine, 20),),
    pages=(
        AgencyPage("ojt/", office.registers, "ojt_registers", "單位與帳號", VIEW_OFFICE),
        AgencyPage("ojt/units/<int:pk>/", office.registration, "ojt_registration"),
        AgencyPage("ojt/rollover/", office.rollover_page, "ojt_rollover", "年度轉換", VIEW_OFFICE),
        AgencyPage("ojt/intakes/", intakes.intakes, "ojt_intakes", "受理期間", VIEW_OFFICE),
        AgencyPage("ojt/intakes/<int:pk>/", intakes.intake, "ojt_intake"),
        AgencyPage("ojt/unverified/", unverified.unverified, "ojt_unverified", "未查證單位", SIGN_OFFICER),
        AgencyPage("ojt/unverified/<int:pk>/release/", unverified.release, "ojt_unverified_release"),
        AgencyPage("ojt/export/", office.export, "ojt_export"),
    ),
    exporters=(
        Exporter(office.UNITS, office.unit_rows),
        Exporter(office.ACCOUNTS, office.account_rows),
        Exporter(office.ROLLOVER, office.rollover_rows),
    ),
    guide=(
        GuidePage(
            "unit",
            "申請在職訓練系統帳號",
            "訓練單位聯絡人",
            "新單位申請、年度賦予、註銷與切結書。",
            about=("ojt_accounts:",),
            order=40,
        ),
    ),
    demonstrations=("ojt_accounts.demo.DEMO",),
)

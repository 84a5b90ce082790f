"""勞工健康服務醫護人員訓練: the whole scheme as the site knows it."""

from accounts.guide import GuidePage
from accounts.navigation import NavItem
from accounts.panels import Block, Entrance
from casework.schemes import AgencyPage, Scheme
from kernel.jobs import At, Every, Job
from ohs_training import casetype, documents, impact, params, permissions, sources, whatif
from ohs_training.permissions import ORDER, VIEW_ALL, VIEW_OFFICE, VIEW_OWN
from ohs_training.rules import RULES
from ohs_training.selectors.institutions import ministry
from ohs_training.services import lapsing
from ohs_training.views import blocks, classpage, office

SCHEME = Scheme(
    name="ohs_training",
    prefix="ohs",
    title="勞工健康服務醫護人員訓練",
    places=(("ohs/", "ohs_training.urls"),),
    documents=sources.DOCUMENTS,
    contradictions=sources.CONTRADICTIONS,
    figures=params.FIGURES,
    rules=RULES,
    kinds=casetype.KINDS,
    things=casetype.THINGS,
    handlers=lapsing.HANDLERS,
    notices=casetype.NOTICES,
    papers=documents.PRINTED,
    rights=permissions.RIGHTS,
    roles=permissions.ROLES,
    offices=(ministry,),
    open_things=impact.OPEN_THINGS,
    questions=whatif.QUESTIONS,
    menu=(
        NavItem("健康服務訓練", "ohs_training:home", right=VIEW_OWN, staff=False, order=22),
        NavItem("我的訓練紀錄", "ohs_training:my_records", staff=False, order=40),
        NavItem("認可訓練機構", "ohs_training:institutions", order=64, visitors=True),
    ),
    entrances=(
        Entrance(
            "ohs_training:home",
            "勞工健康服務人員訓練",
            "訓練機構．地方主管機關",
            "訓練機構認可、開班報備、結訓名冊與證書字號、查核與處分。",
            "受理：職業安全衛生署、地方勞工主管機關",
            business="職業衛生訓練",
            applied="機構認可",
            english=(
                "Training of occupational health staff (勞工健康服務人員訓練)",
                "For physicians, nurses and related staff: classes of accredited institutions, training records and "
                "certificates.",
            ),
            order=40,
        ),
    ),
    dashboard=(Block("ohs_training", "ohs_training/blocks/dashboard.html", blocks.start_page, 30),),
    landing=(Block("ohs_training", "ohs_training/blocks/landing.html", blocks.visitors, 30),),
    profile=(Block("ohs_training", "ohs_training/blocks/profile.html", blocks.mine, 30),),
    pages=(
        AgencyPage("ohs/", office.class_board, "ohs_board", "訓練班次", VIEW_OFFICE),
        AgencyPage("ohs/institutions/", office.institutions, "ohs_institutions", "訓練機構", VIEW_OFFICE),
        AgencyPage("ohs/inspections/", office.inspections, "ohs_inspections", "查核與改善", ORDER),
        AgencyPage("ohs/statistics/", office.figures, "ohs_statistics", "訓練統計", VIEW_ALL),
        AgencyPage("ohs/retention/", office.retention, "ohs_retention", "保存期滿", VIEW_OFFICE),
        AgencyPage("ohs/classes/<case:number>/", classpage.class_page, "ohs_class"),
        AgencyPage("ohs/classes/<case:number>/marks/", office.marks, "ohs_marks"),
        AgencyPage("ohs/classes/<case:number>/print/<slug:paper>/", classpage.printed, "ohs_print"),
    ),
    guide=(
        GuidePage(
            "health",
            "勞工健康服務人員訓練",
            "訓練機構",
            "申請認可、報備班次、點名、證書與函報。",
            about=("ohs_training:",),
            order=100,
        ),
    ),
    jobs=(
        Job("產製等候中的結業證書", "ohs_training.tasks.run_waiting_certificates", Every(300)),
        Job("逾保存期限之訓練紀錄", "ohs_training.tasks.list_expired_records", At(hour="2", minute=20)),
    ),
    demonstrations=("ohs_training.demo.DEMO",),
)

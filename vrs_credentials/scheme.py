"""職業重建服務專業人員資格: the whole scheme as the site knows it."""

from accounts.guide import GuidePage
from accounts.navigation import NavItem
from accounts.panels import Entrance
from casework.jobs.exports import Exporter
from casework.schemes import AgencyPage, Scheme
from kernel.jobs import At, Every, Job
from vrs_credentials import casetype, documents, impact, params, permissions, sources, whatif, wordings
from vrs_credentials.permissions import BE_REVIEWER, VIEW_OFFICE, VIEW_OWN, WRITE_NEWS, decide_right
from vrs_credentials.rules import RULES
from vrs_credentials.views import blocks, dashboard, office

SCHEME = Scheme(
    name="vrs_credentials",
    prefix="vrs",
    title="職業重建服務專業人員資格",
    places=(("vrs/", "vrs_credentials.urls"),),
    documents=sources.DOCUMENTS,
    contradictions=sources.CONTRADICTIONS,
    figures=params.FIGURES,
    rules=RULES,
    kinds=casetype.KINDS,
    things=casetype.OUTLIVING,
    handlers=casetype.HANDLERS,
    notices=casetype.NOTICES,
    papers=documents.PRINTED,
    wordings=wordings.WORDINGS,
    rights=permissions.RIGHTS,
    roles=permissions.ROLES,
    care=(permissions.people_in_care,),
    card_holders=(permissions.is_professional,),
    open_things=impact.OPEN_THINGS,
    questions=whatif.QUESTIONS,
    menu=(
        NavItem("我的資格", "vrs_credentials:dashboard", staff=False, order=30),
        NavItem("機構單位專區", "vrs_credentials:institution", right=VIEW_OWN, staff=False, order=31),
        NavItem("職重專業人員", "vrs_credentials:home", order=65, visitors=True),
    ),
    entrances=(
        Entrance(
            "vrs_credentials:home",
            "職業重建專業人員認證",
            "專業人員．服務單位",
            "資格認證、效期更新、繼續教育時數與積分登錄。",
            "受理：身心障礙者職業重建服務主管機關",
            business="職業重建專業人員認證",
            applied="專業人員認證",
            english=(
                "Vocational rehabilitation professionals (職業重建專業人員)",
                "Credentials valid for three years, renewed with hours of continuing education. Foreign degrees need "
                "verification by a Taiwanese mission abroad and a Chinese translation.",
            ),
            order=50,
        ),
    ),
    waiting=(blocks.to_review,),
    pages=(
        AgencyPage("vrs/review/", office.review, "vrs_review", "我的審查", BE_REVIEWER),
        AgencyPage("vrs/review/<int:pk>/sheet/", office.opinion_sheet, "vrs_opinion_sheet"),
        AgencyPage("vrs/sessions/", office.sessions, "vrs_sessions", "複審會議", decide_right("qualification")),
        AgencyPage("vrs/sessions/<int:pk>/", office.session, "vrs_session"),
        AgencyPage("vrs/sessions/<int:pk>/agenda/", office.agenda, "vrs_agenda"),
        AgencyPage("vrs/certificates/", office.certificates, "vrs_certificates", "資格證明查詢", VIEW_OFFICE),
        AgencyPage("vrs/certificates/<int:pk>/", office.certificate, "vrs_certificate"),
        AgencyPage("vrs/news/", office.news, "vrs_news", "訊息專區", WRITE_NEWS),
        AgencyPage("vrs/news/<int:pk>/", office.news, "vrs_news_item"),
        AgencyPage("vrs/questions/", office.questions, "vrs_questions", "留言回復", WRITE_NEWS),
        AgencyPage("vrs/questions/<int:pk>/", office.questions, "vrs_question"),
    ),
    exporters=(Exporter("vrs_hours", dashboard.hours_rows),),
    guide=(
        GuidePage(
            "credential",
            "職業重建專業人員資格",
            "專業人員與訓練單位",
            "資格認證、繼續教育時數、更新與補發。",
            about=("vrs_credentials:",),
            order=110,
        ),
    ),
    jobs=(
        Job("處理等候中的名冊", "vrs_credentials.tasks.run_waiting_rosters", Every(60)),
        Job("刪除逾期名冊", "vrs_credentials.tasks.drop_old_rosters", At(hour="3", minute=50)),
    ),
    demonstrations=("vrs_credentials.demo.DEMO",),
)

"""產業人才投資方案: the whole scheme as the site knows it."""

from accounts.guide import GuidePage
from accounts.navigation import NavItem
from accounts.panels import Block, Entrance
from casework.schemes import AgencyPage, Scheme
from kernel.jobs import At, Every, Job
from ojt_subsidy import casetype, documents, impact, params, permissions, sources, states, whatif, wordings
from ojt_subsidy.permissions import BATCH_PAYMENT, EXCHANGE, REVIEW_PAYMENT, VIEW_OFFICE, VIEW_UNIT
from ojt_subsidy.rules import RULES
from ojt_subsidy.views import blocks, office

_OF_CLASSES = ("classes", "file_course", "enrolments", "attendance", "results", "closing", "pass_on")

SCHEME = Scheme(
    name="ojt_subsidy",
    prefix="sub",
    title="產業人才投資方案",
    # courses/ for everybody, subsidy/ for trainees and units
    places=(("", "ojt_subsidy.urls"),),
    documents=sources.DOCUMENTS,
    contradictions=sources.CONTRADICTIONS,
    figures=params.FIGURES,
    rules=RULES,
    machines=states.THINGS,
    kinds=casetype.KINDS,
    things=casetype.THINGS,
    handlers=casetype.HANDLERS,
    notices=casetype.NOTICES,
    papers=documents.PRINTED,
    wordings=wordings.WORDINGS,
    rights=permissions.RIGHTS,
    roles=permissions.ROLES,
    additions=permissions.ADDITIONS,
    care=(permissions.people_in_care,),
    open_things=impact.OPEN_THINGS,
    questions=whatif.QUESTIONS,
    menu=(
        NavItem("查詢課程", "ojt_subsidy:catalogue", order=15, public=True),
        NavItem("我的報名", "ojt_subsidy:mine", staff=False, order=16),
        NavItem("我的課程", "ojt_subsidy:classes", right=VIEW_UNIT, staff=False, order=17),
        NavItem("課程說明", "ojt_subsidy:help", order=65, visitors=True),
    ),
    entrances=(
        Entrance(
            "ojt_subsidy:catalogue",
            "產業人才投資方案",
            "訓練單位．參訓學員",
            "課程申請與開班、線上報名、參訓時數與補助費用核發。",
            "受理：勞動力發展署各分署",
            business="訓練補助",
            applied="課程與補助",
            english=(
                "Industry talent investment (產業人才投資方案)",
                "For employed, insured workers aged 15 or over: courses with 80 % or full subsidy of the fee, up to a "
                "cap counted over three years. Foreign spouses, permanent residents and other groups named in the "
                "programme may enrol; proof of status is uploaded under 身分證明.",
            ),
            order=20,
        ),
    ),
    dashboard=(Block("ojt_subsidy", "ojt_subsidy/blocks/dashboard.html", blocks.start_page, 15),),
    landing=(Block("ojt_subsidy", "ojt_subsidy/blocks/landing.html", blocks.visitors, 15),),
    profile=(Block("ojt_subsidy", "ojt_subsidy/blocks/profile.html", blocks.mine, 15),),
    waiting=(blocks.to_answer, blocks.to_pay, blocks.to_decide_on, blocks.to_mend_now),
    pages=(
        AgencyPage("subsidy/intakes/", office.intakes, "subsidy_intakes", "課程受理期間", VIEW_OFFICE),
        AgencyPage("subsidy/insurance/", office.insurance_exchange, "subsidy_insurance", "投保資料勾稽", EXCHANGE),
        AgencyPage("subsidy/closings/", office.closings, "subsidy_closings", "結訓核銷", VIEW_OFFICE),
        AgencyPage("subsidy/closings/<case:number>/", office.payments, "subsidy_payments"),
        AgencyPage("subsidy/closings/<case:number>/people/<int:pk>/", office.person, "subsidy_person"),
        AgencyPage("subsidy/births/", office.births, "subsidy_births", "更正出生日期", REVIEW_PAYMENT),
        AgencyPage("subsidy/batches/", office.batches, "subsidy_batches", "撥款清冊", BATCH_PAYMENT),
        AgencyPage("subsidy/batches/<int:pk>/", office.batch, "subsidy_batch"),
        AgencyPage("subsidy/batches/<int:pk>/file/", office.batch_file, "subsidy_batch_file"),
        AgencyPage("subsidy/outside/", office.outside_courses, "subsidy_outside", "其他計畫參訓", REVIEW_PAYMENT),
        AgencyPage("subsidy/statistics/", office.statistics, "subsidy_statistics", "課程統計", VIEW_OFFICE),
    ),
    guide=(
        GuidePage(
            "course",
            "開課、報名與核銷",
            "訓練單位課程人員",
            "訓練計畫、報名審核、點名、考核與結訓核銷。",
            about=tuple(f"ojt_subsidy:{one}" for one in _OF_CLASSES),
            order=60,
        ),
        GuidePage(
            "trainee",
            "報名課程與補助費",
            "參訓學員",
            "選課、報名序號、身分證明、補助額度與撥款。",
            about=("ojt_subsidy:",),
            order=70,
        ),
        GuidePage(
            "payment",
            "補助款撥款",
            "分署撥款人員",
            "清冊、銀行檔、銀行回覆與退匯。",
            about=("admin:subsidy_batch",),
            order=80,
        ),
    ),
    jobs=(
        Job("課程申請通知", "ojt_subsidy.tasks.tell_filed", Every(60)),
        Job("課程名額雜湊", "ojt_subsidy.tasks.digest_ledgers", At(minute=5)),
        Job("課程期限屆滿", "ojt_subsidy.tasks.lapse_terms", At(hour="0,6,12", minute=20)),
        Job("課程開訓與結訓", "ojt_subsidy.tasks.run_classes", At(hour="0,6,12", minute=25)),
    ),
    demonstrations=("ojt_subsidy.demo.DEMO",),
)

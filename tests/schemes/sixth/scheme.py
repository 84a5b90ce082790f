"""職場見學: the whole scheme as the site knows it."""

from accounts.demo import Demonstration, DemoRole
from accounts.guide import GuidePage
from accounts.navigation import NavItem
from accounts.panels import Entrance
from casework.cases.casetypes import CaseType
from casework.notices.kinds import PROGRESS, classify
from casework.papers.rendering import Paper
from casework.schemes import Scheme
from kernel.jobs import At, Job
from kernel.sources import Contradiction, Says
from sixth import acts, params, permissions, rules

DEMO = Demonstration(60, "職場見學", lambda: 0, (DemoRole("職場見學承辦人", "sixth1"),))
SCHEME = Scheme(
    name="sixth",
    prefix="sx",
    title="職場見學",
    places=(("sixth/", "sixth.urls"),),
    documents=(params.DOCUMENT,),
    contradictions=(
        Contradiction(
            "見學人數",
            (Says(params.DOCUMENT, "每次 20 人。"), Says("試辦公告", "每次 25 人。")),
            "依要點，20 人。",
            "公告不得牴觸要點。",
            ("SX-01",),
            ("sx.group_size",),
        ),
    ),
    figures=params.FIGURES,
    rules=rules.RULES,
    kinds=(
        CaseType(
            kind="sixth.visit",
            label="職場見學申請",
            series="SX",
            table=acts.VISIT,
            view_rights=(permissions.DECIDE, permissions.PREPARE),
        ),
    ),
    notices=classify(PROGRESS, "sixth.receipt"),
    papers=(Paper("sixth.proof", "職場見學證明", "papers/sixth/proof.html"),),
    rights=permissions.RIGHTS,
    roles=permissions.ROLES,
    menu=(NavItem("職場見學說明", "sixth:home", order=75, visitors=True),),
    entrances=(
        Entrance(
            "sixth:home",
            "職場見學",
            "學校．訓練單位",
            "申請到職場見學。",
            "受理：勞動力發展署各分署",
            business="職場見學試辦",
            english=("Visits of workplaces (職場見學)", "For schools and training organisations."),
            order=60,
        ),
    ),
    guide=(GuidePage("visit", "申請職場見學", "學校承辦人員", "一頁說完。", about=("sixth:",), order=120),),
    jobs=(Job("職場見學待辦件數", "sixth.tasks.count_waiting", At(hour="7", minute=15)),),
    demonstrations=("sixth.scheme.DEMO",),
)

"""What casework itself brings: the pages, roles and jobs that belong to no one scheme."""

from accounts.guide import GuidePage
from accounts.navigation import NavItem
from casework import rights
from casework.cases import casepage
from casework.jobs.exports import Exporter
from casework.law import impact_listing
from casework.schemes import CaseworkPart
from casework.views import agency, blocks, listing
from kernel.jobs import At, Every, Job

PART = CaseworkPart(
    name="casework",
    places=(("", "casework.urls"),),
    rights=rights.RIGHTS,
    roles=rights.ROLES,
    menu=(
        NavItem("我的申請", "casework:mine", staff=False, order=10),
        NavItem("案件清單", "admin:work", staff=True, order=10),
        NavItem("法規修正案", "admin:amendments", rights.AMEND, staff=True, order=11),
        NavItem("試算", "casework:whatifs", staff=False, order=50),
        NavItem("法規說明", "casework:rules", order=85, public=True),
        NavItem("查驗文件", "casework:check", order=90, public=True),
    ),
    waiting=(blocks.waiting, blocks.amendments_to_enact, blocks.identity_changes),
    expiring=(blocks.expiring,),
    recent=(blocks.recent,),
    deliverer=(blocks.letter,),
    unread=(lambda user: casepage.unread(user.pk),),
    exporters=(Exporter(agency.PAGE, listing.work_rows), Exporter(impact_listing.PAGE, impact_listing.impact_rows)),
    guide=(
        GuidePage(
            "cases",
            "送件、補正與查進度",
            "所有申請人",
            "草稿、送件、補正、訊息、文件下載與查驗。",
            about=("casework:",),
            order=20,
        ),
        GuidePage(
            "notices",
            "通知、期限與行事曆",
            "所有使用者",
            "哪些會寄信、每日彙整、把期限放進手機行事曆。",
            about=("casework:reach", "casework:inbox", "casework:notice"),
            order=30,
        ),
        GuidePage(
            "office",
            "審查案件",
            "機關承辦、主管、核定人員",
            "案件清單、逐件確認、補正、簽核與設定。",
            about=("admin:",),
            order=50,
        ),
        GuidePage(
            "system",
            "系統管理",
            "系統管理者",
            "人員與角色、辦公日曆、法規數值、排程、退信與範本文字。",
            about=tuple(
                f"admin:{one}" for one in ("calendar", "law", "jobs", "mail_log", "wordings", "people", "sign_in_help")
            ),
            order=210,
        ),
        GuidePage(
            "law",
            "修正法規數值",
            "法規承辦人、法規核定人",
            "起草、影響試算與核定。",
            about=("admin:amendment", "admin:impact"),
            order=220,
        ),
    ),
    jobs=(
        Job("寄送通知", "casework.tasks.deliver_notices", Every(60)),
        Job("產製等候中的匯出清單", "casework.tasks.run_waiting_exports", Every(300)),
        Job("產製等候中的影響評估表", "casework.tasks.run_waiting_impact", Every(300)),
        # thrice, since a machine may be off at midnight: the second and third find nothing left to do
        Job("處理屆期與提醒", "casework.tasks.sweep_daily", At(hour="0,6,12", minute=10)),
        # a second and third time for letters that a stopped machine missed; nobody gets two on one day
        Job("寄送每日彙整", "casework.tasks.send_digests", At(hour="8,12,16", minute=0)),
        Job("刪除逾保存期限資料", "casework.tasks.keep_no_longer", At(hour="3", minute=40)),
        Job("一致性檢查", "casework.tasks.check_consistency", At(hour="2", minute=30)),
    ),
    demonstrations=("casework.demo.DEMO", "casework.demo.law.DEMO"),
)

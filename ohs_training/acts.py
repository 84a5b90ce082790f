"""What may be done to an accreditation, a class, an order: each kind's states, and a row an act."""

from dataclasses import replace
from functools import wraps
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.rights import can
from casework.cases.doing import Doing, only_the_step
from casework.models import Case
from kernel.acts import Act, Acts, State, Turn
from ohs_training.forms import acts as forms
from ohs_training.permissions import (
    ACKNOWLEDGE,
    ANNOUNCE,
    ANSWER_ORDER,
    CLOSE_ACCREDITATION,
    CLOSE_ORDER,
    DECIDE,
    DECIDE_RETENTION,
    FILE_ACCREDITATION,
    FILE_CLASS,
    ISSUE,
    MARK_EXAM,
    ORDER,
    REPORT,
    REVIEW,
    REVOKE,
    RUN_CLASS,
    VIEW_OFFICE,
)
from ohs_training.services import (
    absence,
    accrediting,
    applying,
    attending,
    examining,
    fees,
    filing,
    inspecting,
    issuing,
    keeping,
    planning,
    reporting,
    revoking,
    roster,
)
from ohs_training.states import ACCREDITATION_KIND, CLASS_KIND, ORDER_KIND

APPLICANT, OFFICE, NOBODY = Turn.APPLICANT, Turn.OFFICE, Turn.NOBODY

# --- 四、五、十四: an institution's accreditation 認可 ---------------------------------------------------------------------

ACCREDITATION_ACTS = Acts(
    ACCREDITATION_KIND,
    states=(
        State("draft", "草稿", APPLICANT, "calm"),
        State("filed", "審查中", OFFICE),
        State("supplement", "待補正", APPLICANT, "warn"),
        State("accredited", "已認可（待登錄文件）", APPLICANT, "good"),
        State("announced", "認可中", NOBODY, "good"),
        State("rejected", "不予認可", NOBODY, "bad", final=True),
        State("withdrawn_by_applicant", "已撤回", NOBODY, "calm", final=True),
        State("expired", "認可期間屆滿", NOBODY, "calm", final=True),
        State("revoked", "認可經撤銷", NOBODY, "bad", final=True),
        State("abolished", "認可經廢止", NOBODY, "bad", final=True),
    ),
    acts=(
        Act(
            "file", "送件", "draft → filed", FILE_ACCREDITATION, applying.file_application, "要點四、附表一",
            asks=(applying.institution_barred, applying.application_whole), holds=applying.institution_of,
            confirm="送出後即由職安署審查，除補正外不能再修改。",
        ),
        Act(
            "supply", "補正送件", "supplement → filed", FILE_ACCREDITATION, applying.supply_application, "要點四、附表一",
            asks=(applying.supplement_answered, applying.institution_barred, applying.application_whole),
            button="補正完成，重新送件",
        ),
        Act(
            "enter", "登錄應檢附文件完成", "accredited | announced", FILE_ACCREDITATION, applying.enter_papers,
            "附表一特別規定", asks=(applying.papers_to_enter,), confirm="確認附表一應檢附文件均已登錄於本系統。",
        ),
        Act(
            "withdraw", "撤回", "draft | filed | supplement → withdrawn_by_applicant", FILE_ACCREDITATION,
            applying.withdraw_application, "行政程序法", button="撤回申請", form=forms.OptionalReason, tone="danger",
        ),
        # What is asked for, item by item, is the reason.
        Act(
            "ask_supplement", "通知補正", "filed → supplement", REVIEW, accrediting.ask_supplement, "要點四、附表一",
            form=forms.SupplementForm, tone="secondary",
        ),
        Act(
            "accredit", "認可", "filed → accredited", DECIDE, accrediting.accredit_institution, "要點五",
            asks=(applying.institution_barred,), holds=applying.institution_of, apart=("ask_supplement",),
            form=forms.AccreditForm,
        ),
        Act(
            "reject", "不予認可", "filed → rejected", DECIDE, accrediting.reject_application, "要點四",
            reason=True, apart=("ask_supplement",), form=forms.reason_form("不予認可之理由"), tone="danger",
        ),
        # 附表一特別規定 sets ten days for the entry; the announcement 公告 does not wait for it.
        Act(
            "announce", "公告", "accredited → announced", ANNOUNCE, accrediting.announce_institution, "要點五第1項",
            confirm="公告後列入公開之認可訓練機構名單。",
        ),
        Act(
            "revoke_or_abolish", "撤銷或廢止認可", "accredited | announced", REVOKE, revoking.revoke_or_abolish, "要點十四",
            reason=True, holds=revoking.held_at_stake, form=forms.RevokeForm, tone="danger",
        ),
        Act(
            "revoke", "撤銷認可", "accredited | announced → revoked", REVOKE, revoking.lose_accreditation, "要點十四",
            reason=True, offered=False,
        ),
        Act(
            "abolish", "廢止認可", "accredited | announced → abolished", REVOKE, revoking.lose_accreditation, "要點十四",
            reason=True, offered=False,
        ),
        # 十四第2項: an application that waits when the institution loses its accreditation.
        Act(
            "bar", "不予認可（認可經撤銷或廢止）", "filed | supplement → rejected", REVOKE, revoking.bar_application,
            "要點十四第2項", reason=True, offered=False,
        ),
        Act(
            "expire", "期間屆滿", "accredited | announced → expired", CLOSE_ACCREDITATION,
            accrediting.expire_accreditation, "要點五第2項", asks=(accrediting.period_over,), offered=False,
        ),
        Act(
            "save_application", "填寫申請內容", "draft | supplement", FILE_ACCREDITATION, applying.save_application,
            quiet=True, offered=False,
        ),
        Act(
            "add_paper", "上傳資格文件", "draft | supplement", FILE_ACCREDITATION, applying.add_paper,
            before=applying.judge_upload, offered=False,
        ),
    ),
)  # fmt: skip

# --- 六至十: a class, from its filing 報備 through its stages up to its registers -------------------------------------------


def class_page(case: Case, user: User) -> str:
    """The class as this person sees it: the office's page is in the back office."""
    name = "admin:ohs_class" if can(user, VIEW_OFFICE, case) else "ohs_training:class"
    return reverse(name, args=[case.number])


def _to_class_page(act: Act) -> Act:
    """A button of a class leads back to the class page of whoever pressed it."""
    own = act.perform
    if own is None or not act.offered:
        return act

    @wraps(own)
    def perform(doing: Doing, **given: Any) -> str:
        own(doing, **given)
        return class_page(doing.case, doing.by) if doing.by else ""

    return replace(act, perform=perform)


#: 附表二至五 are written until the class begins; what is written after the filing is a change (六第2項).
PLAN = "draft | returned | filed | acknowledged"
UNDER_WAY = "acknowledged | running | ended | examined | issued | reported"
OVER = "ended | examined | issued | reported | closed"
COURSE = f"{UNDER_WAY} | closed"
ISSUED = "issued | reported | closed"
EVERY = "draft | returned | filed | acknowledged | running | ended | examined | issued | reported | closed | cancelled"

_BUTTONS = (
    Act(
        "file", "報備", "draft | returned → filed", FILE_CLASS, filing.file_class, "要點六第1項",
        asks=(filing.filing_whole,), confirm="附表二至附表五將以目前內容登錄並函請地方主管機關備查。",
    ),
    # 變動報備 (六第2項) moves nothing: 備查 takes note of it, and the class acknowledged once begins on its day meanwhile.
    Act(
        "change", "變動報備", "filed | acknowledged | running | ended | examined | issued | reported", FILE_CLASS,
        filing.change_class, "要點六第2項", asks=(filing.change_to_file,), reason=True, form=forms.reason_form("變動原因"),
    ),
    Act(
        "start", "開訓", "acknowledged → running", RUN_CLASS, filing.begin_class, "要點六第2項、七",
        asks=(filing.first_day_come, filing.as_it_was_filed),
    ),
    Act(
        "end", "結訓", "running → ended", RUN_CLASS, filing.end_class, "要點七", asks=(filing.last_period_over,),
        confirm="結訓後依缺課情形認定退訓及補課，並起算發證及登錄期限。",
    ),
    Act(
        "tell_absent", "通知退訓及補課", "running | ended | examined", RUN_CLASS, absence.tell_absent, "要點七第2項",
        tone="secondary", confirm="依缺課時數記錄應通知退訓、補課之人員及通知日。",
    ),
    Act(
        "issue", "發給結業證書", "examined → issued", ISSUE, issuing.issue_papers, "要點九第1款",
        asks=(issuing.certificates_due,), button="發給證書／證明",
        confirm="將發給所有符合規定且尚未發給之人員，字號一次編定。",
    ),
    Act(
        "issue_proofs", "發給在職教育訓練證明", "ended → issued", ISSUE, issuing.issue_papers, "要點九第2款",
        asks=(issuing.proofs_due,), button="發給證書／證明",
        confirm="將發給所有符合規定且尚未發給之人員，字號一次編定。",
    ),
    # For people who qualified later: resit, make-up.
    Act(
        "issue_more", "續發證書／證明", ISSUED, ISSUE, issuing.issue_papers, "要點九", asks=(issuing.papers_due,),
        button="發給證書／證明", confirm="將發給所有符合規定且尚未發給之人員，字號一次編定。",
    ),
    # Everybody failed or withdrew: there are registers and marks to report, and nothing to issue.
    Act(
        "issue_none", "無人合格，免予發證", "examined | ended → issued", ISSUE, issuing.issue_none, "要點九、十三",
        asks=(issuing.nobody_qualifies,), reason=True, form=forms.reason_form("理由"), tone="secondary",
    ),
    Act(
        "enter", "登錄受訓資料完成並函請備查", "ended | examined | issued", REPORT, reporting.enter_data, "要點九第3款",
        asks=(reporting.data_to_enter,), button="登錄受訓資料完成", confirm="確認個人資料、簽到退紀錄及成績均已登錄。",
    ),
    Act(
        "report", "登錄並函報", "issued → reported", REPORT, reporting.report_class, "要點九第3款、十第2項",
        asks=(reporting.registers_complete,), button="登錄清冊並函報", form=forms.ReportForm,
    ),
    Act(
        "cancel", "取消辦理", "draft | filed | returned | acknowledged → cancelled", FILE_CLASS, filing.cancel_class,
        "要點六第2項", reason=True, form=forms.reason_form("取消原因"), tone="danger",
    ),
    Act(
        "acknowledge", "備查", "filed → acknowledged", ACKNOWLEDGE, filing.acknowledge_class, "要點六第1項",
        form=forms.AcknowledgeForm,
    ),
    Act(
        "close", "函報備查", "reported → closed", ACKNOWLEDGE, reporting.close_class, "要點十第2項",
        asks=(reporting.no_change_waits,), button="備查", form=forms.AcknowledgeForm,
    ),
    Act(
        "return", "退回補正", "filed → returned", ACKNOWLEDGE, filing.return_class, "要點六第1項",
        reason=True, button="退回", form=forms.reason_form("退回理由及應補正事項"), tone="danger",
    ),
    Act(
        "return_report", "退回函報", "reported → issued", ACKNOWLEDGE, reporting.return_report, "要點十第2項",
        reason=True, button="退回", form=forms.reason_form("退回理由及應補正事項"), tone="danger",
    ),
    Act(
        "acknowledge_change", "變動備查", UNDER_WAY, ACKNOWLEDGE, filing.acknowledge_change, "要點六第2項",
        asks=(filing.change_to_answer,), form=forms.AcknowledgeChangeForm,
    ),
    Act(
        "return_change", "變動退回", UNDER_WAY, ACKNOWLEDGE, filing.return_change, "要點六第2項",
        asks=(filing.change_to_answer,), reason=True, form=forms.reason_form("退回理由及應補正事項"), tone="danger",
    ),
    # Where nobody was left to sit, the exam is over without a mark.
    Act(
        "examine", "登錄測驗成績", "ended → examined", MARK_EXAM, only_the_step, "要點八",
        asks=(examining.professional, examining.marked), button="測驗完成（無應試人員）", tone="secondary",
        confirm="沒有尚待登錄成績之人員。",
    ),
)  # fmt: skip


def _page(code: str, label: str, way: str, right: str, perform: Any, clause: str = "", **more: Any) -> Act:
    """An act on a page of its own, which leaves the class in its state."""
    return Act(code, label, way, right, perform, clause, offered=False, **more)


_PAGES = (
    _page("save_plan", "填寫訓練計畫", PLAN, FILE_CLASS, planning.save_plan, "附表二", quiet=True),
    _page("save_teachers", "填寫講師名冊", PLAN, FILE_CLASS, planning.save_teachers, "附表四"),
    _page("save_timetable", "填寫課程表", PLAN, FILE_CLASS, planning.save_timetable, "附表三"),
    _page("import_roster", "匯入受訓人員名冊", PLAN, FILE_CLASS, roster.import_roster, "附表五"),
    _page("save_trainee", "填寫受訓人員", PLAN, FILE_CLASS, roster.save_trainee),
    _page("remove_trainee", "移出名冊", PLAN, FILE_CLASS, roster.remove_trainee),
    _page("add_exemption", "登錄抵免", PLAN, FILE_CLASS, roster.add_exemption, "附表五附註二", before=applying.judge_upload),
    _page("add_photo", "上傳照片", EVERY, FILE_CLASS, roster.add_photo, before=roster.judge_photo),
    _page("receive_fee", "收費", EVERY, FILE_CLASS, fees.receive_fee, "要點十二"),
    _page("record_spending", "登錄支出", EVERY, FILE_CLASS, fees.record_spending, "要點十二第2項"),
    _page("enter_sheet", "登錄簽到表", "running | ended", RUN_CLASS, attending.enter_sheet, "要點七、附表八", quiet=True),
    _page("call_roll", "點名", "running | ended", RUN_CLASS, attending.call_roll, "附表八附註四"),
    _page("ask_leave", "請假", COURSE, RUN_CLASS, absence.ask_leave, "附表八附註三", before=absence.judge_proof),
    _page("prove_leave", "補請假證明", COURSE, RUN_CLASS, absence.prove_leave, "附表八附註三", before=absence.judge_proof),
    _page("withdraw_leave", "銷假", COURSE, RUN_CLASS, absence.withdraw_leave),
    _page("make_up", "補課", COURSE, RUN_CLASS, absence.make_up, "要點七第2項"),
    _page("record_practice", "登錄實習及報告", COURSE, RUN_CLASS, absence.record_practice, "要點九第1款"),
    _page("report_impersonation", "登錄冒名頂替", COURSE, RUN_CLASS, absence.report_impersonation, "要點十三第4款"),
    _page("enter_marks", "登錄成績", OVER, MARK_EXAM, examining.enter_marks, "要點八", asks=(examining.professional,), quiet=True),
    _page("reissue_certificate", "補發證書", ISSUED, ISSUE, issuing.reissue_certificate, "附表六", reason=True),
    _page("revoke_certificate", "撤銷證書", ISSUED, ISSUE, issuing.revoke_certificate, reason=True),
    _page("answer_dispute", "回復時數意見", OVER, REPORT, reporting.answer_dispute, "附表七附註"),
    _page("decide_retention", "決定保存期滿資料", "closed", DECIDE_RETENTION, keeping.decide_retention, "要點十", reason=True),
)  # fmt: skip

CLASS_ACTS = Acts(
    CLASS_KIND,
    states=(
        State("draft", "規劃中", APPLICANT, "calm"),
        State("filed", "已報備（待備查）", OFFICE),
        State("returned", "退回補正", APPLICANT, "warn"),
        State("acknowledged", "已備查", APPLICANT, "good"),
        State("running", "訓練中", APPLICANT),
        State("ended", "已結訓", APPLICANT),
        State("examined", "已測驗", APPLICANT),
        State("issued", "已發證", APPLICANT),
        State("reported", "已登錄並函報（待備查）", OFFICE),
        State("closed", "結案", NOBODY, "good", final=True),
        State("cancelled", "取消辦理", NOBODY, "calm", final=True),
    ),
    acts=(*map(_to_class_page, _BUTTONS), *_PAGES),
)

# --- 十一: 限期改善 of an institution, after an inspection 查核 found a breach ------------------------------------------------

ORDER_ACTS = Acts(
    ORDER_KIND,
    states=(
        State("drafted", "擬稿", OFFICE, "calm"),
        State("ordered", "限期改善中", APPLICANT, "warn"),
        State("answered", "已提改善報告", OFFICE),
        State("overdue", "屆期未改善", OFFICE, "bad"),
        State("improved", "已改善", NOBODY, "good", final=True),
        State("referred", "移請本部處理", NOBODY, "bad", final=True),
        State("dropped", "免予限期改善", NOBODY, "calm", final=True),
    ),
    acts=(
        Act(
            "order", "通知限期改善", "drafted → ordered", ORDER, inspecting.order_improvement, "要點十一第3項",
            reason=True, form=forms.OrderForm,
        ),
        Act(
            "reorder", "再限期改善", "answered | overdue → ordered", ORDER, inspecting.order_improvement, "要點十一第3項",
            reason=True, form=forms.OrderForm,
        ),
        Act(
            "accept", "同意改善", "answered → improved", ORDER, inspecting.accept_improvement, "要點十一",
            confirm="改善情形經查核屬實。",
        ),
        Act(
            "refer", "移請撤銷或廢止認可", "answered | overdue → referred", ORDER, inspecting.refer_institution,
            "要點十四第1款", reason=True, form=forms.reason_form("屆期未改善之情形"), tone="danger",
        ),
        Act(
            "drop", "免予通知", "drafted → dropped", ORDER, only_the_step, "要點十一",
            reason=True, form=forms.reason_form("理由"), tone="secondary",
        ),
        Act(
            "answer", "提出書面改善報告", "ordered → answered", ANSWER_ORDER, inspecting.answer_order, "要點十一第4項",
            before=inspecting.judge_report, form=forms.AnswerOrderForm,
        ),
        Act(
            "answer_late", "逾期提出書面報告", "overdue → answered", ANSWER_ORDER, inspecting.answer_order, "要點十一第4項",
            before=inspecting.judge_report, form=forms.AnswerOrderForm, button="提出書面改善報告",
        ),
        Act(
            "miss", "屆期未提出", "ordered → overdue", CLOSE_ORDER, only_the_step, "要點十四第1款",
            asks=(inspecting.term_over,), offered=False,
        ),
    ),
)  # fmt: skip

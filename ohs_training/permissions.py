"""Who may, in the training of occupational-health doctors and nurses: rights and the roles that bundle them."""

from accounts.models import Organisation
from accounts.roles import Right, Role, Side

APP = "ohs_training"
REVEAL = "accounts.reveal_national_id"
KIND = Organisation.Kind

VIEW_OWN = f"{APP}.view_own"
VIEW_OFFICE = f"{APP}.view_office"
#: The ministry reads every class and institution, whichever county handles it.
VIEW_ALL = f"{APP}.view_all"
FILE_ACCREDITATION = f"{APP}.file_accreditation"
REVIEW = f"{APP}.review_accreditation"
DECIDE = f"{APP}.decide_accreditation"
ANNOUNCE = f"{APP}.announce_accreditation"
CLOSE_ACCREDITATION = f"{APP}.close_accreditation"
REVOKE = f"{APP}.revoke_accreditation"
FILE_CLASS = f"{APP}.file_class"
RUN_CLASS = f"{APP}.run_class"
ISSUE = f"{APP}.issue_certificate"
REPORT = f"{APP}.report_class"
ACKNOWLEDGE = f"{APP}.acknowledge_class"
MARK_EXAM = f"{APP}.mark_exam"
ORDER = f"{APP}.order_improvement"
ANSWER_ORDER = f"{APP}.answer_order"
CLOSE_ORDER = f"{APP}.close_order"
DECIDE_RETENTION = f"{APP}.decide_retention"

RIGHTS = (
    Right(VIEW_OWN, "檢視本機構認可及班次", Side.APPLICANT),
    Right(VIEW_OFFICE, "檢視受理之認可、班次及查核案件", Side.OFFICE),
    Right(VIEW_ALL, "檢視全國訓練機構及班次", Side.OFFICE),
    Right(FILE_ACCREDITATION, "申請認可", Side.APPLICANT),
    Right(REVIEW, "審查認可申請", Side.OFFICE),
    Right(DECIDE, "核定認可", Side.OFFICE),
    Right(ANNOUNCE, "公告認可訓練機構", Side.OFFICE),
    Right(CLOSE_ACCREDITATION, "登記認可期間屆滿", Side.OFFICE),
    Right(REVOKE, "撤銷或廢止認可", Side.OFFICE),
    Right(FILE_CLASS, "報備訓練班次", Side.APPLICANT),
    Right(RUN_CLASS, "辦理訓練（簽到、點名、請假）", Side.APPLICANT),
    Right(ISSUE, "發給證書及證明", Side.APPLICANT),
    Right(REPORT, "登錄並函報受訓資料", Side.APPLICANT),
    Right(ACKNOWLEDGE, "班次備查", Side.OFFICE),
    Right(MARK_EXAM, "登錄測驗成績", Side.OFFICE),
    Right(ORDER, "查核及限期改善", Side.OFFICE),
    Right(ANSWER_ORDER, "提出改善報告", Side.APPLICANT),
    Right(CLOSE_ORDER, "登記屆期未改善", Side.OFFICE),
    Right(DECIDE_RETENTION, "決定保存期滿資料之處理", Side.APPLICANT),
)
_BODIES = (KIND.UNIT, KIND.INSTITUTION)
INSTITUTION, TUTOR = "ohs_institution", "ohs_tutor"
COUNTY, MINISTRY, CHIEF = "ohs_county", "ohs_ministry", "ohs_ministry_chief"
ROLES = (
    Role(
        INSTITUTION,
        "健康服務訓練機構承辦人",
        (VIEW_OWN, FILE_ACCREDITATION, FILE_CLASS, RUN_CLASS, ISSUE, REPORT, ANSWER_ORDER, DECIDE_RETENTION),
        _BODIES,
    ),
    Role(TUTOR, "健康服務訓練輔導員", (VIEW_OWN, RUN_CLASS), _BODIES),
    Role(
        COUNTY,
        "地方勞工主管機關承辦人",
        (VIEW_OFFICE, ACKNOWLEDGE, MARK_EXAM, ORDER, REVEAL),
        (KIND.COUNTY,),
        staff=True,
    ),
    Role(
        MINISTRY, "職安署承辦人", (VIEW_OFFICE, VIEW_ALL, REVIEW, ANNOUNCE, ORDER, REVEAL), (KIND.MINISTRY,), staff=True
    ),
    Role(CHIEF, "職安署決行主管", (VIEW_OFFICE, VIEW_ALL, DECIDE, REVOKE), (KIND.MINISTRY,), staff=True),
)

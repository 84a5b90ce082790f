"""Who may, in courses and subsidy: rights, the roles that bundle them, and whose rows a person sees.

A trainee is anybody signed in, about themselves; the acts of a person alone need no role.
"""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.catalogue import HELP_SIGN_IN
from accounts.models import Organisation, User
from accounts.rights import organisations_with
from accounts.roles import Addition, Right, Role, Side
from ojt_subsidy.models import Course, PaymentBatch

KIND = Organisation.Kind
REVEAL = "accounts.reveal_national_id"

# the unit
VIEW_UNIT = "ojt_subsidy.view_unit"
FILE_COURSE = "ojt_subsidy.file_course"
SCREEN = "ojt_subsidy.screen_enrolment"
ATTENDANCE = "ojt_subsidy.record_attendance"
CLOSE_CLASS = "ojt_subsidy.close_class"
FILE_CLOSING = "ojt_subsidy.file_closing"
PASS_ON = "ojt_subsidy.pass_on_payment"  # noqa: S105 - a right
# the trainee
ENROL = "ojt_subsidy.file_enrolment"
FILE_EVIDENCE = "ojt_subsidy.file_evidence"
FILE_COMPLAINT = "ojt_subsidy.file_complaint"
# the branch
VIEW_OFFICE = "ojt_subsidy.view_office"
ANNOUNCE = "ojt_subsidy.announce_intake"
REVIEW_COURSE = "ojt_subsidy.review_course"
APPROVE_COURSE = "ojt_subsidy.approve_course"
PUBLISH_COURSE = "ojt_subsidy.publish_course"
CANCEL_COURSE = "ojt_subsidy.cancel_course"
RUN_COURSE = "ojt_subsidy.run_course"
REVIEW_EVIDENCE = "ojt_subsidy.review_evidence"
EXCHANGE = "ojt_subsidy.exchange_insurance"
REVIEW_CLOSING = "ojt_subsidy.review_closing"
APPROVE_CLOSING = "ojt_subsidy.approve_closing"
REVIEW_PAYMENT = "ojt_subsidy.review_payment"
APPROVE_PAYMENT = "ojt_subsidy.approve_payment"
BATCH_PAYMENT = "ojt_subsidy.batch_payment"
REVERSE_PAYMENT = "ojt_subsidy.reverse_payment"
VIEW_COMPLAINT = "ojt_subsidy.view_complaint"
HANDLE_COMPLAINT = "ojt_subsidy.handle_complaint"
SEE_COMPLAINANT = "ojt_subsidy.see_complainant"

A, O = Side.APPLICANT, Side.OFFICE  # noqa: E741
RIGHTS = (
    Right(VIEW_UNIT, "檢視本單位課程與學員", A),
    Right(FILE_COURSE, "填寫及送審訓練計畫", A),
    Right(SCREEN, "審核報名及錄訓", A),
    Right(ATTENDANCE, "登錄出缺席", A),
    Right(CLOSE_CLASS, "辦理結訓", A),
    Right(FILE_CLOSING, "函送結訓核銷", A),
    Right(PASS_ON, "轉撥補助費及上傳證明", A),
    Right(ENROL, "報名課程", A),
    Right(FILE_EVIDENCE, "送出學員證明文件", A),
    Right(FILE_COMPLAINT, "提出陳情", A),
    Right(VIEW_OFFICE, "檢視轄區課程與補助", O),
    Right(ANNOUNCE, "公告課程受理期間", O),
    Right(REVIEW_COURSE, "初審訓練計畫", O),
    Right(APPROVE_COURSE, "核定訓練計畫", O),
    Right(PUBLISH_COURSE, "公告招生", O),
    Right(CANCEL_COURSE, "停辦課程", O),
    Right(RUN_COURSE, "登錄開訓及結訓", O),
    Right(REVIEW_EVIDENCE, "審核學員證明文件", O),
    Right(EXCHANGE, "辦理投保資料勾稽", O),
    Right(REVIEW_CLOSING, "初審結訓核銷", O),
    Right(APPROVE_CLOSING, "核定結訓核銷", O),
    Right(REVIEW_PAYMENT, "審核補助款明細", O),
    Right(APPROVE_PAYMENT, "核定補助款明細", O),
    Right(BATCH_PAYMENT, "製作撥款清冊", O),
    Right(REVERSE_PAYMENT, "追繳沖回", O),
    Right(VIEW_COMPLAINT, "檢視陳情", O),
    Right(HANDLE_COMPLAINT, "查處陳情", O),
    Right(SEE_COMPLAINANT, "檢視保密陳情人身分", O),
)
UNIT_RIGHTS = (VIEW_UNIT, FILE_COURSE, SCREEN, ATTENDANCE, CLOSE_CLASS, FILE_CLOSING, PASS_ON)
_LOOK = (VIEW_OFFICE, VIEW_COMPLAINT)
_OFFICER = (
    REVIEW_COURSE,
    PUBLISH_COURSE,
    RUN_COURSE,
    REVIEW_EVIDENCE,
    EXCHANGE,
    REVIEW_CLOSING,
    REVIEW_PAYMENT,
    ANNOUNCE,
)
_CHIEF = (APPROVE_COURSE, CANCEL_COURSE, APPROVE_CLOSING, APPROVE_PAYMENT, REVERSE_PAYMENT)
ROLES = (
    Role("subsidy_unit", "訓練單位課程承辦人", UNIT_RIGHTS, (KIND.UNIT,)),
    Role("subsidy_officer", "分署課程及補助承辦人", (*_LOOK, *_OFFICER, REVEAL), (KIND.BRANCH,), staff=True),
    Role("subsidy_chief", "分署課程及補助主管", (*_LOOK, *_CHIEF), (KIND.BRANCH,), staff=True),
    Role("subsidy_cashier", "分署撥款人員", (VIEW_OFFICE, BATCH_PAYMENT), (KIND.BRANCH,), staff=True),
    Role(
        "subsidy_complaints",
        "分署陳情承辦人",
        (VIEW_COMPLAINT, HANDLE_COMPLAINT, SEE_COMPLAINANT),
        (KIND.BRANCH,),
        staff=True,
    ),
)
# Whoever was opened an account for a unit runs its courses; the role itself belongs to the scheme that opens accounts.
ADDITIONS = (Addition("unit_user", UNIT_RIGHTS),)


def unit_courses(user: Any, right: str = VIEW_UNIT) -> QuerySet[Course]:
    """Courses of the units for which the person holds the right."""
    return Course.objects.filter(case__organisation__in=organisations_with(user, right))


def batches_for(user: Any) -> QuerySet[PaymentBatch]:
    return PaymentBatch.objects.filter(office__in=organisations_with(user, BATCH_PAYMENT))


def people_in_care(officer: User) -> Q:
    """登入協助: a branch helps those who have filed for its courses and hold no role anywhere: they show their document there."""
    offices = organisations_with(officer, HELP_SIGN_IN)
    return Q(enrolments__course__case__office__in=offices, is_staff=False, groups__held_role=None)

"""Who may, in the credentials of vocational-rehabilitation professionals: rights and the roles that bundle them.

A professional applies for themselves and holds the applicant's rights on their own cases (accounts.rights.applies_alone). A
reviewer holds no right in the office: two rights on each case assigned, and nothing else (services.reviewing).
"""

from django.db.models import Q

from accounts.catalogue import HELP_SIGN_IN, REVEAL
from accounts.models import Organisation, User
from accounts.rights import organisations_with
from accounts.roles import Right, Role, Side

APP = "vrs_credentials"
KIND = Organisation.Kind

#: Kinds of case and what their rights are called by.
THINGS = {
    "qualification": "資格審查",
    "hours": "專業訓練時數",
    "course": "繼續教育課程",
    "education": "繼續教育個人申請",
    "renewal": "資格更新",
    "extension": "資格展延",
}
REVIEWED = ("qualification", "course", "education")


def file_right(thing: str) -> str:
    return f"{APP}.file_{thing}"


def check_right(thing: str) -> str:
    return f"{APP}.check_{thing}"


def assign_right(thing: str) -> str:
    return f"{APP}.assign_{thing}"


def decide_right(thing: str) -> str:
    return f"{APP}.decide_{thing}"


def approve_right(thing: str) -> str:
    return f"{APP}.approve_{thing}"


VIEW_OWN = f"{APP}.view_own"
VIEW_OFFICE = f"{APP}.view_office"
#: Granted on one case alone, to a reviewer assigned to it.
VIEW_ASSIGNED = f"{APP}.view_assigned"
GIVE_OPINION = f"{APP}.give_opinion"
#: Says that somebody may be assigned; opens no case.
BE_REVIEWER = f"{APP}.be_reviewer"
FILE_ATTENDANCE = f"{APP}.file_attendance"
CREDIT_ATTENDANCE = f"{APP}.credit_attendance"
KEEP_LECTURERS = f"{APP}.keep_lecturers"
POST_JOBS = f"{APP}.post_jobs"
CORRECT_LEDGER = f"{APP}.correct_ledger"
KEEP_REGISTER = f"{APP}.keep_register"
REVOKE = f"{APP}.revoke_certificate"
CORRECT_CERTIFICATE = f"{APP}.correct_certificate"
WRITE_NEWS = f"{APP}.write_news"

RIGHTS = (
    Right(VIEW_OWN, "檢視本單位課程申請", Side.APPLICANT),
    Right(VIEW_OFFICE, "檢視專業人員資格案件", Side.OFFICE),
    Right(VIEW_ASSIGNED, "檢視受指派之案件", Side.OFFICE),
    Right(GIVE_OPINION, "提出審查意見", Side.OFFICE),
    Right(BE_REVIEWER, "擔任審查委員", Side.OFFICE),
    Right(FILE_ATTENDANCE, "匯入上課紀錄", Side.APPLICANT),
    Right(CREDIT_ATTENDANCE, "核定上課時數", Side.OFFICE),
    Right(KEEP_LECTURERS, "維護講師資料", Side.APPLICANT),
    Right(POST_JOBS, "刊登求才訊息", Side.APPLICANT),
    Right(CORRECT_LEDGER, "更正時數", Side.OFFICE),
    Right(KEEP_REGISTER, "登錄進用與先行提供服務同意", Side.OFFICE),
    Right(REVOKE, "撤銷資格認證證明", Side.OFFICE),
    Right(CORRECT_CERTIFICATE, "更正資格認證證明記載事項", Side.OFFICE),
    Right(WRITE_NEWS, "發布訊息及回復留言", Side.OFFICE),
    *(Right(file_right(thing), f"申請{label}", Side.APPLICANT) for thing, label in THINGS.items()),
    *(Right(check_right(thing), f"{label}初審", Side.OFFICE) for thing, label in THINGS.items()),
    *(
        Right(assign_right(thing), f"{label}指派審查委員", Side.OFFICE)
        for thing, label in THINGS.items()
        if thing in REVIEWED
    ),
    *(
        Right(decide_right(thing), f"{label}複審決議", Side.OFFICE)
        for thing, label in THINGS.items()
        if thing in REVIEWED
    ),
    *(Right(approve_right(thing), f"{label}核定", Side.OFFICE) for thing, label in THINGS.items()),
)
_BODY = (KIND.COMMISSIONED,)
INSTITUTION, HANDLER, SECRETARY, REVIEWER, APPROVER = (
    "vrs_institution",
    "vrs_handler",
    "vrs_secretary",
    "vrs_reviewer",
    "vrs_approver",
)
ROLES = (
    Role(
        INSTITUTION,
        "機構單位承辦人",
        (VIEW_OWN, file_right("course"), FILE_ATTENDANCE, KEEP_LECTURERS, POST_JOBS),
        (KIND.INSTITUTION,),
        comes_from="機構單位加入會員",
    ),
    Role(
        HANDLER,
        "承辦單位專案人員",
        (
            VIEW_OFFICE,
            *(check_right(thing) for thing in THINGS),
            *(assign_right(thing) for thing in REVIEWED),
            CREDIT_ATTENDANCE,
            CORRECT_LEDGER,
            KEEP_REGISTER,
            WRITE_NEWS,
            HELP_SIGN_IN,
            REVEAL,
        ),
        _BODY,
        staff=True,
    ),
    Role(SECRETARY, "複審會議幕僚", (VIEW_OFFICE, *(decide_right(thing) for thing in REVIEWED)), _BODY, staff=True),
    Role(REVIEWER, "審查委員", (BE_REVIEWER,), _BODY, staff=True),
    Role(
        APPROVER,
        "勞動力發展署核定人員",
        (VIEW_OFFICE, *(approve_right(t) for t in THINGS), REVOKE, CORRECT_CERTIFICATE),
        _BODY,
        staff=True,
    ),
)


def is_professional(user: User) -> bool:
    """Signs in by citizen certificate like the people of a unit (OA-12), though they hold no role."""
    return hasattr(user, "vrs_professional")


def people_in_care(officer: User) -> Q:
    """登入協助: the body that runs the scheme helps its professionals and the people of its institutions."""
    if not organisations_with(officer, KEEP_REGISTER).exists():
        return Q(pk__in=[])
    return Q(vrs_professional__isnull=False) | Q(groups__held_role__role=INSTITUTION)

"""Who may, in account applications: rights and the roles that bundle them."""

from django.db.models import Q

from accounts.catalogue import HELP_SIGN_IN, REVEAL
from accounts.models import Organisation, User
from accounts.rights import organisations_with
from accounts.roles import Right, Role, Side

KIND = Organisation.Kind

VIEW_OWN = "ojt_accounts.view_own"
PREPARE = "ojt_accounts.prepare"
VIEW_UNIT = "ojt_accounts.view_unit"
VIEW_OFFICE = "ojt_accounts.view_office"
SIGN_OFFICER = "ojt_accounts.sign_officer"
SIGN_CHIEF = "ojt_accounts.sign_chief"
SIGN_APPROVER = "ojt_accounts.sign_approver"
REFUSE = "ojt_accounts.refuse"
SET_ACCOUNT = "ojt_accounts.set_account"
MANAGE_INTAKE = "ojt_accounts.manage_intake"

RIGHTS = (
    Right(VIEW_OWN, "檢視本單位帳號申請案", Side.APPLICANT),
    Right(PREPARE, "填寫及送出帳號申請", Side.APPLICANT),
    Right(VIEW_UNIT, "檢視本單位人員與帳號", Side.APPLICANT),
    Right(VIEW_OFFICE, "檢視分署受理的帳號申請案", Side.OFFICE),
    Right(SIGN_OFFICER, "分署承辦人簽核", Side.OFFICE),
    Right(SIGN_CHIEF, "分署科室主管簽核", Side.OFFICE),
    Right(SIGN_APPROVER, "決行", Side.OFFICE),
    Right(REFUSE, "不予核准", Side.OFFICE),
    Right(SET_ACCOUNT, "設定系統帳號", Side.OFFICE),
    Right(MANAGE_INTAKE, "公告受理期間", Side.OFFICE),
)
ROLES = (
    Role("unit_contact", "訓練單位聯絡人", (VIEW_OWN, PREPARE, VIEW_UNIT), (KIND.UNIT,), comes_from="新單位登錄"),
    Role("unit_user", "訓練單位帳號使用者", (VIEW_UNIT,), (KIND.UNIT,), comes_from="帳號申請核准後之設定"),
    Role(
        "branch_officer", "分署承辦人", (VIEW_OFFICE, SIGN_OFFICER, MANAGE_INTAKE, REVEAL), (KIND.BRANCH,), staff=True
    ),
    Role("branch_chief", "分署科室主管", (VIEW_OFFICE, SIGN_CHIEF), (KIND.BRANCH,), staff=True),
    Role("branch_approver", "分署決行主管", (VIEW_OFFICE, SIGN_APPROVER, REFUSE), (KIND.BRANCH,), staff=True),
    Role(
        "branch_account_admin",
        "系統帳號設定人員",
        (VIEW_OFFICE, SET_ACCOUNT, HELP_SIGN_IN, REVEAL),
        (KIND.BRANCH,),
        staff=True,
    ),
)


def people_in_care(officer: User) -> Q:
    """登入協助 (OA-12): of the branches where `officer` sets accounts, the holders of accounts and the units' contacts."""
    branches = organisations_with(officer, SET_ACCOUNT)
    units = Organisation.objects.filter(
        Q(ojt_registrations__branch__in=branches) | Q(cases__office__in=branches), kind=KIND.UNIT
    )
    return Q(groups__held_role__organisation__in=units) | Q(training_accounts__registration__branch__in=branches)

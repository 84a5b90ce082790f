"""Who may, on the 45+ site: rights and the roles that bundle them.

The rights of 附件1 and 附件2 (開通, 審稿, 上稿, 清查, 總管理) come from a person's SiteAccount: granting or ending one grants or
ends its role. 單位主管 and 聯繫窗口 are designated for an office and need no site account.
"""

from accounts.models import Organisation
from accounts.roles import Right, Role, Side
from senior45.params import Right as SiteRight

KIND = Organisation.Kind

VIEW_OWN = "senior45.view_own"
SUBMIT = "senior45.submit_request"
APPROVE = "senior45.approve_request"
FILE = "senior45.file_request"
VIEW_OFFICE = "senior45.view_office"
DECIDE = "senior45.decide_request"
DESIGNATE = "senior45.designate"
WRITE = "senior45.write_article"
REVIEW = "senior45.review_article"
EXPIRE = "senior45.expire_article"
ANSWER = "senior45.answer_inventory"
RUN = "senior45.run_inventory"
VIEW_ALL = "senior45.view_all"

RIGHTS = (
    Right(VIEW_OWN, "檢視本單位 45+ 帳號申請", Side.APPLICANT),
    Right(SUBMIT, "填寫 45+ 帳號申請", Side.APPLICANT),
    Right(APPROVE, "核定 45+ 帳號申請（單位主管）", Side.APPLICANT),
    Right(FILE, "提出 45+ 帳號申請（聯繫窗口）", Side.APPLICANT),
    Right(VIEW_OFFICE, "檢視受理的 45+ 帳號申請", Side.OFFICE),
    Right(DECIDE, "審查及開通 45+ 帳號", Side.OFFICE),
    Right(DESIGNATE, "設定單位主管及聯繫窗口", Side.OFFICE),
    Right(WRITE, "上稿", Side.APPLICANT),
    Right(REVIEW, "審稿", Side.OFFICE),
    Right(EXPIRE, "刊登期滿（系統）", Side.OFFICE),
    Right(ANSWER, "回覆帳號清查", Side.APPLICANT),
    Right(RUN, "辦理帳號清查", Side.OFFICE),
    Right(VIEW_ALL, "檢視全部 45+ 帳號", Side.OFFICE),
)

_KINDS = tuple(map(str, (KIND.AGENCY, KIND.BRANCH, KIND.COUNTY, KIND.SERVICE)))
HEAD, WINDOW = "s45_head", "s45_window"
_SET, _ASKED = "45+ 帳號開通人員之設定", "45+ 帳號申請"
ROLES = (
    Role(HEAD, "45+ 單位主管", (VIEW_OWN, APPROVE), _KINDS, comes_from=_SET),
    Role(WINDOW, "45+ 聯繫窗口", (VIEW_OWN, SUBMIT, FILE, ANSWER), _KINDS, comes_from=_SET),
    Role("s45_editor", "45+ 上稿人員", (WRITE,), _KINDS, comes_from=_ASKED),
    Role("s45_reviewer", "45+ 審稿人員", (REVIEW,), _KINDS, comes_from=_ASKED),
    Role("s45_opener", "45+ 帳號開通人員", (VIEW_OFFICE, DECIDE, DESIGNATE), _KINDS[:2], staff=True),
    Role("s45_inventory", "45+ 帳號清查者", (VIEW_OFFICE, VIEW_ALL, RUN), _KINDS[:1], staff=True),
    Role("s45_system_admin", "45+ 系統總管理者", (VIEW_OFFICE, VIEW_ALL, DESIGNATE), _KINDS[:1], staff=True),
)
#: The role behind each right of an account.
ROLE_OF = {
    SiteRight.SYSTEM_ADMIN.value: "s45_system_admin",
    SiteRight.OPENER.value: "s45_opener",
    SiteRight.INVENTORY.value: "s45_inventory",
    SiteRight.REVIEWER.value: "s45_reviewer",
    SiteRight.EDITOR.value: "s45_editor",
}

"""Rights over what belongs to no one scheme: people, calendar, mail, wordings. Held in an office, as every right."""

from accounts.catalogue import APPOINT, HELP_SIGN_IN
from accounts.models import Organisation
from accounts.rights import CENTRAL
from accounts.roles import Right, Role, Side

PEOPLE = "casework.people"
WATCH = "casework.watch"
CALENDAR = "casework.calendar"
WORDING = "casework.wording"
AMEND = "casework.amend"
ENACT = "casework.enact"
ADMINISTRATOR = "casework.administrator"
LAW_OFFICER = "casework.law_officer"
LAW_APPROVER = "casework.law_approver"

RIGHTS = (
    Right(PEOPLE, "查詢使用者、單位與存取紀錄", Side.OFFICE),
    Right(WATCH, "檢視排程與郵件紀錄", Side.OFFICE),
    Right(CALENDAR, "維護辦公日曆", Side.OFFICE),
    Right(WORDING, "檢視範本文字", Side.OFFICE),
    Right(AMEND, "起草法規修正案", Side.OFFICE),
    Right(ENACT, "核定法規修正案", Side.OFFICE),
)
_KINDS = (*CENTRAL, Organisation.Kind.BRANCH)
ROLES = (
    Role(
        ADMINISTRATOR,
        "系統管理者",
        (PEOPLE, APPOINT, WATCH, CALENDAR, WORDING, HELP_SIGN_IN),
        tuple(map(str, _KINDS)),
        staff=True,
    ),
    # a figure is the law of the whole country: no branch amends it
    Role(LAW_OFFICER, "法規承辦人", (AMEND,), tuple(map(str, CENTRAL)), staff=True),
    Role(LAW_APPROVER, "法規核定人", (ENACT,), tuple(map(str, CENTRAL)), staff=True),
)

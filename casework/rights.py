"""Rights over what belongs to no one scheme: people, calendar, mail, wordings. Held in an office, as every right."""

from accounts.models import Organisation
from accounts.roles import Right, Role, Side, declare_rights, declare_roles

PEOPLE = "casework.people"
WATCH = "casework.watch"
CALENDAR = "casework.calendar"
WORDING = "casework.wording"
ADMINISTRATOR = "casework.administrator"

declare_rights(
    Right(PEOPLE, "查詢使用者、單位與存取紀錄", Side.OFFICE),
    Right(WATCH, "檢視排程與郵件紀錄", Side.OFFICE),
    Right(CALENDAR, "維護辦公日曆", Side.OFFICE),
    Right(WORDING, "檢視範本文字", Side.OFFICE),
)
_KINDS = (Organisation.Kind.MINISTRY, Organisation.Kind.AGENCY, Organisation.Kind.BRANCH)
declare_roles(
    Role(ADMINISTRATOR, "系統管理者", (PEOPLE, WATCH, CALENDAR, WORDING), tuple(map(str, _KINDS)), staff=True),
)

"""Who may."""

from accounts.roles import Right, Role, Side

PREPARE, DECIDE = "sixth.prepare", "sixth.decide"
RIGHTS = (
    Right(PREPARE, "申請職場見學", Side.APPLICANT),
    Right(DECIDE, "核定職場見學", Side.OFFICE),
)
ROLES = (
    Role("sixth_unit", "職場見學申請人員", (PREPARE,), ("unit",)),
    Role("sixth_officer", "職場見學承辦人", (DECIDE,), ("branch",), staff=True),
)

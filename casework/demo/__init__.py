"""展示資料: each part's demo.py holds a builder; `manage.py demo` runs them in order. A builder adds nothing twice."""

from accounts.clock import now, today
from accounts.demo import Demonstration, DemoRole
from accounts.models import Organisation, User
from accounts.offices import AGENCY
from accounts.services.proving import confirm_identity
from accounts.services.roles import grant_role
from casework.rights import ADMINISTRATOR

#: Everybody in the demonstration; the sign-in page has a button for each role, so nobody needs to type it.
PASSWORD = "Demo#2026portal"  # noqa: S105 - demonstration only, refused by check --deploy


def demo_person(
    account_name: str, name: str, *, email: str = "", national_id: str = "", confirmed: bool = True
) -> User:
    """A person of the demonstration, made at first use. An officer has seen their document unless said otherwise."""
    user = User.objects.filter(account_name=account_name).first()
    if user is None:
        user = User(
            account_name=account_name, name=name, email=email or f"{account_name}@demo.example", phone="02-8995-6399"
        )
        user.set_national_id(national_id or None)
        user.set_password(PASSWORD)
        user.save()
        if national_id and confirmed:
            confirm_number(user, national_id)
    return user


ADMINISTRATOR_ACCOUNT = "sysadmin"


def confirm_number(user: User, national_id: str) -> None:
    """登入協助 › 確認身分證字號, by the desk where people show their document."""
    desk = demo_person("identitydesk", "何核對")
    confirm_identity(
        user=user,
        name=user.name,
        national_id=national_id,
        document="國民身分證",
        seen_on=today(),
        note="展示資料",
        by=desk,
        at=now(),
    )


def demo_role(account_name: str, name: str, role: str, organisation: Organisation) -> User:
    user = demo_person(account_name, name)
    grant_role(user=user, role_code=role, organisation=organisation, by=None, at=now())
    return user


def _administrator() -> int:
    """系統管理者 of the agency: who appoints everybody else on a real site."""
    demo_role(ADMINISTRATOR_ACCOUNT, "紀維安", ADMINISTRATOR, Organisation.objects.get(code=AGENCY[0]))
    return 0


DEMO = Demonstration(
    899,
    "系統管理",
    _administrator,
    (DemoRole("系統管理者", ADMINISTRATOR_ACCOUNT, "勞動部勞動力發展署，管理人員與角色"),),
)

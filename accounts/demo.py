"""展示用角色: one sign-in button per role, only where settings.DEMO says so."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoRole:
    label: str
    account_name: str
    note: str = ""

    @property
    def code(self) -> str:
        return self.account_name


_roles: dict[str, DemoRole] = {}


def register_demo_role(label: str, account_name: str, note: str = "") -> None:
    _roles[account_name] = DemoRole(label, account_name, note)


def demo_roles() -> list[DemoRole]:
    return list(_roles.values())


def demo_role(code: str) -> DemoRole | None:
    return _roles.get(code)

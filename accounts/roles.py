"""Roles are code: each app declares its rights and the roles that bundle them.

A right is held *in* an organisation: in the office that handles a case, or in the unit that filed it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Side(StrEnum):
    OFFICE = "office"
    APPLICANT = "applicant"


@dataclass(frozen=True, slots=True)
class Right:
    """`code` is what code asks for (`ojt_accounts.sign_officer`); `side` says through which organisation of a case."""

    code: str
    label: str
    side: Side

    @property
    def codename(self) -> str:
        """The Permission row's codename on Organisation."""
        return self.code.replace(".", "__")


@dataclass(frozen=True, slots=True)
class Role:
    """A role held in one organisation. `kinds` are the organisation kinds it can be held in; `staff` opens the back office.

    `comes_from` says by which act a person gets the role; empty: an administrator grants it on the page 人員與角色.
    """

    code: str
    label: str
    rights: tuple[str, ...]
    kinds: tuple[str, ...]
    staff: bool = False
    comes_from: str = ""


_rights: dict[str, Right] = {}
_roles: dict[str, Role] = {}
#: Rights an app adds to another's role; the apps do not know of each other, only of the role's code.
_added: dict[str, tuple[str, ...]] = {}


def declare_rights(*rights: Right) -> None:
    for right in rights:
        if _rights.setdefault(right.code, right) != right:
            raise ValueError(f"right {right.code} is declared twice")


def declare_roles(*roles: Role) -> None:
    for role in roles:
        if _roles.setdefault(role.code, role) != role:
            raise ValueError(f"role {role.code} is declared twice")


def extend_role(code: str, rights: tuple[str, ...]) -> None:
    """Whoever holds the role `code`, where some app declares it, holds these rights too. Declared in any order."""
    known = _added.get(code, ())
    _added[code] = (*known, *(one for one in rights if one not in known))


def _whole(one: Role) -> Role:
    more = tuple(code for code in _added.get(one.code, ()) if code not in one.rights)
    return replace(one, rights=(*one.rights, *more)) if more else one


def right(code: str) -> Right:
    return _rights[code]


def role(code: str) -> Role:
    return _whole(_roles[code])


def all_rights() -> list[Right]:
    return list(_rights.values())


def all_roles() -> list[Role]:
    return [_whole(one) for one in _roles.values()]

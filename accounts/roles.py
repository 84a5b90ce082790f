"""Roles are code: each app declares its rights and the roles that bundle them.

A right is held *in* an organisation: in the office that handles a case, or in the unit that filed it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from kernel.registry import Registry


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


RIGHTS: Registry[Right] = Registry("right")
ROLES: Registry[Role] = Registry("role")


@dataclass(frozen=True, slots=True)
class Addition:
    """Whoever holds the role `role`, where some part declares it, holds these rights too: the parts know only its code."""

    role: str
    rights: tuple[str, ...]

    @property
    def code(self) -> str:
        return f"{self.role}+{','.join(self.rights)}"


ADDITIONS: Registry[Addition] = Registry("addition to a role")


def _whole(one: Role) -> Role:
    more = dict.fromkeys(code for added in ADDITIONS if added.role == one.code for code in added.rights)
    return replace(one, rights=tuple(dict.fromkeys((*one.rights, *more)))) if more else one


def right(code: str) -> Right:
    return RIGHTS[code]


def role(code: str) -> Role:
    return _whole(ROLES[code])


def all_roles() -> list[Role]:
    return [_whole(one) for one in ROLES]

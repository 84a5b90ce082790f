"""The parts of the site: what each brings to whatever all share. A scheme is a part, and so are accounts, casework and config.

`<app>/scheme.py` (of a scheme) and `<app>/part.py` (of the others) hold one manifest each; `settings.PARTS` lists them. At the
start each enters what it brings into the registries from which everything is looked up; nothing enters itself.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.care import CARE, Care
from accounts.context_processors import UNREAD
from accounts.demo import DEMO_ROLES, DEMONSTRATIONS, Demonstration
from accounts.guide import GUIDE, GuidePage
from accounts.mailer import DELIVERER, Deliverer
from accounts.models import User
from accounts.navigation import MENU, NavItem
from accounts.panels import DASHBOARD, ENTRANCES, EXPIRING, LANDING, PROFILE, RECENT, WAITING, Block, Entrance, Rows
from accounts.providers import WAYS, Provider
from accounts.roles import ADDITIONS, RIGHTS, ROLES, Addition, Right, Role
from accounts.services.appointing import KEEPERS, Keeper
from accounts.services.offices import OFFICES
from accounts.services.openings import CARD_HOLDERS
from accounts.validators import PASSWORD_RULES, PasswordRule
from kernel.jobs import JOBS, Job
from kernel.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a part brings to the pages and people all share. Most parts bring little of it."""

    #: The app it stands in.
    name: str
    #: Where its pages stand: (place, module of addresses).
    places: tuple[tuple[str, str], ...] = ()
    rights: tuple[Right, ...] = ()
    roles: tuple[Role, ...] = ()
    #: Rights it adds to the roles of others.
    additions: tuple[Addition, ...] = ()
    #: How roles are given and taken that stand for rows of its own.
    keepers: tuple[Keeper, ...] = ()
    #: Makes its own offices, which are none of the agency's.
    offices: tuple[Callable[[], object], ...] = ()
    #: Whose sign-in its officers help with.
    care: tuple[Care, ...] = ()
    #: Whether a person of its own, without a role in a unit, signs in by card.
    card_holders: tuple[Callable[[User], bool], ...] = ()
    ways_to_sign_in: tuple[Provider, ...] = ()
    password_rules: tuple[PasswordRule, ...] = ()
    menu: tuple[NavItem, ...] = ()
    entrances: tuple[Entrance, ...] = ()
    #: Blocks of the start page, of the visitors' page and of 我的資料.
    dashboard: tuple[Block, ...] = ()
    landing: tuple[Block, ...] = ()
    profile: tuple[Block, ...] = ()
    #: Rows of the start page's lists: 等我處理, 即將到期, 最近通知.
    waiting: tuple[Rows, ...] = ()
    expiring: tuple[Rows, ...] = ()
    recent: tuple[Rows, ...] = ()
    #: Pages of the guide, templates/guide/<slug>.html.
    guide: tuple[GuidePage, ...] = ()
    #: What runs by itself.
    jobs: tuple[Job, ...] = ()
    deliverer: Deliverer | None = None
    unread: Callable[[Any], int] | None = None
    #: Where the parts of the demonstration stand, which is loaded where the site is one.
    demonstrations: tuple[str, ...] = ()

    def enter(self) -> None:
        """Put everything into its registry. A code that another part has entered is refused."""
        RIGHTS.add(*self.rights)
        ROLES.add(*self.roles)
        ADDITIONS.add(*self.additions)
        KEEPERS.add(*self.keepers)
        OFFICES.add(*self.offices)
        CARE.add(*self.care)
        CARD_HOLDERS.add(*self.card_holders)
        WAYS.add(*self.ways_to_sign_in)
        PASSWORD_RULES.add(*self.password_rules)
        MENU.add(*self.menu)
        ENTRANCES.add(*self.entrances)
        DASHBOARD.add(*self.dashboard)
        LANDING.add(*self.landing)
        PROFILE.add(*self.profile)
        WAITING.add(*self.waiting)
        EXPIRING.add(*self.expiring)
        RECENT.add(*self.recent)
        GUIDE.add(*self.guide)
        JOBS.add(*self.jobs)
        DELIVERER.add(*filter(None, [self.deliverer]))
        UNREAD.add(*filter(None, [self.unread]))
        for where in self.demonstrations if settings.DEMO else ():
            told: Demonstration = import_string(where)
            DEMONSTRATIONS.add(told)
            DEMO_ROLES.add(*(replace(role, scheme=self.group_of_demo) for role in told.roles))

    @property
    def group_of_demo(self) -> str:
        """Under which heading the sign-in page shows its people."""
        return ""

    @contextmanager
    def entered(self) -> Iterator[None]:
        """This part beside the others, for a while."""
        with ExitStack() as stack:
            for registry in Registry.every:
                stack.enter_context(registry.kept())
            self.enter()
            yield


@cache
def parts() -> tuple[Part, ...]:
    """Every part of the site, in the order of the settings. Needs the apps to be loaded."""
    return tuple(import_string(name) for name in settings.PARTS)


def enter_parts() -> None:
    for part in parts():
        part.enter()

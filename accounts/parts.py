"""The parts of the site: what each brings to whatever all share. A scheme is a part, and so are accounts and casework.

`<app>/scheme.py` (of a scheme) and `<app>/part.py` (of the others) hold one manifest each; `settings.PARTS` lists them. At the
start each enters what it brings into the registries from which everything is looked up; nothing enters itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any

from django.apps import apps
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


def into(registry: Registry[Any]) -> Any:
    """A field whose entries go into a registry."""
    return field(default=(), metadata={"into": registry})


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a part brings to the pages and people all share. Most parts bring little of it."""

    #: The app it stands in.
    name: str
    #: Where its pages stand: (place, module of addresses).
    places: tuple[tuple[str, str], ...] = ()
    rights: tuple[Right, ...] = into(RIGHTS)
    roles: tuple[Role, ...] = into(ROLES)
    #: Rights it adds to the roles of others.
    additions: tuple[Addition, ...] = into(ADDITIONS)
    #: How roles are given and taken that stand for rows of its own.
    keepers: tuple[Keeper, ...] = into(KEEPERS)
    #: Makes its own offices, which are none of the agency's.
    offices: tuple[Callable[[], object], ...] = into(OFFICES)
    #: Whose sign-in its officers help with.
    care: tuple[Care, ...] = into(CARE)
    #: Whether a person of its own, without a role in a unit, signs in by card.
    card_holders: tuple[Callable[[User], bool], ...] = into(CARD_HOLDERS)
    ways_to_sign_in: tuple[Provider, ...] = into(WAYS)
    password_rules: tuple[PasswordRule, ...] = into(PASSWORD_RULES)
    menu: tuple[NavItem, ...] = into(MENU)
    entrances: tuple[Entrance, ...] = into(ENTRANCES)
    #: Blocks of the start page, of the visitors' page and of 我的資料.
    dashboard: tuple[Block, ...] = into(DASHBOARD)
    landing: tuple[Block, ...] = into(LANDING)
    profile: tuple[Block, ...] = into(PROFILE)
    #: Rows of the start page's lists: 等我處理, 即將到期, 最近通知.
    waiting: tuple[Rows, ...] = into(WAITING)
    expiring: tuple[Rows, ...] = into(EXPIRING)
    recent: tuple[Rows, ...] = into(RECENT)
    #: Pages of the guide, templates/guide/<slug>.html.
    guide: tuple[GuidePage, ...] = into(GUIDE)
    #: What runs by itself.
    jobs: tuple[Job, ...] = into(JOBS)
    #: Who delivers mail, and who counts unread notices: one part at most.
    deliverer: tuple[Deliverer, ...] = into(DELIVERER)
    unread: tuple[Callable[[Any], int], ...] = into(UNREAD)
    #: Where the parts of the demonstration stand, which is loaded where the site is one.
    demonstrations: tuple[str, ...] = ()

    def enter(self) -> None:
        """Put everything into its registry. A code that another part has entered is refused."""
        for one in fields(self):
            if "into" in one.metadata:
                one.metadata["into"].add(*getattr(self, one.name))
        for where in self.demonstrations if settings.DEMO else ():
            told: Demonstration = import_string(where)
            DEMONSTRATIONS.add(told)
            owner = str(apps.get_app_config(self.name).verbose_name) if self.name in settings.SCHEMES else ""
            DEMO_ROLES.add(*(replace(role, scheme=owner) for role in told.roles))

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

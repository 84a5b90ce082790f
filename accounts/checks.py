"""System checks of what apps register here."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register
from django.urls import NoReverseMatch, reverse

from accounts.navigation import all_items
from accounts.roles import all_rights, all_roles


@register
def navigation_leads_somewhere(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for item in all_items():
        try:
            reverse(item.url_name)
        except NoReverseMatch:
            found.append(
                Error(f"The menu entry {item.label} leads to {item.url_name}, which is no address.", id="accounts.E001")
            )
    return found


@register
def roles_and_menu_name_declared_rights(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    declared = {right.code for right in all_rights()}
    found: list[CheckMessage] = []
    for role in all_roles():
        found += [
            Error(f"The role {role.code} bundles {code}, which no app declares.", id="accounts.E002")
            for code in role.rights
            if code not in declared
        ]
    for item in all_items():
        if item.right is not None and item.right not in declared:
            found.append(
                Error(f"The menu entry {item.label} asks for {item.right}, which no app declares.", id="accounts.E003")
            )
    return found

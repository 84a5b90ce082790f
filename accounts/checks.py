"""System checks of what the parts of the site bring."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import NoReverseMatch, reverse

from accounts.certificates.authorities import authorities
from accounts.certificates.software_card import TEST_ORGANISATION
from accounts.navigation import all_items
from accounts.roles import RIGHTS, all_roles


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


def roles_and_menu_name_declared_rights(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for role in all_roles():
        found += [
            Error(f"The role {role.code} bundles {code}, which no app declares.", id="accounts.E002")
            for code in role.rights
            if code not in RIGHTS
        ]
    for item in all_items():
        if item.right is not None and item.right not in RIGHTS:
            found.append(
                Error(f"The menu entry {item.label} asks for {item.right}, which no app declares.", id="accounts.E003")
            )
    return found


def certificates_have_somebody_to_trust(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Where passwords are closed, cards must open; and on a real site no card of the demonstration's authority does."""
    anchors = authorities().anchors
    found: list[CheckMessage] = []
    if settings.CERTIFICATE_SIGN_IN and not anchors:
        found.append(
            Error(
                "CERTIFICATE_SIGN_IN is on, but CERTIFICATE_FOLDER/anchors holds no certificate: nobody could sign in.",
                hint="docs/certificate-sign-in.md says what belongs there.",
                id="accounts.E004",
            )
        )
    if not settings.DEBUG and any(TEST_ORGANISATION in str(one.subject.rfc4514_string()) for one in anchors):
        found.append(
            Error(
                "CERTIFICATE_FOLDER/anchors holds the test authority: anybody with its software card could sign in.",
                hint="Remove test-root.pem.",
                id="accounts.E005",
            )
        )
    return found


def enter() -> None:
    register(navigation_leads_somewhere)
    register(roles_and_menu_name_declared_rights)
    register(certificates_have_somebody_to_trust, Tags.security, deploy=True)

"""System checks: what must not reach production.

`manage.py check --deploy` runs them; `./dev check` runs that with the environment of a production site.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


def demonstration_is_off(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The demonstration offers one sign-in button per role: with DEBUG off it would let anybody in."""
    if settings.DEMO and not settings.DEVELOPMENT:
        return [
            Error(
                "DEMO is on while DEBUG is off: the sign-in page would let anybody in as any role.",
                hint="Set DEMO=0.",
                id="portal.E001",
            )
        ]
    return []


def staff_use_a_second_factor(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """STAFF_SECOND_FACTOR may be off only where nothing is at stake."""
    if not settings.STAFF_SECOND_FACTOR and not settings.DEVELOPMENT:
        return [
            Error(
                "STAFF_SECOND_FACTOR is off while DEBUG is off: agency staff would sign in by password alone.",
                hint="Set STAFF_SECOND_FACTOR=1.",
                id="portal.E002",
            )
        ]
    return []


def policy_has_no_unsafe_source(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A content-security policy with 'unsafe-inline' or 'unsafe-eval' protects against little."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    unsafe = sorted(name for name, sources in directives.items() if "unsafe" in str(sources))
    if unsafe:
        return [Error(f"The content-security policy allows unsafe sources in: {', '.join(unsafe)}.", id="portal.E003")]
    return []


def enter() -> None:
    for check in (demonstration_is_off, staff_use_a_second_factor, policy_has_no_unsafe_source):
        register(check, Tags.security, deploy=True)

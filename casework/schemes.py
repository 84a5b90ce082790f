"""The schemes there are, whether their site is built yet or only their rules: found, because casework names none of them."""

import importlib

from django.conf import settings


def load_rules() -> list[str]:
    """Import the rules (and with them the figures) of every scheme in the tree; the packages, installed ones first."""
    found = sorted(
        path.parent.name
        for path in (*settings.BASE_DIR.glob("*/rules.py"), *settings.BASE_DIR.glob("*/rules/__init__.py"))
    )
    ordered = [
        *(name for name in settings.SCHEMES if name in found),
        *(name for name in found if name not in settings.SCHEMES),
    ]
    for name in ordered:
        importlib.import_module(f"{name}.rules")
    return ordered

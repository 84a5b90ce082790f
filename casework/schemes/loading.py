"""The schemes there are, whether their site is built yet or only their rules: found, because casework names none of them."""

import importlib

from django.conf import settings


def load_rules() -> list[str]:
    """Import the rules (and with them the figures) of every scheme in the tree; the packages, installed ones first."""
    base = settings.BASE_DIR
    files = (*base.glob("*/rules.py"), *base.glob("*/rules/__init__.py"))
    found = sorted({path.relative_to(base).parts[0] for path in files} - {"casework"})
    ordered = [name for name in settings.SCHEMES if name in found]
    ordered += [name for name in found if name not in ordered]
    for name in ordered:
        importlib.import_module(f"{name}.rules")
    return ordered

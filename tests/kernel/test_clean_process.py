"""The kernel, and every app's figures, states and rules, run where Django was never imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]


def pure_modules() -> list[str]:
    kernel = [f"kernel.{p.stem}" for p in sorted((ROOT / "kernel").glob("*.py")) if p.stem[0] != "_"]
    parts = [
        p for app in settings.SCHEMES for name in ("params", "states", "rules") for p in (ROOT / app).glob(f"{name}*")
    ]
    scheme = [f"{p.parent.name}.{p.stem}" for p in sorted(parts) if p.suffix == ".py" or (p / "__init__.py").exists()]
    return kernel + scheme


def test_no_django() -> None:
    """One process imports them all; for each it says which modules of Django came with it."""
    code = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
    print(name, *sorted(one for one in sys.modules if one.split(".")[0] == "django"))
"""
    modules = pure_modules()
    done = subprocess.run(
        [sys.executable, "-c", code, *modules], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout.splitlines(), done.stderr) == (0, modules, "")

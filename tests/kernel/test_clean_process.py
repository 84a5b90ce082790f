"""The kernel, and every app's figures, states and rules, run where Django was never imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("ojt_accounts", "senior45", "ohs_training", "ojt_subsidy", "vrs_credentials")


def pure_modules() -> list[str]:
    kernel = [f"casework.kernel.{p.stem}" for p in sorted((ROOT / "casework/kernel").glob("*.py")) if p.stem[0] != "_"]
    parts = [p for app in APPS for name in ("params", "states", "rules") for p in (ROOT / app).glob(f"{name}*")]
    scheme = [f"{p.parent.name}.{p.stem}" for p in sorted(parts) if p.suffix == ".py" or (p / "__init__.py").exists()]
    return kernel + scheme


@pytest.mark.parametrize("module", pure_modules())
def test_no_django(module: str) -> None:
    code = f"import sys, {module}\nprint(*sorted(m for m in sys.modules if m.split('.')[0] == 'django'))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")

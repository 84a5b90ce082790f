"""Rules, figures and states load where Django was never imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_no_django():
    code = "import sys, vrs_credentials.rules, vrs_credentials.params, vrs_credentials.states; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0

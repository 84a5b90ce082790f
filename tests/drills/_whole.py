"""Tests that have a longer form (`--whole`), run so on tables of the drill's own."""

import subprocess
import sys
from typing import Any

from devtools.environment import ROOT
from tests.drills._site import EMPTY, Site, check

#: Of a drill's site and not of a test.
OF_A_SITE = {"EMAIL_URL", "LOG_LEVEL", "SITE_URL", "STAFF_SECOND_FACTOR"}


def run(site: Site, *arguments: str) -> dict[str, Any]:
    """pytest's own summary. Raises AssertionError with what failed."""
    site.disconnect()
    command = [sys.executable, "-m", "pytest", "-m", "whole", "--whole", "-q", "-p", "no:cacheprovider", *arguments]
    environ = {name: value for name, value in site.environ.items() if name not in OF_A_SITE}
    environ["TEST_DATABASE_TEMPLATE"] = EMPTY
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
    summary = done.stdout.strip().rpartition("\n")[2]
    check(done.returncode == 0, summary)
    return {"tests": summary}

"""Every page of the demonstration in a browser 每一頁: no violation of axe-core, nothing wider than 320 px. The suite looks at the
fewest pages that show each layout, component, panel and widget."""

from typing import Any

from tests.drills import _whole
from tests.drills._site import Site

WALK = "tests/security/test_demonstration.py"


def run(site: Site) -> dict[str, Any]:
    return _whole.run(site, WALK)

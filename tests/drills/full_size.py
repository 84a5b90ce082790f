"""Whatever else the suite asks in part, in full 全數: every visitor at every address, sheets of as many rows as one may hold."""

from typing import Any

from tests.drills import _whole, every_page
from tests.drills._site import Site


def run(site: Site) -> dict[str, Any]:
    return _whole.run(site, f"--ignore={every_page.WALK}")

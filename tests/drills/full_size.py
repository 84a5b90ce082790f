"""Whatever else the suite asks in part, in full 全數: every visitor at every address, every role in every
state, sheets of fifty thousand rows."""

from typing import Any

from tests.drills import _whole, every_page
from tests.drills._site import Site


def run(site: Site) -> dict[str, Any]:
    return _whole.run(site, f"--ignore={every_page.WALK}")

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.clock import now
from casework.intake import judge
from casework.intake.judge import Verdict
from casework.services import attachments
from ojt_accounts.models import Application
from tests.ohs_training import world as worlds
from tests.ojt_accounts.faces import signed_in

_known: dict[tuple[str, Any], Verdict] = {}


@pytest.fixture(autouse=True)
def _each_file_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes get the same verdict: the confined subprocess runs once per file and not once per upload."""

    def remembered(path: Path, **given: Any) -> Verdict:
        key = (hashlib.sha256(Path(path).read_bytes()).hexdigest(), str(given))
        if key not in _known:
            _known[key] = judge(path, **given)
        return _known[key]

    monkeypatch.setattr(attachments, "judge", remembered)


@pytest.fixture
def here(db: None) -> worlds.World:
    return worlds.world()


@pytest.fixture
def application(here: worlds.World) -> Application:
    """A draft in which nothing is filled in."""
    return worlds.preparing.start(
        unit=here.unit,
        kind="new_unit",
        program_year=here.intake.program_year,
        county=here.county,
        intake=here.intake,
        by=here.contact,
        at=now(),
    )


@pytest.fixture
def mine(here: worlds.World) -> Client:
    """The browser of the unit's contact."""
    return signed_in(here.contact)

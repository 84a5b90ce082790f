import pytest
from django.test import Client

from accounts.clock import now
from ojt_accounts.models import Application
from tests.ojt_accounts import world as worlds
from tests.ojt_accounts.faces import signed_in


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

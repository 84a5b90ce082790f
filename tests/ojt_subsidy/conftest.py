import pytest

from casework.entitlements import ANSWERERS
from tests.ojt_subsidy import world as worlds


@pytest.fixture(autouse=True)
def _no_register_of_accounts() -> None:
    """A site without the scheme that opens accounts: whether a unit holds a right of the year is asked in test_entitlements."""
    ANSWERERS.clear()


@pytest.fixture
def here(db: None) -> worlds.World:
    return worlds.world()

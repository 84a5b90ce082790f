import pytest

from tests.vrs_credentials import world as worlds


@pytest.fixture
def here(db: None) -> worlds.World:
    return worlds.world()

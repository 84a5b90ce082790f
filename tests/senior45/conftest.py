import pytest

from tests.senior45 import world as worlds


@pytest.fixture
def here(db: None) -> worlds.World:
    return worlds.world()

import pytest

from tests.judging import judged_once  # noqa: F401 - a fixture
from tests.ojt_accounts import world as worlds


@pytest.fixture(autouse=True)
def _each_file_judged_once(judged_once: None) -> None:  # noqa: F811
    """Papers of these tests are alike."""


@pytest.fixture
def here(db: None) -> worlds.World:
    return worlds.world()

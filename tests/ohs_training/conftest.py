import pytest

from tests.judging import judged_once  # noqa: F401 - a fixture


@pytest.fixture(autouse=True)
def _each_file_judged_once(judged_once: None) -> None:  # noqa: F811
    """The confined subprocess runs once per file and not once per upload."""

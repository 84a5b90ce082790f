from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command


def test_the_drawings_are_those_of_the_code() -> None:
    call_command("state_diagrams", "--check")


def test_a_drawing_that_fell_behind_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    with pytest.raises(CommandError, match=r"ojt_accounts\.application\.md"):
        call_command("state_diagrams", "--check")

"""The parts of the site enter what they bring once, and beside nobody else's."""

import pytest
from django.conf import settings

from accounts.parts import Part, parts
from accounts.roles import RIGHTS, Right, Side
from kernel.jobs import JOBS, At, Job
from kernel.registry import EnteredTwice, Registry

TRIED = Part(
    name="tried",
    rights=(Right("tried.look", "試看", Side.OFFICE),),
    jobs=(Job("試作", "tried.tasks.look", At(minute=1)),),
)


def test_every_part_of_the_settings_is_there_and_has_entered() -> None:
    assert [one.name for one in parts()] == ["accounts", "casework", *settings.SCHEMES]
    assert sum(len(one.rights) for one in parts()) == len(RIGHTS)
    assert sum(len(one.jobs) for one in parts()) == len(JOBS)
    assert all(len(one) for one in Registry.every if one.what != "person of the demonstration" or settings.DEMO)


def test_a_part_stands_among_the_others_for_a_while() -> None:
    with TRIED.entered():
        assert RIGHTS["tried.look"].label == "試看"
        assert "tried.tasks.look" in JOBS
    assert "tried.look" not in RIGHTS
    assert "tried.tasks.look" not in JOBS


@pytest.mark.parametrize("part", parts(), ids=lambda one: one.name)
def test_no_part_enters_twice(part: Part) -> None:
    with pytest.raises(EnteredTwice, match="is entered twice"):
        part.enter()


def test_two_parts_cannot_bring_one_code() -> None:
    with TRIED.entered(), pytest.raises(EnteredTwice, match=r"right tried\.look is entered twice: .*試看.*再看"):
        Part(name="other", rights=(Right("tried.look", "再看", Side.OFFICE),)).enter()

"""The three tables of the scheme: ways through them, and ways there are not."""

import pytest

from kernel.machine import NotAllowed
from senior45.states import ARTICLE, INVENTORY_LINE, REQUEST
from tests.machines import walk


def test_a_request_passes_the_head_the_window_and_the_opener() -> None:
    assert walk(REQUEST, "submit", "decline", "submit", "approve", "file", "complete") == "done"
    assert len({REQUEST.transition(act).permission for act in ("submit", "approve", "file", "complete")}) == 4


def test_nothing_is_filed_without_the_head() -> None:
    for state in ("draft", "at_head", "returned"):
        with pytest.raises(NotAllowed):
            REQUEST.move(state, "file")


def test_an_article_is_written_and_reviewed_under_different_permissions() -> None:
    assert (
        walk(ARTICLE, "submit", "send_back", "submit", "publish", "revise", "submit", "publish", "expire") == "expired"
    )
    assert ARTICLE.transition("submit").permission != ARTICLE.transition("publish").permission


def test_an_unanswered_line_can_still_be_answered_or_closed() -> None:
    assert walk(INVENTORY_LINE, "escalate", "keep", "correct", "stop", "close") == "stopped"
    assert walk(INVENTORY_LINE, "escalate", "close") == "stopped"

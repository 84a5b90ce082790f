"""The tables of the scheme: ways through them, and ways there are not."""

import pytest

from kernel.acts import NotAllowed
from senior45.acts import ARTICLE_ACTS, REQUEST_ACTS
from senior45.states import INVENTORY_LINE
from tests.machines import walk


def test_a_request_passes_the_head_the_window_and_the_opener() -> None:
    assert walk(REQUEST_ACTS, "submit", "decline", "submit", "approve", "file", "complete") == "done"
    assert len({REQUEST_ACTS.act(code).right for code in ("submit", "approve", "file", "complete")}) == 4


def test_nothing_is_filed_without_the_head() -> None:
    for state in ("draft", "at_head", "returned"):
        with pytest.raises(NotAllowed):
            REQUEST_ACTS.move(state, "file")


def test_an_article_is_written_and_reviewed_under_different_rights() -> None:
    way = ("submit", "send_back", "submit", "publish", "revise", "submit", "publish", "expire")
    assert walk(ARTICLE_ACTS, *way) == "expired"
    assert ARTICLE_ACTS.act("submit").right != ARTICLE_ACTS.act("publish").right


def test_an_unanswered_line_can_still_be_answered_or_closed() -> None:
    assert walk(INVENTORY_LINE, "escalate", "keep", "correct", "stop", "close") == "stopped"
    assert walk(INVENTORY_LINE, "escalate", "close") == "stopped"

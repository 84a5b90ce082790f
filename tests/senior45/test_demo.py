"""The demonstration is told by the acts themselves: a case in every state, each with a whole history."""

import pytest

from accounts.services.offices import load_offices
from casework.cases.events import broken_links
from casework.models import Case
from senior45 import demo
from senior45.acts import ARTICLE_ACTS, REQUEST_ACTS
from tests.security.demonstration import quick_papers

pytestmark = pytest.mark.django_db


def test_a_request_and_a_text_stand_in_every_state() -> None:
    load_offices()
    with quick_papers():
        demo.build()
    for table in (REQUEST_ACTS, ARTICLE_ACTS):
        cases = Case.objects.filter(kind=table.kind)
        assert {case.state for case in cases} == {state.code for state in table.states}
        assert [case.number for case in cases if broken_links(case)] == []

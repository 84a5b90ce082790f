"""輪到您處理 within an institution: only who may take the next step is asked for it."""

import pytest

from accounts.roles import Side
from casework.cases.access import rights_on
from casework.models import Case
from casework.views import acts, words
from tests.ohs_training import world as w

pytestmark = pytest.mark.django_db


def test_a_tutor_is_not_asked_for_what_only_the_staff_may_do() -> None:
    """A planned class is the staff's; a running one both may end."""
    here = w.world()
    for case, of_the_tutor in ((w.planned(here), False), (w.running(here), True)):
        case = Case.objects.get(pk=case.pk)
        assert words.waits_for(case, here.staff) == ""
        assert words.waits_for(case, here.tutor) == ("" if of_the_tutor else "訓練機構承辦人")


def test_acts_under_the_same_words_are_shown_once_with_what_holds_this_state_up() -> None:
    """Three acts issue papers; the page shows one button, off, with the reason and not with the name of the state."""
    here = w.world()
    case = Case.objects.get(pk=w.ended(here).pk)
    shown = acts.buttons(case, rights_on(here.staff, case), Side.APPLICANT)
    said = [one.why for one in shown if one.act.pressed == "發給證書／證明"]
    assert said == ["專業訓練應於測驗後發給結業證書。"]

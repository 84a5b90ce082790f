"""輪到您處理 within an institution: only who may take the next step is asked for it."""

import pytest

from casework.models import Case
from casework.views import words
from tests.ohs_training import world as w

pytestmark = pytest.mark.django_db


def test_a_tutor_is_not_asked_for_what_only_the_staff_may_do() -> None:
    """A planned class is the staff's; a running one both may end."""
    here = w.world()
    for case, of_the_tutor in ((w.planned(here), False), (w.running(here), True)):
        case = Case.objects.get(pk=case.pk)
        assert words.waits_for(case, here.staff) == ""
        assert words.waits_for(case, here.tutor) == ("" if of_the_tutor else "訓練機構承辦人")

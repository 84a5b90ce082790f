"""S45-17: a signature stands for the words that were signed. Any change clears it, only the person signs, a paper prints it only
beside the words it covers."""

import pytest
from django.urls import reverse

from accounts.clock import now
from accounts.models import User
from casework.cases.doing import perform
from casework.errors import Refused
from casework.models import Case, Notice
from senior45 import documents
from senior45.models import AccountRequest
from senior45.selectors import changed_since_approval, request_of
from tests.senior45 import world as w
from tests.senior45.test_pages import as_

pytestmark = pytest.mark.django_db


def printed(case: Case) -> tuple[str, str]:
    """The user's and the head's signature as 附件1 shows them."""
    context = documents.request_context(case, request_of(case))
    return context["accepted"], (context["head"] or {"name": ""})["name"]


@pytest.fixture
def returned(here: w.World) -> Case:
    """Signed by the user, approved by the head, filed, sent back by the branch."""
    case = w.filed(here)
    accepted, head = printed(case)
    assert "線上簽署" in accepted and head == "head"
    return perform(case, "send_back", reason="請補職稱", by=here.opener, at=now()).case


def press(user: User, case: Case, act: str, **given: str) -> int:
    return as_(user).post(reverse("casework:act", args=[case.number, act]), given).status_code


def test_a_returned_round_is_not_printed_and_the_users_own_words_stay_signed(here: w.World, returned: Case) -> None:
    accepted, head = printed(returned)
    assert "線上簽署" in accepted and head == ""


@pytest.mark.parametrize("who", ["newcomer", "window"])
def test_any_change_by_anyone_clears_both_signatures(here: w.World, returned: Case, who: str) -> None:
    perform(returned, "edited", data={"title": "督導", "phone": "06-2992222"}, by=here.people[who], at=now())
    assert printed(returned) == ("", "")
    request = request_of(returned)
    assert request.accepted_at is None and request.terms is None
    told = Notice.objects.filter(code="senior45.sign_again", user=here.newcomer)
    assert told.count() == (who == "window")


def test_saving_the_same_words_clears_nothing(here: w.World, returned: Case) -> None:
    request = request_of(returned)
    perform(
        returned, "edited", data={name: getattr(request, name) for name in request.FIELDS}, by=here.window, at=now()
    )
    assert "線上簽署" in printed(returned)[0]


def test_only_the_person_signs_what_the_window_wrote(here: w.World, returned: Case) -> None:
    perform(returned, "edited", data={"title": "督導"}, by=here.window, at=now())
    case = Case.objects.get(pk=returned.pk)
    with pytest.raises(Refused, match="第5點、第6點"):
        perform(case, "submit", accepted=True, by=here.window, at=now())
    page = as_(here.window).get(reverse("casework:case", args=[case.number])).content.decode()
    assert 'name="accepted"' not in page and "須由申請人王小明本人登入" in page
    assert press(here.window, case, "submit", accepted="on", version=str(case.version)) == 422
    assert Case.objects.get(pk=case.pk).state == "returned"
    page = as_(here.newcomer).get(reverse("casework:case", args=[case.number])).content.decode()
    assert 'name="accepted"' in page
    assert press(here.newcomer, case, "submit", accepted="on", version=str(case.version)) == 302
    assert Case.objects.get(pk=case.pk).state == "at_head"


def test_the_window_is_offered_no_pledge_of_somebody_else(here: w.World, returned: Case) -> None:
    """Nothing was changed: the signature stands, and the window may send the form on without ticking for the user."""
    page = as_(here.window).get(reverse("casework:case", args=[returned.number])).content.decode()
    assert 'name="accepted"' not in page
    assert press(here.window, returned, "submit", version=str(returned.version)) == 302
    assert Case.objects.get(pk=returned.pk).state == "at_head"


def test_the_head_sees_what_changed_since_the_last_approval(here: w.World, returned: Case) -> None:
    assert changed_since_approval(request_of(returned)) == {}
    perform(returned, "edited", data={"title": "督導"}, by=here.window, at=now())
    case = Case.objects.get(pk=returned.pk)
    perform(case, "edited", data={"title": "主任"}, by=here.newcomer, at=now())
    case = perform(Case.objects.get(pk=case.pk), "submit", accepted=True, by=here.newcomer, at=now()).case
    changed = changed_since_approval(request_of(case))
    lines = [(one["label"], one["before"], one["after"]) for one in changed["changes"]]
    assert changed["by"] == "head" and lines == [("職稱", "就業服務員", "主任")]
    page = as_(here.head).get(reverse("casework:case", args=[case.number])).content.decode()
    assert "單位主管核定後有修改" in page and "<ins>主任</ins>" in page
    assert printed(case)[1] == "", "the head has not approved these words"
    case = perform(case, "approve", by=here.head, at=now()).case
    assert printed(case)[1] == "head"
    page = as_(here.head).get(reverse("casework:case", args=[case.number])).content.decode()
    assert "單位主管核定後有修改" not in page


def test_a_signature_over_other_words_is_not_printed(here: w.World) -> None:
    """However the words came to differ: the paper asks the digest."""
    case = w.at_window(here)
    AccountRequest.objects.filter(case=case).update(title="另一個職稱")
    assert printed(case)[1] == ""


def test_the_answered_form_carries_every_signature(here: w.World) -> None:
    case = perform(w.filed(here), "complete", by=here.opener, at=now()).case
    context = documents.request_context(case, request_of(case))
    assert context["head"]["name"] == "head" and context["agency"]["reviewer"] == "opener"

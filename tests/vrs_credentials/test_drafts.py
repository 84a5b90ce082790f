"""What is typed is kept until it is saved: the wizard, own education, a new course. And a reviewer's page, which offers no desk."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.clock import now, today
from casework.cases import work
from casework.errors import NotPermitted
from casework.law.in_force import law_in_force
from casework.models import Draft
from tests.vrs_credentials import world as w
from tests.vrs_credentials.test_pages import browser, get
from vrs_credentials.rules.wizard import Background, propose

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False


def typed(client: Any, name: str, key: str, data: dict[str, Any]) -> str:
    """The page after the browser closed: what its own autosave would have sent comes back."""
    page = get(client, f"vrs_credentials:{name}")
    assert f'data-autosave="{reverse("casework:autosave")}"' in page
    assert f'name="draft_key" value="{key}"' in page
    assert client.post(reverse("casework:autosave"), {"draft_key": key, **data}).json()["saved"]
    return get(client, f"vrs_credentials:{name}")


def test_the_wizard_comes_back_as_it_was_left(here: w.World) -> None:
    client = browser(here.applicant)
    answers = {
        "kind": "placement", "degree": "other", "licence": "false", "skill": "none", "programme": "true", "training": "0", "years": "1",
    }  # fmt: skip
    text = typed(client, "apply", "vrs.apply", answers)
    assert '<option value="placement" selected>' in text and '<option value="other" selected>' in text
    assert client.post(reverse("vrs_credentials:apply"), {**answers, "clause": "7-1-4"}).status_code == 302
    assert not Draft.objects.filter(user=here.applicant).exists()
    assert '<option value="other" selected>' not in get(client, "vrs_credentials:apply")


def test_answering_again_starts_from_the_answers_given(here: w.World) -> None:
    """重新回答, and nothing was kept by the browser itself."""
    client = browser(here.applicant)
    answers = {"kind": "placement", "degree": "other", "licence": "true", "skill": "c", "programme": "false", "training": "12", "years": "3"}  # fmt: skip
    proposals = client.post(reverse("vrs_credentials:apply"), answers).content.decode()
    assert "重新回答" in proposals
    text = get(client, "vrs_credentials:apply")
    for said in ('<option value="placement" selected>', '<option value="other" selected>', '<option value="c" selected>', 'value="12"', 'value="3"'):  # fmt: skip
        assert said in text, said


def test_the_clause_of_which_most_is_met_is_proposed_though_none_fits(here: w.World) -> None:
    given = Background("placement", degree="other", years=1)
    found = propose(given, on=today(), law=law_in_force())
    assert not any(one.fits for one in found)
    assert [len(one.why) for one in found] == sorted((len(one.why) for one in found), reverse=True) and found[0].why
    answers = {"kind": "placement", "degree": "other", "licence": "false", "skill": "none", "programme": "false", "training": "0", "years": "1"}  # fmt: skip
    text = browser(here.applicant).post(reverse("vrs_credentials:apply"), answers).content.decode()
    offered = re.findall(r'name="clause" value="([^"]+)"( checked)?', text)
    assert offered == [(one.clause, "" if n else " checked") for n, one in enumerate(found)]


def test_own_education_comes_back_and_another_person_sees_nothing_of_it(here: w.World) -> None:
    w.certified(here)
    client, other = browser(here.applicant), w.professional("另一人")
    w.certified(here, other)
    data = {"way": "seminar", "title": "打到一半的研討會", "kinds": ["placement"], "asked_hours": "6", "island": "on"}
    text = typed(client, "education_apply", "vrs.education", data)
    assert "打到一半的研討會" in text and '<option value="seminar" selected>' in text and text.count(" checked") == 2
    assert "打到一半的研討會" not in get(browser(other), "vrs_credentials:education_apply")
    wrong = client.post(reverse("vrs_credentials:education_apply"), data)
    assert wrong.status_code == 422 and Draft.objects.filter(user=here.applicant).count() == 1
    day = (today() - timedelta(days=1)).isoformat()
    whole = {**data, "organiser": "學會", "group": "ethics", "competence": "倫理", "area": "倫理", "starts_on": day, "ended_on": day}  # fmt: skip
    made = client.post(reverse("vrs_credentials:education_apply"), whole)
    # the certificate of today did not stand yesterday: refused at the field, and the draft is still there
    assert made.status_code == 422 and Draft.objects.filter(user=here.applicant).count() == 1
    whole |= {"starts_on": today().isoformat(), "ended_on": today().isoformat()}
    assert client.post(reverse("vrs_credentials:education_apply"), whole).status_code == 302
    assert not Draft.objects.filter(user=here.applicant).exists()


def test_a_new_course_comes_back(here: w.World) -> None:
    client = browser(here.clerk)
    teacher = w.lecturer(here)
    data = {
        "title": "打到一半的課程",
        "audience": ["placement", "assessor"],
        "lecturers": str(teacher.pk),
        "group_1": "law",
    }
    text = typed(client, "course_file", "vrs.course", data)
    assert "打到一半的課程" in text and '<option value="law" selected>' in text
    for value in ("placement", "assessor", str(teacher.pk)):
        assert re.search(rf'value="{value}"[^>]* (checked|selected)', text), value


def test_an_identifier_is_not_kept_in_a_draft(here: w.World) -> None:
    client = browser(here.clerk)
    typed(client, "course_file", "vrs.course", {"title": here.applicant.national_id, "place": "臺北"})
    assert Draft.objects.get(user=here.clerk).data == {"place": "臺北"}


def test_a_reviewer_is_offered_no_desk(here: w.World) -> None:
    """A grant on one case is for looking at it and giving an opinion: neither 認領 nor 改分, on the page and behind it."""
    case = w.assigned(here)
    reviewer, handler = browser(here.reviewers[0]), browser(here.handler)
    text, office = get(reviewer, "admin:case", case.number), get(handler, "admin:case", case.number)
    for words in ("認領</button>", "改分</button>"):
        assert words in office and words not in text
    assert "提出審查意見" in text
    for what in ("claim", "reassign"):
        answer = reviewer.post(
            reverse("admin:case_desk", args=[case.number, what]), {"version": case.version, "to": here.handler.pk}
        )
        assert answer.status_code in (403, 404, 422), what
    case.refresh_from_db()
    assert case.assignee is None
    with pytest.raises(NotPermitted):
        work.claim(case, by=here.reviewers[0], at=now())

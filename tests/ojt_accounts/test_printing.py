"""What the office reads of the identifiers on a paper (OA-20): masked, or whole once it said why; the unit prints its own forms whole."""

import subprocess

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.clock import now
from accounts.models import AccessLog, User
from casework.cases.doing import perform
from casework.models import Case, Document
from casework.papers import rendering
from kernel.identifiers import mask_person_id
from ojt_accounts import documents
from ojt_accounts.selectors import application_of, live_pledges
from tests.ojt_accounts import world as w
from tests.ojt_accounts.faces import at, signed_in

pytestmark = pytest.mark.django_db
WHY = {"reason": "核對申請人證件"}


@pytest.fixture(autouse=True)
def _no_second_factor(settings) -> None:
    settings.STAFF_SECOND_FACTOR = False


def text_of(answer: HttpResponse) -> str:
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=answer.content, capture_output=True, check=True)
    return found.stdout.decode()


def revealed(who: User) -> list[tuple[str, str]]:
    rows = AccessLog.objects.filter(action=AccessLog.Action.REVEAL, user=who)
    return list(rows.order_by("pk").values_list("subject", "reason"))


@pytest.fixture
def filed(here: w.World) -> Case:
    case = w.drafted(here)
    perform(case, "file", by=here.contact, at=now())
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def pages(filed: Case) -> dict[str, str]:
    """Address → the number that stands on its paper."""
    application = application_of(filed)
    form, pledge = application.account_forms.first(), live_pledges(application)[0]
    return {
        at("print_one", filed.number, "account", form.position): form.national_id,
        at("print_one", filed.number, "pledge", pledge.pk): pledge.national_id,
    }


def test_the_unit_prints_whole_and_a_chief_masked(here: w.World, pages: dict[str, str]) -> None:
    for page, number in pages.items():
        assert number in text_of(signed_in(here.contact).get(page))
        for who in (here.chief, here.approver):
            browser = signed_in(who)
            for answer in (browser.get(page), browser.get(page, {"full": "1"}), browser.post(page, WHY)):
                said = text_of(answer)
                assert number not in said and mask_person_id(number) in said and "遮蔽" in said
            assert not revealed(who)


def test_an_officer_says_why_first(here: w.World, filed: Case, pages: dict[str, str]) -> None:
    browser = signed_in(here.officer)
    for page, number in pages.items():
        before = len(revealed(here.officer))
        asked = browser.get(page)
        assert asked.status_code == 200 and asked["Content-Type"].startswith("text/html")
        assert "理由" in asked.content.decode() and number not in asked.content.decode()
        for short in ("", "核"):
            refused = browser.post(page, {"reason": short})
            assert refused.status_code == 422 and number not in refused.content.decode()
        assert len(revealed(here.officer)) == before
        assert number not in text_of(browser.get(page, {"masked": "1"}))
        assert number in text_of(browser.post(page, WHY))
        subject, reason = revealed(here.officer)[-1]
        assert len(revealed(here.officer)) == before + 1
        assert reason == WHY["reason"] and subject.startswith(f"{filed.number} 列印")


def test_a_paper_without_identifiers_is_asked_for_by_nobody(here: w.World, filed: Case) -> None:
    for who in (here.officer, here.chief):
        text_of(signed_in(who).get(at("print", filed.number, "cover")))
        text_of(signed_in(who).get(at("print", filed.number, "unit-form")))
    assert not AccessLog.objects.filter(action=AccessLog.Action.REVEAL).exists()


def test_an_issued_paper_is_read_masked_and_kept_whole(here: w.World, filed: Case) -> None:
    application = application_of(filed)
    application.case = filed
    form = application.account_forms.first()
    issued = documents.issue_account_form(filed, application, form, by=here.approver, at=now())
    page, number = f"/cases/documents/{issued.number}/", form.national_id
    assert number not in text_of(signed_in(here.chief).get(page))
    assert not Document.objects.get(pk=issued.pk).file  # a reading copy is not the paper
    assert "理由" in signed_in(here.officer).get(page).content.decode()
    assert number in text_of(signed_in(here.contact).get(page))
    kept = Document.objects.get(pk=issued.pk).sha256
    answer = signed_in(here.officer).post(page, WHY)
    assert number in text_of(answer) and revealed(here.officer) == [(f"文件 {issued.number}", WHY["reason"])]
    assert number not in text_of(signed_in(here.chief).get(page))
    assert Document.objects.get(pk=issued.pk).sha256 == kept
    assert Client().post(page, WHY).status_code == 302


def test_identifiers_are_masked_wherever_they_stand() -> None:
    said = {
        "rows": [{"national_id": "A123456789", "note": "原為B223456781，已更正"}, ("AB12345678", "OA-115-000001")],
        "photo": "data:image/png;base64,A123456789",
        "count": 3,
        "number": "XA1234567890",
    }
    assert rendering.masked(said) == {
        "rows": [{"national_id": "A12****789", "note": "原為B22****781，已更正"}, ("AB1****678", "OA-115-000001")],
        "photo": "data:image/png;base64,A123456789",
        "count": 3,
        "number": "XA1234567890",
    }

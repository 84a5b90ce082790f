"""/check/ over every kind of paper of every scheme: no draft is said to hold, and nobody reads there why a paper was revoked."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.clock import now, today
from accounts.models import Organisation
from casework.cases.doing import perform
from casework.cases.moving import open_case
from casework.models import Case, Document
from casework.papers import documents
from casework.papers.rendering import PAPERS as EVERY
from casework.papers.rendering import Paper
from kernel.dates import roc

pytestmark = pytest.mark.django_db
REASON = "查有準則第十四條第二款情事"
PAPERS = [pytest.param(one, id=one.code) for one in EVERY]


def checked(document: Document) -> str:
    answer = Client().get(f"/check/{document.number}/{document.check_code}/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def case() -> Case:
    office = Organisation.objects.create(name="承辦單位", kind=Organisation.Kind.COMMISSIONED, code="VRS-OFFICE")
    return open_case(kind="vrs_credentials.qualification", title="案", office=office, by=None, at=now())


def issued(case: Case, paper: Paper, **context: Any) -> Document:
    return documents.issue(case=case, paper=paper.code, context=context, public=[("結果", "核定")], by=None, at=now())


@pytest.mark.parametrize("paper", PAPERS)
def test_why_a_paper_was_revoked_is_on_no_public_page(case: Case, paper: Paper) -> None:
    one = issued(case, paper, letter_number="勞動發特字第1150500001號")
    assert "目前有效" in checked(one)
    documents.revoke(one, case=case, reason=REASON, by=None, at=now())
    text = checked(one)
    assert "這份文件已撤銷，不再有效" in text and REASON not in text and "目前有效" not in text
    assert case.events.get(code="document.revoked").reason == REASON


@pytest.mark.parametrize("paper", PAPERS)
def test_a_letter_without_its_number_is_a_draft_that_never_holds(case: Case, paper: Paper) -> None:
    assert paper.numbered or "函" not in paper.title, "a letter says that it is numbered"
    if paper.numbered:
        held = issued(case, paper, letter_number="勞動發特字第1150500001號")
        draft = issued(case, paper, letter_number=" ")
        assert draft.state == Document.State.DRAFT
        text = checked(draft)
        assert "這份文件是尚未發文的稿，沒有效力" in text and "目前有效" not in text
        assert Document.objects.get(pk=held.pk).state == Document.State.ISSUED, "a draft replaces nothing"


def test_a_revoked_accreditation_says_that_and_when() -> None:
    from tests.ohs_training import world as w

    here = w.world()
    assert here.accreditation is not None
    letter = here.accreditation.case.documents.filter(paper="ohs_accreditation").first()
    at = datetime(2026, 12, 1, 2, tzinfo=UTC)
    perform(
        here.accreditation.case, "revoke_or_abolish", grounds=["against_directive"], decision="withdrawn", happened_on=date(2026, 11, 1),
        letter_number="勞職衛2字第1150000009號", heard_on=date(2026, 11, 2), hearing="到場陳述。", reason=REASON, by=here.chief, at=at,
    )  # fmt: skip
    for one in Document.objects.filter(case=here.accreditation.case):
        assert REASON not in checked(one)
    if letter is not None:
        assert "這份文件已撤銷" in checked(letter) and "115/12/01" in checked(letter)


def test_a_revoked_certificate_and_its_letter_say_that_and_when() -> None:
    from tests.vrs_credentials import world as w

    here = w.world()
    one = w.certified(here)
    w.revoke(here, one, reason=REASON)
    letter = one.case.documents.get(paper="vrs.revocation")
    assert "目前有效" in checked(letter) and REASON not in checked(letter)
    said = [checked(paper) for paper in one.case.documents.exclude(pk=letter.pk)]
    assert len(said) == 2, "the certificate and the letter of its approval"
    for text in said:
        assert "已撤銷" in text and "目前有效" not in text and REASON not in text
        assert roc(today()) in text

"""審查委員: a guest of the office on the cases assigned, who reads and writes nothing there but papers and the own opinion."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.clock import now, today
from accounts.models import User
from casework.cases.doing import perform
from casework.cases.events import record
from casework.models import Attachment, Case, Event, Message, Notice
from casework.notices.messages import write
from kernel.dates import roc
from tests.vrs_credentials import world as w
from tests.vrs_credentials.test_pages import browser, get

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False


@pytest.fixture
def case(here: w.World) -> Case:
    """Under review, with a note of the office, a word to the applicant and one back."""
    found = w.assigned(here)
    write(found, kind=Message.Kind.NOTE, body="內部看法甲", by=here.handler, at=now())
    write(found, kind=Message.Kind.TO_APPLICANT, body="請您留意", by=here.handler, at=now())
    write(found, kind=Message.Kind.TO_OFFICE, body="謝謝告知", by=here.applicant, at=now())
    Notice.objects.filter(case=found).update(mail_state=Notice.Mail.SENT)
    return Case.objects.get(pk=found.pk)


def office_pages(user: User, case: Case) -> str:
    client = browser(user)
    return get(client, "admin:case", case.number) + get(client, "admin:case_as_of", case.number, on=roc(today()))


def test_a_reviewer_reads_neither_notes_nor_messages_nor_addresses(here: w.World, case: Case) -> None:
    """VRS-03."""
    text = office_pages(here.reviewers[1], case)
    assert "提出審查意見" in text and "內部註記" not in text and "重寄" not in text and "指派審查委員：" not in text
    for said in ("內部看法甲", "請您留意", "謝謝告知", here.applicant.email, here.reviewers[0].email):
        assert said not in text, said
    ours = office_pages(here.handler, case)
    for said in ("內部看法甲", "請您留意", "謝謝告知", here.applicant.email, "重寄", "指派審查委員："):
        assert said in ours, said


def test_a_reviewer_reads_the_own_opinion_in_the_timeline_and_not_the_others(here: w.World, case: Case) -> None:
    perform(case, "opinion", verdict="doubt", comment="科系存疑", by=here.reviewers[0], at=now())
    assert "審查委員提出意見" in office_pages(here.reviewers[0], case)
    other = office_pages(here.reviewers[1], case)
    assert "審查委員提出意見（內部）" not in other and "科系存疑" not in other


def test_what_the_office_does_a_reviewer_cannot(here: w.World, case: Case) -> None:
    client = browser(here.reviewers[0])
    paper = case.attachments.filter(removed_at=None).first()
    assert paper is not None
    Attachment.objects.filter(pk=paper.pk).update(attested_at=now())
    assert "確認與正本相符" not in get(client, "admin:case", case.number)
    notice = Notice.objects.filter(case=case, user=here.applicant).first()
    assert notice is not None
    given = {"version": case.version, "kind": "note", "body": "再註記"}
    for name, args in (("case_message", []), ("case_confirm", [paper.pk]), ("case_resend", [notice.pk])):
        answer = client.post(reverse(f"admin:{name}", args=[case.number, *args]), given)
        assert answer.status_code == 404, (name, answer.status_code)
    given["kind"] = Message.Kind.TO_APPLICANT
    assert client.post(reverse("admin:case_message", args=[case.number]), given).status_code == 404
    assert case.messages.count() == 3 and not case.attachments.exclude(confirmed_at=None).exists()
    answer = browser(here.handler).post(reverse("admin:case_confirm", args=[case.number, paper.pk]), given)
    assert answer.status_code == 302 and case.attachments.exclude(confirmed_at=None).count() == 1


def test_the_applicant_is_never_told_who_reviews(here: w.World, case: Case) -> None:
    """Even where a line of the timeline was written by one of them."""
    who = here.reviewers[0]
    locked = Case.objects.get(pk=case.pk)
    record(locked, "message.to_applicant", "給申請人", by=who, at=now(), reason="請補充說明")
    assert Event.objects.filter(case=case, by=who, internal=False).exists()
    client = browser(here.applicant)
    page, then = (
        get(client, "casework:case", case.number),
        get(client, "casework:as_of", case.number, on=roc(today())),
    )
    stale = client.post(
        reverse("casework:act", args=[case.number, "withdraw"]), {"version": 1, "reason": "撤"}
    ).content.decode()
    for text in (page, then, stale):
        assert "請補充說明" in text and who.name not in text and "承辦機關" in text

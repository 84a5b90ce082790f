"""What a unit reads of its trainees: the rate, never the status behind it, an age, or what other courses were paid."""

import json
import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from casework.cases.doing import perform
from casework.intake.sample import paper
from casework.models import Case, Document, Event, Notice
from casework.notices.delivery import message
from kernel.dates import taipei_day
from ojt_subsidy.documents import issued
from ojt_subsidy.models import Closing, PaymentLine
from ojt_subsidy.params import IDENTITY_LABELS, Identity
from ojt_subsidy.rules.identity import GROUNDS
from ojt_subsidy.services import closing, evidence, paying
from ojt_subsidy.services.outside import enter_outside
from tests.ojt_subsidy import world as w
from tests.security.demonstration import quick_papers
from tests.security.walk import words_of

pytestmark = pytest.mark.django_db

STATUSES = [one for one in Identity if one is not Identity.NONE]
#: What every trainee was paid elsewhere, and the course.
ELSEWHERE, AMOUNT = "照顧服務員專班", 61_234
#: Where a unit reads of its own: its classes, its cases, its letters. Other pages speak of the law and of nobody.
OWN = re.compile(r"/(subsidy/classes|cases)/")


def _claimed(here, person, status: Identity, *, at) -> Case:
    """The status is claimed, shown and accepted."""
    answers = {
        "ground": "spouse_imprisoned", "reported_on": None, "lives_with_partner": False,
        "relatives": [{"relation": "descendant", "born_on": date(2016, 1, 1), "study": "none", "disability_card": False, "treatment_months": 0}],
    }  # fmt: skip
    given = {"answers": answers} if status is Identity.SINGLE_SUPPORTER else {}
    one = evidence.start_identity(person=person, county=here.county, identity=status.value, at=at, **given)
    upload = SimpleUploadedFile("a.pdf", paper("文件", ["x"]), content_type="application/pdf")
    perform(one.case, "add_paper", upload=upload, by=person, at=at)
    perform(one.case, "file", by=person, at=at)
    return perform(one.case, "accept", by=here.officer, at=at).case


def _class_of_every_status(here):
    """One trainee per status, the last claimed when the amounts stood already; paid elsewhere before, told of it late too."""
    people = {one: w.trainee(born_on=date(1955, 5, 1)) for one in STATUSES}
    at = w.now()
    for status in STATUSES[:-1]:
        _claimed(here, people[status], status, at=at)
    course = w.published(here)
    for person in people.values():
        enter_outside(
            national_id=person.national_id, scheme="care_service", title=ELSEWHERE, starts_on=taipei_day(at) - timedelta(days=200),
            amount=AMOUNT, employed=True, by=here.officer, at=at,
        )  # fmt: skip
    rows = [w.admitted(here, course, person) for person in people.values()]
    for row in rows:
        w.insured(here, row)
    after = w.held(here, course, rows)
    one = closing.start_closing(course, by=here.clerk, at=after)
    perform(one.case, "file", by=here.clerk, at=after)
    perform(one.case, "forward", by=here.officer, at=after)
    perform(one.case, "approve", by=here.chief, at=after)
    w.approved_lines(here, one, after)
    # A status accepted, and a course of another programme, when lines were approved: they are decided anew.
    _claimed(here, people[STATUSES[-1]], STATUSES[-1], at=after)
    enter_outside(
        national_id=people[STATUSES[0]].national_id, scheme="care_service", title="另一班", starts_on=course.starts_on,
        amount=7_000, employed=True, by=here.officer, at=after,
    )  # fmt: skip
    assert PaymentLine.objects.filter(state="pending").exists()
    return course, one, after


def _client(user) -> Client:
    visitor = Client(headers={"host": "localhost"})
    visitor.force_login(user)
    return visitor


def _walked(user, course) -> dict[str, str]:
    """Every page and paper the person can reach by links from their classes and cases, as text."""
    visitor = _client(user)
    found: dict[str, str] = {}
    numbers = Case.objects.filter(organisation=course.case.organisation_id).values_list("number", flat=True)
    papers = ("closing_cover", "roster", "sign_in_sheet", "subsidy_list")
    waiting = [
        "/subsidy/classes/",
        *(f"/cases/{one}/" for one in numbers),
        *(f"/subsidy/classes/{course.code}/papers/{one}/" for one in papers),
    ]
    while waiting:
        path = waiting.pop().split("#")[0]
        if path in found or not OWN.match(path):
            continue
        answer = visitor.get(path)
        if answer.status_code != 200:
            found[path] = ""
            continue
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if content.startswith(b"%PDF"):
            found[path] = words_of(content).decode(errors="replace")
            continue
        found[path] = content.decode(errors="replace")
        waiting += re.findall(r'href="(/[^"]*)"', found[path])
    return found


def _kept(case_pks, user) -> dict[str, str]:
    """What is kept for the unit's eyes: events, papers, letters."""
    events = Event.objects.filter(case__in=case_pks)
    papers = Document.objects.filter(case__in=case_pks)
    letters = Notice.objects.filter(user=user).select_related("case__office", "user")
    return {
        **{f"event {one.pk} {one.code}": f"{one.label} {one.reason} {json.dumps(one.outcomes, ensure_ascii=False)}" for one in events},
        **{f"paper {one.paper}": json.dumps([one.context, one.public], ensure_ascii=False) for one in papers},
        **{f"letter {one.pk}": f"{one.subject} {message(one).body}" for one in letters},
    }  # fmt: skip


def _secrets() -> list[str]:
    return [
        *(IDENTITY_LABELS[one] for one in STATUSES),
        *(one.value for one in STATUSES),
        *(one.label for one in GROUNDS.values()),
        ELSEWHERE, f"{AMOUNT:,}", str(AMOUNT), "另一班", "歲", "已使用及保留",
    ]  # fmt: skip


def test_no_unit_learns_a_status_or_another_courses_amount(here):
    """SUB-07, SUB-26: papers, pages, letters and events of the unit, walked as its clerk. The control: the same words stand
    where the branch and the person read them."""
    course, one, after = _class_of_every_status(here)
    with quick_papers():  # each word that a paper is made of, also where it would not be seen
        seen = _walked(here.clerk, course)  # one line is to be decided anew
    paying.approve_all(one.pk, by=here.chief, at=after)
    draft = issued.of_dossier(Closing.objects.get(pk=one.pk), "subsidy_list", after)
    seen |= {"draft": str(draft), **_kept([course.case_id, one.case_id], here.clerk)}
    listed = seen[f"/subsidy/classes/{course.code}/papers/subsidy_list/"]
    assert "補助比率為100%" in listed and "本次補助" in listed  # the walk reads what is to be read
    assert any("payment.approve" in path and "SUB-10" in text for path, text in seen.items())
    assert len(seen) > 30
    assert not {(path, secret) for path, text in seen.items() for secret in _secrets() if secret in text}

    page = _client(here.officer).get(f"/admin/subsidy/closings/{one.case.number}/").content.decode()
    assert IDENTITY_LABELS[Identity.DOMESTIC_VIOLENCE] in page and f"{AMOUNT:,}" in page
    row = course.enrolments.get(number=1 + STATUSES.index(Identity.REHABILITATED))
    mine = _client(row.person).get("/subsidy/payments/").content.decode()
    assert IDENTITY_LABELS[Identity.REHABILITATED] in mine


def test_a_letter_about_a_status_does_not_name_it(here):
    """The case's title goes into mails, lists and reasons: a mail that lies open says nothing."""
    who = w.trainee()
    case = _claimed(here, who, Identity.DOMESTIC_VIOLENCE, at=w.now())
    told = list(Notice.objects.filter(case=case))
    assert told and case.title == evidence.IDENTITY_TITLE
    assert not [one for one in told if IDENTITY_LABELS[Identity.DOMESTIC_VIOLENCE] in f"{one.subject} {one.body}"]

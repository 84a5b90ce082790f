"""Who asked not to be named stands in no log and on no page of the back office, through the whole course of a complaint."""

import io
import json
import logging
from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import AccessLog
from accounts.services.roles import grant_role
from casework.models import Case, Event, Notice
from casework.notices.delivery import deliver_due
from casework.rights import ADMINISTRATOR
from config.logging import configure
from ojt_subsidy.models import Complaint
from ojt_subsidy.services import complaining
from tests.ojt_subsidy import world as w

pytestmark = pytest.mark.django_db
NAME = "歐陽保密"


def _client(user):
    one = Client(headers={"host": "localhost"})
    one.force_login(user)
    return one


@pytest.fixture
def logged():
    """Every log line as it is written in production."""
    import structlog

    wanted, stream = configure(readable=False, level="INFO"), io.StringIO()
    made = wanted["formatters"]["line"]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=made["foreign_pre_chain"], processors=made["processors"])
    )
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def _whole_course(here, who):
    """Filed, read, taken, answered, mailed, refused by the mail system, insisted on, answered, closed: over the pages."""
    mine, office = _client(who), _client(here.complaints)
    posted = mine.post(
        reverse("ojt_subsidy:complain"),
        {"county": "67000", "about": "teacher", "body": "講師遲到", "confidential": "on"},
    )
    assert posted.status_code == 302
    case = Complaint.objects.get().case
    page, desk = reverse("casework:case", args=[case.number]), reverse("admin:case", args=[case.number])

    def act(visitor, name, address, **given):
        version = Case.objects.get(pk=case.pk).version
        answer = visitor.post(reverse(f"{name}", args=[case.number, address]), {"version": version, **given})
        assert answer.status_code == 302, answer.content.decode()[:2000]

    mine.get(page)
    act(office, "admin:case_act", "take")
    act(office, "admin:case_act", "answer", text="已請單位改善")
    deliver_due(at=w.now() + timedelta(minutes=1))
    Notice.objects.filter(user=who, code="ojt_subsidy.complaint_answered").update(
        mail_state="refused", error=f"550 <{who.email}> unknown"
    )
    mine.get(page)
    mine.get(reverse("ojt_subsidy:complaints"))
    act(mine, "casework:act", "insist", reason="仍未改善")
    act(office, "admin:case_act", "answer", text="再次要求改善")
    act(office, "admin:case_act", "close")
    office.get(desk)
    return case


def _pages(visitor, case, who):
    """Lists and single entries of the back office, and every page of the case."""
    paths = [
        reverse("admin:mail_log"),
        reverse("admin:mail_log") + "?state=refused",
        reverse("admin:case", args=[case.number]),
    ]
    for model in (Notice, Case, Event):
        if model in admin.site._registry:
            stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            paths.append(reverse(f"{stem}_changelist"))
            for pk in model.objects.values_list("pk", flat=True).order_by("-pk")[:40]:
                try:
                    paths.append(reverse(f"{stem}_change", args=[pk]))
                except NoReverseMatch:
                    break
    return {path: answer.content.decode() for path in paths if (answer := visitor.get(path)).status_code == 200}


def test_a_complainant_who_asked_for_it_is_named_nowhere(here, mailoutbox, logged):
    """SUB-16."""
    who = w.trainee(NAME)
    Notice.objects.filter(user=who).delete()  # what they were told before is about their own account
    far = w.person("他分署系統管理者")
    grant_role(user=far, role_code=ADMINISTRATOR, organisation=here.other, by=None, at=w.now())
    case = _whole_course(here, who)
    letter = Notice.objects.filter(user=who).first()
    assert mailoutbox and letter is not None
    assert (
        case.number not in f"{letter.subject} {letter.body} {letter.link} {letter.key}" and "陳情" not in letter.subject
    )
    seen = {}
    for reader in (far, here.officer, here.chief):
        seen |= {f"{reader.name} {path}": text for path, text in _pages(_client(reader), case, who).items()}
    assert any("mail" in path for path in seen) and any(letter.subject in text for text in seen.values())
    secrets = (NAME, who.email, who.account_name, who.national_id)
    assert not {(path, secret) for path, text in seen.items() for secret in secrets if secret in text}
    for event in Event.objects.filter(case=case):
        assert event.by_id != who.pk and NAME not in f"{event.label} {event.reason} {event.by_name}"
    assert not AccessLog.objects.filter(user=who).exclude(action__in=("sign_in", "id_proven")).exists()
    lines = [json.loads(line) for line in logged.getvalue().splitlines() if line.startswith("{")]
    about = [line for line in lines if case.number in json.dumps(line) or "/subsidy/complaints/" in json.dumps(line)]
    assert any(f"/cases/{case.number}/" in line.get("request", "") for line in about)  # the control: it is logged
    assert not [line for line in about if line.get("user_id") == who.pk]
    named = {line.get("request_id") for line in lines if line.get("user_id") == who.pk} - {None}
    assert not [line for line in about if line.get("request_id") in named]


def test_a_request_of_theirs_that_fails_names_them_in_no_log(here, logged):
    """Django writes a line of its own for what it refuses, and puts the request into it."""
    who = w.trainee(NAME)
    case = complaining.file_complaint(
        person=who, county=here.county, course=None, about="teacher", body="講師遲到", confidential=True, at=w.now()
    ).case
    mine, page = _client(who), reverse("casework:case", args=[case.number])
    answers = (
        mine.get(reverse("casework:message", args=[case.number])),  # reloaded
        mine.post(page, {"body": "\x00"}),
        mine.get(reverse("casework:act", args=[case.number, "take"])),
    )
    assert [one.status_code for one in answers] == [405, 400, 404]
    lines = [json.loads(line) for line in logged.getvalue().splitlines() if line.startswith("{")]
    about = [line for line in lines if case.number in json.dumps(line)]
    assert {"django.request"} < {line["logger"] for line in about}, "the control: both kinds of line are written"
    assert not [line for line in about if "user_id" in line or "ip" in line]

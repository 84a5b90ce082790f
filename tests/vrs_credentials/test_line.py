"""A certificate, the one it was renewed as, and revocation: what the pages say, what ends, what is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.clock import now, today
from casework.cases.doing import perform
from casework.deadlines.keeping import of_thing, owed
from casework.deadlines.sweeping import sweep
from casework.errors import NotAllowed, Refused
from casework.law.in_force import law_in_force
from casework.models import Case, Deadline, Document, Notice
from casework.papers.documents import bytes_of
from kernel.dates import roc
from tests.vrs_credentials import world as w
from tests.vrs_credentials.test_hours import _away as away
from tests.vrs_credentials.test_pages import browser, get
from vrs_credentials.models import Certificate, Renewal
from vrs_credentials.selectors.register import current_certificates, standing
from vrs_credentials.services import certifying, renewing, training
from vrs_credentials.services.registering import contradictions

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False


def ready(here: w.World) -> Certificate:
    """Its hours done, its window open."""
    one = w.older(w.certified(here), today() - 1060 * DAY)
    w.give_hours(one, {"professional": "60", "ethics": "12"}, held_on=today() - 100 * DAY, by=here.handler)
    return one


def renewed(here: w.World) -> tuple[Certificate, Certificate]:
    one = ready(here)
    case = w.approve(here, w.reported(here, w.renewal_filed(here, one)))
    return one, Certificate.objects.get(case=case)


# --- after a renewal (V4) -----------------------------------------------------------------------------------------------------


def test_after_a_renewal_the_old_card_asks_for_nothing(here: w.World) -> None:
    one, new = renewed(here)
    assert current_certificates(here.applicant, on=today()) == [one], "one card for one qualification"
    said = f"已更新為 {new.number}，自 {roc(new.starts_on)} 起"
    client = browser(here.applicant)
    for name, args in (("dashboard", ()), ("certificate", (one.pk,)), ("renew", (one.pk,))):
        text = get(client, f"vrs_credentials:{name}", *args)
        assert said in text, name
        assert "可申請更新" not in text and "申請更新（換證）" not in text and "申請換證" not in text, name
        assert "資格展延" not in text and "/plan/" not in text, name
        assert reverse("vrs_credentials:certificate", args=[new.pk]) in text, "the way to the new one"
    for name in ("plan", "lapsed"):
        assert client.get(reverse(f"vrs_credentials:{name}", args=[one.pk])).status_code == 302, name
    office = get(browser(here.handler), "admin:vrs_certificate", one.pk)
    assert "可申請更新" not in office and "有效（已更新）" in office


def test_once_the_renewed_one_runs_it_has_the_card_and_the_old_page_leads_to_it(here: w.World) -> None:
    one, new = renewed(here)
    with time_machine.travel(now() + 60 * DAY, tick=False):
        assert today() > one.valid_until and current_certificates(here.applicant, on=today()) == [new]
        found = standing(Certificate.objects.get(pk=one.pk), on=today(), law=law_in_force())
        assert found.label == ("已更新", "calm") and not found.may_renew
        assert found.serving == (f"資格已更新為 {new.number}，請看該證明。", "info")


def test_nobody_is_reminded_of_the_end_of_a_renewed_certificate(here: w.World) -> None:
    one, new = renewed(here)
    assert not of_thing(one).filter(owed()).exists()
    with time_machine.travel(now() + 40 * DAY, tick=False):
        sweep(on=today(), at=now())
    about = Notice.objects.filter(code__in=("vrs_credentials.ends_soon", "vrs_credentials.ended"))
    assert not [n for n in about if one.number in n.body]
    assert of_thing(new).filter(owed(), code=certifying.ENDS).exists()
    with pytest.raises(Refused, match="已更新，請在新證明上辦理"):
        renewing.record_way_back(
            one, away_from=today() - 100 * DAY, away_until=today(), consent_on=today(), consent_letter="函", by=here.handler, at=now()
        )  # fmt: skip


# --- revocation ends what rests on it (R01) --------------------------------------------------------------------------------------


def _extension(here: w.World, one: Certificate) -> Case:
    return away(here, one, today() + 2 * DAY, today() + 120 * DAY)


RUNNING: list[Callable[[w.World, Certificate], Case]] = [
    lambda here, one: renewing.start_renewal(one, person=here.applicant, at=now()).case,
    w.renewal_filed,
    lambda here, one: w.reported(here, w.renewal_filed(here, one)),
    _extension,
    lambda here, one: w.reported(here, _extension(here, one)),
    lambda here, one: w.hours_filed(here, one),
    lambda here, one: w.reported(here, w.hours_filed(here, one)),
]


KINDS = ["draft", "renewal", "renewal reported", "extension", "extension reported", "hours", "hours reported"]


@pytest.mark.parametrize("opened", RUNNING, ids=KINDS)
def test_a_revocation_ends_what_was_applied_for(here: w.World, opened: Any) -> None:
    one = ready(here)
    case = Case.objects.get(pk=opened(here, one).pk)
    w.revoke(here, one)
    case.refresh_from_db()
    assert (case.state, case.turn, case.due_on) == ("ended", "nobody", None)
    event = case.events.order_by("-seq").get(code="end")
    assert one.number in event.reason and "撤銷" in event.reason and event.by == here.approver
    told = Notice.objects.get(user=here.applicant, code="vrs_credentials.ended_by_revocation")
    assert told.case == case and one.number in told.body and "第十四條" not in told.body
    assert not Renewal.objects.filter(closed_at=None).exists()
    with pytest.raises(NotAllowed, match="已終止"):
        w.approve(here, case)
    with pytest.raises(NotAllowed):
        perform(case, "withdraw", by=here.applicant, at=now())
    assert Certificate.objects.count() == 1


def test_nothing_is_applied_for_or_granted_on_a_revoked_certificate(here: w.World) -> None:
    """Also what was already with the ministry when it was revoked by other means than this site's act."""
    one = ready(here)
    cases = [w.reported(here, w.renewal_filed(here, one)), w.reported(here, _extension(here, one))]
    hours = w.reported(here, w.hours_filed(here, one))
    draft = renewing.start_renewal
    end = one.ends_before
    Certificate.objects.filter(pk=one.pk).update(state="revoked", revoked_at=now(), revoked_reason="不實")
    for case in (*cases, hours):
        with pytest.raises(Refused, match=f"資格認證證明 {one.number} 已撤銷"):
            w.approve(here, case)
        assert w.reject(here, case, reason="資格已撤銷").state == "rejected", "the way out"
    one.refresh_from_db()
    assert one.ends_before == end and not one.entries.filter(initial_training=True).exists()
    with pytest.raises(Refused, match="已撤銷"):
        draft(one, person=here.applicant, at=now())
    with pytest.raises(Refused, match="已撤銷"):
        renewing.start_extension(
            one, reason="parental_leave", away_from=today(), away_until=today() + 120 * DAY, person=here.applicant, at=now()
        )  # fmt: skip
    with pytest.raises(Refused, match="已撤銷"):
        training.start(
            person=here.applicant, purpose="after", kind=one.kind, clause=one.clause, certificate=one, at=now()
        )
    with pytest.raises(Refused, match="已撤銷"):
        certifying.record_hired(one, hired_on=today(), consent=False, by=here.handler, at=now())


def test_a_draft_left_over_is_not_filed_once_its_certificate_is_revoked(here: w.World) -> None:
    one = ready(here)
    made = renewing.start_renewal(one, person=here.applicant, at=now())
    w.uploading.add_paper(
        made.case,
        code="pledge",
        label="切結書",
        uploads=[w.pdf()],
        by=here.applicant,
        at=now(),
        field="pledge",
        by_hand=True,
    )
    Certificate.objects.filter(pk=one.pk).update(state="revoked", revoked_at=now(), revoked_reason="不實")
    with pytest.raises(Refused, match="已撤銷"):
        perform(made.case, "file", by=here.applicant, at=now())


def test_clocks_of_training_end_with_the_certificate(here: w.World) -> None:
    one = w.certified(here, hired_on=today() - 20 * DAY)
    assert of_thing(one.follow_up).filter(owed()).exists()
    w.revoke(here, one)
    assert not Deadline.objects.filter(owed(), thing_kind__startswith="vrs_credentials.").exists()


def test_a_renewed_certificate_is_revoked_from_its_end(here: w.World) -> None:
    one, new = renewed(here)
    with pytest.raises(Refused, match=f"請先撤銷 {new.number}"):
        w.revoke(here, one)
    w.revoke(here, new)
    assert w.revoke(here, one).state == "revoked"


def test_after_the_renewed_one_was_revoked_the_old_one_is_not_renewed_again(here: w.World) -> None:
    """R21: previous is one-to-one; a second renewal could never be approved."""
    one, new = renewed(here)
    w.revoke(here, new)
    with pytest.raises(Refused, match=f"這張證明更新後之 {new.number} 已撤銷"):
        renewing.start_renewal(one, person=here.applicant, at=now())
    text = get(browser(here.applicant), "vrs_credentials:dashboard")
    assert f"更新後之 {new.number} 已於 {roc(today())} 撤銷" in text
    assert "申請更新（換證）" not in text and "可申請更新" not in text


def test_the_database_keeps_no_valid_certificate_after_a_revoked_one(here: w.World) -> None:
    one, new = renewed(here)
    with pytest.raises(IntegrityError, match="followed by a valid one"), transaction.atomic():
        Certificate.objects.filter(pk=one.pk).update(state="revoked", revoked_at=now())
    Certificate.objects.filter(pk=new.pk).update(state="revoked", revoked_at=now())
    Certificate.objects.filter(pk=one.pk).update(state="revoked", revoked_at=now())
    with pytest.raises(IntegrityError, match="follows a revoked one"), transaction.atomic():
        Certificate.objects.filter(pk=new.pk).update(state="valid", revoked_at=None)
    assert contradictions() == []


# --- what is said of it (A3, V24) ------------------------------------------------------------------------------------------------


def test_the_letter_of_a_revoked_qualification_does_not_hold(here: w.World) -> None:
    """Also one kept as issued: what it granted is gone."""
    one = w.certified(here)
    letter = Document.objects.get(case=one.case, paper="vrs.letter")
    page = f"/check/{letter.number}/{letter.check_code}/"
    assert "目前有效" in Client().get(page).content.decode()
    w.revoke(here, one)
    letter.refresh_from_db()
    assert letter.state == "revoked"
    Document.objects.filter(pk=letter.pk).update(state="issued")
    text = Client().get(page).content.decode()
    assert "目前有效" not in text and f"{one.number} 已於 {roc(today())} 撤銷" in text


def test_a_revocation_has_a_numbered_letter_with_reason_and_remedy(here: w.World) -> None:
    one = w.older(w.certified(here), today() - 10 * DAY)
    given = {"reason": "查有準則第十四條情事", "by": here.approver, "at": now()}
    for number, day, why in (
        (" ", today(), "請填寫發文字號"),
        (w.LETTER, today() + DAY, "不得晚於今日"),
        (w.LETTER, today() - 11 * DAY, "不得早於核發該證明之發文日期"),
    ):
        with pytest.raises(Refused, match=why):
            certifying.revoke(one, letter_number=number, letter_on=day, **given)
    assert Certificate.objects.get().state == "valid" and not Document.objects.filter(paper="vrs.revocation").exists()
    w.revoke(here, one)
    letter = Document.objects.get(paper="vrs.revocation")
    assert letter.state == "issued" and bytes_of(letter).startswith(b"%PDF")
    printed = render_to_string("papers/vrs/revocation.html", {**letter.context, "paper": letter})
    for said in (one.number, w.LETTER, "查有準則第十四條情事", "準則」第14條", "提起訴願"):
        assert said in printed, said
    told = Notice.objects.get(user=here.applicant, code="vrs_credentials.revoked")
    assert w.LETTER in told.body and "查有準則第十四條情事" in told.body
    text = Client().get(f"/check/{letter.number}/{letter.check_code}/").content.decode()
    assert "目前有效" in text and w.LETTER in text and "第十四條" not in text and "王小明" not in text


def test_who_lost_a_qualification_is_told_so_and_when(here: w.World) -> None:
    one = w.certified(here)
    w.revoke(here, one)
    client = browser(here.applicant)
    text = get(client, "vrs_credentials:dashboard")
    assert "您還沒有資格認證證明" not in text and f"已於 {roc(today())} 撤銷" in text and one.number in text
    text = get(client, "vrs_credentials:certificate", one.pk)
    assert "資格更新（換證）" not in text and "資格證明遺失" not in text
    assert f"{one.number}（已於 {roc(today())} 撤銷）" in get(client, "casework:case", one.case.number)
    with time_machine.travel(now() + 2 * DAY, tick=False):
        again = w.certified(here)
        text = get(browser(here.applicant), "vrs_credentials:dashboard")
    assert again.number in text and one.number not in text

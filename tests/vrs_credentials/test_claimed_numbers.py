"""Whose hours a roster's number brings, what approval proves, and what the joining page tells a stranger."""

import importlib
import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.errors import Refused
from accounts.models import Organisation, User
from accounts.services.proving import release_identity
from casework.models import Notice
from tests.accounts.changes import renewed
from tests.factories import UserFactory, proven
from tests.vrs_credentials import world as w
from vrs_credentials.models import Attendance
from vrs_credentials.services import joining

pytestmark = pytest.mark.django_db


def test_the_approval_of_a_qualification_proves_the_number(here: w.World) -> None:
    certificate = w.certified(here)
    holder = User.objects.get(pk=certificate.holder_id)
    assert (holder.national_id_proof, holder.national_id_proven_by) == ("decision", here.approver)
    assert certificate.case.number in holder.national_id_proof_note


def test_no_certificate_for_a_number_proven_for_another_account(here: w.World) -> None:
    case = w.to_approve(here)
    proven(UserFactory(name="王小明"), here.applicant.national_id)
    with pytest.raises(Refused, match="已確認為另一個帳號所有"), transaction.atomic():
        w.approve(here, case)
    case.refresh_from_db()
    assert case.state != "approved" and not here.applicant.vrs_certificates.exists()


@pytest.mark.parametrize("renews", [False, True])
def test_nothing_is_certified_of_somebody_whose_number_was_released_meanwhile(here: w.World, renews: bool) -> None:
    """The claim was found false while the case ran: no signed certificate with a blank or a false number comes of it."""
    if renews:
        old = w.older(w.certified(here), w.today() - timedelta(days=1060))
        w.give_hours(old, {"professional": "60", "ethics": "12"}, held_on=old.starts_on, by=here.handler)
        case = w.reported(here, w.renewal_filed(here, old))
    else:
        case = w.to_approve(here)
    before = here.applicant.vrs_certificates.count()
    release_identity(user=here.applicant, reason="證件查明非其本人字號", by=UserFactory(), at=w.now())
    here.applicant.refresh_from_db()
    with pytest.raises(Refused, match="登入協助"), transaction.atomic():
        w.approve(here, case)
    case.refresh_from_db()
    assert case.state != "approved" and here.applicant.vrs_certificates.count() == before
    assert not case.documents.exists()


def test_hours_of_a_roster_go_to_the_proven_holder_whoever_else_claims_the_number(here: w.World) -> None:
    w.certified(here)
    claims = w.professional(n=880_001)
    claims.set_national_id(here.applicant.national_id)
    claims.save()
    w.credited(here, w.course_approved(here, starts_on=w.today() - timedelta(days=3)), [here.applicant])
    assert set(Attendance.objects.values_list("person", flat=True)) == {here.applicant.pk}


def test_hours_of_a_roster_under_an_earlier_number_go_to_the_holder(here: w.World) -> None:
    """換發新號: the institution has the number of before."""
    w.certified(here)
    old = here.applicant.national_id
    renewed(here.applicant, w.national_id(77_002))
    person = User.objects.get(pk=here.applicant.pk)
    person.national_id = old  # as the institution knows it
    w.credited(here, w.course_approved(here, starts_on=w.today() - timedelta(days=3)), [person])
    assert set(Attendance.objects.values_list("person", flat=True)) == {here.applicant.pk}


GIVEN = {
    "account_name": "newbie01", "name": "陳新", "national_id": w.national_id(77001), "email": "new@example.com", "birth_on": "79/05/01",
    "postal_code": "100", "address": "臺北市", "mobile": "0912345678", "agree": "on",
}  # fmt: skip
BODY = {
    "unified_number": "22099131", "name": "社團法人新協會", "address": "臺北市", "phone": "02-23456789", "contact": "陳新",
    "email": "new@example.com", "agree": "on",
}  # fmt: skip


def test_joining_tells_nobody_whose_number_or_address_is_known() -> None:
    """F19."""
    proven(UserFactory(name="陳新"), w.national_id(77001))
    page = reverse("vrs_credentials:join")
    fresh = Client().post(page, GIVEN)
    known = Client().post(page, {**GIVEN, "account_name": "newbie02"})
    assert fresh.status_code == known.status_code == 200
    said, also = (re.sub(r'Token[^>]*"', "", one.content.decode()) for one in (fresh, known))
    assert said.replace("newbie01", "newbie02") == also
    assert not User.objects.filter(account_name="newbie02").exists()
    told = Notice.objects.filter(user__account_name="newbie01", subject="您已有帳號").get()
    assert "set-password" not in told.body
    assert User.objects.get(account_name="newbie01").national_id_proven_at is None


def test_an_institution_joining_with_a_known_address_is_told_nothing_and_makes_nothing() -> None:
    UserFactory(email="new@example.com")
    answer = Client().post(reverse("vrs_credentials:join_institution"), BODY)
    assert answer.status_code == 200 and "請收信" in answer.content.decode()
    assert not Organisation.objects.filter(unified_number="22099131").exists()


def test_a_person_who_is_known_signs_in_and_registers_the_institution_under_their_account() -> None:
    """The letter and the page led nowhere: signed in, one was sent to the data of professionals."""
    user = UserFactory(email="new@example.com", name="陳新")
    page, mine = reverse("vrs_credentials:join_institution"), Client()
    Client().post(page, BODY)
    assert "機構註冊" in Notice.objects.get(user=user, code="vrs_credentials.joined").body
    mine.force_login(user)
    assert "聯絡人" not in mine.get(page).content.decode()
    given = {name: value for name, value in BODY.items() if name != "contact"}
    assert mine.post(page, given).status_code == 302
    body = Organisation.objects.get(unified_number="22099131")
    assert user.groups.get().held_role.organisation == body and user.memberships.get().organisation == body
    assert mine.get(reverse("vrs_credentials:institution")).status_code == 200
    again = mine.post(page, {**given, "unified_number": "04595257"})
    assert again.status_code == 422 and "已辦理一個機構單位" in again.content.decode()
    assert not User.objects.filter(account_name="22099131").exists()


def test_whoever_lost_the_race_for_an_address_is_told_of_the_address() -> None:
    UserFactory(email="new@example.com")
    with pytest.raises(Refused, match="這個電子郵件剛才已有人使用") as lost:
        joining._save(User(account_name="another01", name="陳新", email="new@example.com"))
    assert lost.value.field == "email"


def test_the_migration_believes_whom_the_ministry_gave_a_certificate(here: w.World) -> None:
    w.certified(here)
    waiting = w.professional()
    User.objects.update(
        national_id_proven_at=None, national_id_proof="", national_id_proven_by=None, national_id_proof_note=""
    )
    importlib.import_module("vrs_credentials.migrations.0005_holders_proven").proven_by_certificates(apps, None)
    holder = User.objects.get(pk=here.applicant.pk)
    assert (holder.national_id_proof, holder.national_id_proven_by) == ("decision", here.approver)
    waiting.refresh_from_db()
    assert waiting.national_id_proven_at is None

"""No form of a unit changes the address somebody signs in with, or gives an account to somebody of another name (OA-12)."""

import re
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.clock import now
from accounts.models import AddressChange, User
from accounts.services.passwords import set_password_by_link
from accounts.services.users import close_user
from casework.cases.doing import perform
from casework.errors import Refused
from casework.models import Case, Event, Notice
from casework.notices import delivery
from kernel.dates import taipei_day
from ojt_accounts.models import TrainingAccount
from tests.ojt_accounts import world as w
from tests.ojt_accounts.faces import at, envelope, errors_at, signed_in

pytestmark = pytest.mark.django_db
ATTACKER, PASSWORD, NAME = "attacker@evil.example", "Kite-River-4821", "林佳穎"


def account_form(here: w.World, kind: str, **given: Any) -> Case:
    """A draft with one account form, posted by the unit's contact as the browser does."""
    case = w.drafted(here, kind=kind, numbers=())
    mine, page = signed_in(here.contact), at("account_new", case.number)
    answer = mine.post(page, {**w.account(1, **{"name": NAME, **given}), **envelope(mine.get(page))})
    assert answer.status_code == 302, answer.content.decode()
    w.complete_papers(here, case)
    return perform(case, "file", by=here.contact, at=now()).case


def through(here: w.World, case: Case) -> Case:
    w.checked(here, case)
    return w.signed(here, case, here.officer, here.chief, here.approver)


def set_first(here: w.World, case: Case) -> Case:
    return perform(case, "set", codes=["account.1"], set_on=taipei_day(now()), by=here.admin, at=now()).case


def users_page(here: w.World, case: Case) -> str:
    return signed_in(here.officer).get(reverse("admin:case", args=[case.number])).content.decode()


def user_of(here: w.World) -> User:
    w.done(here)
    user = User.objects.get(account_name="yct2026n1")
    user.name = NAME
    user.set_password(PASSWORD)
    user.save()
    return user


def test_a_unit_that_writes_its_own_address_on_a_form_takes_no_account_over(here: w.World) -> None:
    """The whole way: form, signatures, setting, 忘記密碼."""
    victim = user_of(here)
    before = victim.email
    case = account_form(here, "renewal", request="grant", account_name="", email=ATTACKER)
    office = users_page(here, case)
    assert ATTACKER in office and before in office  # old and new, before anybody signs
    unit = signed_in(here.contact).get(reverse("casework:case", args=[case.number])).content.decode()
    assert before not in unit and f"{before[0]}***@example.com" in unit
    set_first(here, through(here, case))
    victim.refresh_from_db()
    assert victim.email == before
    mail.outbox.clear()
    Notice.objects.update(mail_state=Notice.Mail.SENT)
    Client().post(reverse("account_reset_password"), {"login": "yct2026n1"})
    Client().post(reverse("account_reset_password"), {"login": ATTACKER})
    delivery.deliver_due(at=now())
    assert [letter.to for letter in mail.outbox] == [[before]]


def test_both_addresses_are_told_and_only_the_old_one_can_agree(here: w.World) -> None:
    victim = user_of(here)
    before = victim.email
    set_first(here, through(here, account_form(here, "renewal", request="grant", account_name="", email=ATTACKER)))
    letters = {one.mail_to: one.body for one in Notice.objects.filter(code="accounts.address")}
    assert set(letters) == {before, ATTACKER} and "/set-address/" not in letters[ATTACKER]
    (token,) = re.findall(r"/set-address/([^/\s]+)/", letters[before])
    Client().post(reverse("portal:set_address", args=[token]), {"answer": "agree"})
    victim.refresh_from_db()
    assert victim.email == ATTACKER  # they wanted it


def test_the_unit_is_not_told_what_stood_there_before(here: w.World) -> None:
    victim = user_of(here)
    before, telephone = victim.email, "0987-654-321"
    User.objects.filter(pk=victim.pk).update(phone=telephone)
    case = set_first(
        here, through(here, account_form(here, "renewal", request="grant", account_name="", email=ATTACKER))
    )
    unit = signed_in(here.contact).get(reverse("casework:case", args=[case.number])).content.decode()
    assert telephone not in unit and before not in unit
    assert telephone in users_page(here, case)
    assert Event.objects.get(case=case, code="account.contact").internal


def known_elsewhere(here: w.World, **fields: Any) -> User:
    return w.known("王大明", 1, **fields)


def test_another_name_for_a_known_number_is_a_finding_nobody_signs_over(here: w.World) -> None:
    victim = known_elsewhere(here)
    case = account_form(here, "new_unit", name="完全不同名", account_name=victim.account_name, email=ATTACKER)
    office = users_page(here, case)
    assert "與這個身分證字號在本入口登錄的姓名不同" in office and "王大明" in office and victim.email in office
    unit = signed_in(here.contact).get(reverse("casework:case", args=[case.number])).content.decode()
    assert "王大明" not in unit and victim.email not in unit and victim.email.split("@")[0] not in unit
    w.checked(here, case)
    with pytest.raises(Refused, match="完全不同名.*登錄的姓名不同") as refused:
        perform(case, "sign_officer", codes=w.codes(case), by=here.officer, at=now())
    assert "王大明" not in refused.value.message
    assert not TrainingAccount.objects.exists()


def test_setting_refuses_it_too_and_names_the_form(here: w.World) -> None:
    victim = known_elsewhere(here)
    case = through(here, account_form(here, "new_unit", name="王大明", account_name=victim.account_name))
    User.objects.filter(pk=victim.pk).update(name="王大名")  # put right between 決行 and setting
    with pytest.raises(Refused, match="帳號申請單（王大明）.*姓名不同"):
        set_first(here, case)
    victim.refresh_from_db()
    assert not victim.groups.exists() and TrainingAccount.objects.get().state == "opening"


def test_the_same_name_goes_through_and_their_own_sign_in_stays(here: w.World) -> None:
    known = known_elsewhere(here)
    before = known.email
    case = through(
        here, account_form(here, "new_unit", name="王大明", account_name=known.account_name, email="new@example.com")
    )
    set_first(here, case)
    known.refresh_from_db()
    assert TrainingAccount.objects.get().user == known and known.email == before and known.check_password("x")
    assert AddressChange.objects.get(user=known).address == "new@example.com"


def test_a_sign_in_closed_by_somebody_else_is_opened_by_no_form(here: w.World) -> None:
    known = known_elsewhere(here)
    close_user(user=known, reason="帳號註銷，本人來函", by=None, at=now())
    case = account_form(here, "new_unit", name="王大明", account_name=known.account_name, email=known.email)
    w.checked(here, case)
    with pytest.raises(Refused, match="於「登入協助」恢復"):
        perform(case, "sign_officer", codes=w.codes(case), by=here.officer, at=now())
    known.refresh_from_db()
    assert not known.is_active


def test_the_migration_names_the_scheme_by_how_the_reason_began(here: w.World) -> None:
    ours, theirs = user_of(here), known_elsewhere(here)
    close_user(user=ours, reason="帳號註銷（OA-115-000009）", by=None, at=now())
    close_user(user=theirs, reason="帳號註銷，本人來函", by=None, at=now())
    import_module("ojt_accounts.migrations.0004_closed_here").name_the_scheme(apps, None)
    assert list(User.objects.filter(closed_by_scheme="ojt_accounts")) == [ours]


def test_a_sign_in_this_scheme_closed_is_opened_again(here: w.World) -> None:
    user = user_of(here)
    close_user(user=user, reason="其他", by=None, at=now(), scheme="ojt_accounts")
    set_first(here, through(here, account_form(here, "renewal", request="grant", account_name="", email=user.email)))
    user.refresh_from_db()
    assert user.is_active


def test_an_address_of_somebody_else_is_said_when_the_form_is_saved(here: w.World) -> None:
    """M3: a 賦予單 too, not after three signatures."""
    user_of(here)
    case = w.drafted(here, kind="renewal", numbers=())
    mine, page = signed_in(here.contact), at("account_new", case.number)
    for request, name in (("grant", ""), ("open", "fresh2026")):
        number = 1 if request == "grant" else 2
        given = {**w.account(number, request=request, name=NAME, account_name=name), "email": here.officer.email}
        answer = mine.post(page, {**given, **envelope(mine.get(page))})
        assert answer.status_code == 422 and "這個電子郵件不能使用" in errors_at(answer, "email")


def test_an_address_somebody_took_meanwhile_stops_nobodys_account(here: w.World) -> None:
    user = user_of(here)
    case = through(here, account_form(here, "renewal", request="grant", account_name="", email="later@example.com"))
    User.objects.filter(pk=here.chief.pk).update(email="later@example.com")
    assert set_first(here, case).state == "done"
    user.refresh_from_db()
    assert user.email == "applicant1@example.com" and not AddressChange.objects.exists()


def test_what_filing_refuses_names_the_form(here: w.World) -> None:
    user_of(here)
    case = w.drafted(here, kind="renewal", numbers=())
    given = w.account(1, request="grant", account_name="", email="later@example.com")
    perform(case, "account_form.saved", data=given, position=None, by=here.contact, at=now())
    w.complete_papers(here, case)
    User.objects.filter(pk=here.chief.pk).update(email="later@example.com")
    with pytest.raises(Refused, match="申請人1的申請單：這個電子郵件不能使用"):
        perform(case, "file", by=here.contact, at=now())


def test_a_new_person_still_sets_the_password_by_the_address_on_the_form(here: w.World) -> None:
    w.done(here)
    letter = Notice.objects.get(code="ojt_accounts.account_opened")
    assert letter.mail_to == "applicant1@example.com" and not AddressChange.objects.exists()
    (token,) = re.findall(r"/set-password/([^/\s]+)/", letter.body)
    assert set_password_by_link(token=token, password="Xk7!mountains", at=now()).account_name == "yct2026n1"

"""變更電子郵件: a form asks, the person agrees; nothing is written before, and both addresses are told."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.errors import Refused
from accounts.models import AccessLog, AddressChange, User
from accounts.services import addresses
from accounts.services.addresses import ask_address_change, change_of_link, confirm_address, open_change, refuse_address
from accounts.services.passwords import LinkClosed, issue_password_link, set_password, usable_link
from accounts.services.users import close_user
from casework.models import Notice
from kernel.links import without_tokens
from tests.accounts.conftest import AT, PASSWORD, sign_in
from tests.parallel import meet, together

OLD, NEW, SOURCE = "person@example.test", "fresh@example.test", "某單位的帳號賦予單（OA-115-000001）"


@pytest.fixture
def person(make_user) -> User:
    return make_user("person")


@pytest.fixture
def officer(make_user) -> User:
    return make_user("officer")


def ask(person: User, by: User | None = None, address: str = NEW, at: Any = AT) -> tuple[AddressChange, str]:
    change = ask_address_change(user=person, address=address, source=SOURCE, by=by, at=at)
    assert change is not None
    letter = Notice.objects.get(key__startswith=f"address:asked:{change.pk}:")
    found = re.search(r"/set-address/([^/\s]+)/", letter.body)
    assert found
    return change, found.group(1)


def letters() -> list[tuple[str, str]]:
    return list(Notice.objects.order_by("pk").values_list("mail_to", "subject"))


@pytest.mark.django_db
def test_asking_writes_nothing_and_the_link_goes_to_the_address_that_stands(person, officer):
    change, token = ask(person, officer)
    person.refresh_from_db()
    assert person.email == OLD
    (first, second) = Notice.objects.order_by("pk")
    assert (first.mail_to, second.mail_to) == (OLD, NEW)
    assert token in first.body and "/set-address/" not in second.body and person.name not in second.body
    assert token not in str(AddressChange.objects.values()) and change_of_link(token, at=AT) == change
    line = AccessLog.objects.get(action="address_asked")
    assert (line.user, line.subject) == (officer, "person") and NEW not in line.reason


@pytest.mark.django_db
@pytest.mark.parametrize("same", [OLD, OLD.upper(), ""])
def test_the_address_one_has_is_not_asked_about(person, same):
    assert ask_address_change(user=person, address=same, source=SOURCE, by=None, at=AT) is None
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_the_person_agrees_by_the_link_and_both_addresses_are_told(person):
    _, token = ask(person)
    client, page = Client(), f"/set-address/{token}/"
    with time_machine.travel(AT, tick=False):
        shown = client.get(page)
        person.refresh_from_db()
        assert person.email == OLD, "opening it changes nothing"
        assert NEW in shown.content.decode() and OLD not in shown.content.decode()
        assert client.post(page, {}).status_code == 422
        answer = client.post(page, {"answer": "agree"})
        assert "電子郵件已變更" in answer.content.decode()
        person.refresh_from_db()
        assert person.email == NEW
        assert letters()[2:] == [(OLD, "登入的電子郵件已變更"), (NEW, "登入的電子郵件已變更")]
        assert AccessLog.objects.filter(action="address_changed", user=person, path=page).exists()
        again = client.post(page, {"answer": "agree"})
        assert again.status_code == 410 and "答復過" in again.content.decode()


@pytest.mark.django_db
def test_no_link_in_the_old_mailbox_sets_the_password_once_the_address_has_changed(person):
    _, old = issue_password_link(user=person, by=None, at=AT)
    change, _ = ask(person)
    assert usable_link(old, at=AT)
    confirm_address(change, at=AT)
    with pytest.raises(LinkClosed):
        usable_link(old, at=AT)
    _, fresh = issue_password_link(user=person, by=None, at=AT)
    set_password(user=person, password="Another-Long-1-Password!", at=AT)
    with pytest.raises(LinkClosed):
        usable_link(fresh, at=AT)


@pytest.mark.django_db
def test_the_person_refuses_and_who_asked_is_told(person, officer):
    _, token = ask(person, officer)
    with time_machine.travel(AT, tick=False):
        assert "維持原狀" in Client().post(f"/set-address/{token}/", {"answer": "refuse"}).content.decode()
    person.refresh_from_db()
    assert person.email == OLD
    assert Notice.objects.filter(user=officer, subject="本人不同意變更電子郵件").exists()
    with pytest.raises(LinkClosed):
        confirm_address(change_of_link(token, at=AT), at=AT)


@pytest.mark.django_db
def test_signed_in_the_password_is_asked_for_again(person):
    ask(person)
    client = Client()
    with time_machine.travel(AT, tick=False):
        sign_in(client, "person", PASSWORD)
        assert "等您確認" in client.get("/me/").content.decode()
        for typed, sentence in (("", "請輸入目前密碼。"), ("wrong", "目前密碼不正確")):
            answer = client.post("/me/address/", {"answer": "agree", "password": typed})
            assert answer.status_code == 422 and sentence in answer.content.decode()
        person.refresh_from_db()
        assert person.email == OLD
        assert client.post("/me/address/", {"answer": "agree", "password": PASSWORD}).status_code == 302
        person.refresh_from_db()
        assert person.email == NEW
        assert "目前沒有待您確認" in client.get("/me/address/", follow=True).content.decode()


@pytest.mark.django_db
def test_who_sits_at_a_signed_in_browser_finds_no_link_in_the_inbox(person):
    _, token = ask(person)
    client = Client()
    with time_machine.travel(AT, tick=False):
        sign_in(client, "person", PASSWORD)
        for notice in Notice.objects.filter(user=person):
            assert token not in client.get(f"/cases/inbox/{notice.pk}/").content.decode()
    assert token not in without_tokens(Notice.objects.order_by("pk")[0].body)


@pytest.mark.django_db
@pytest.mark.parametrize(("later", "works"), [(timedelta(hours=72, seconds=-1), True), (timedelta(hours=72), False)])
def test_it_expires(person, later, works):
    _, token = ask(person)
    if works:
        assert change_of_link(token, at=AT + later) and open_change(person, at=AT + later)
    else:
        assert open_change(person, at=AT + later) is None
        with pytest.raises(LinkClosed, match="過期"):
            change_of_link(token, at=AT + later)


@pytest.mark.django_db
def test_a_newer_question_closes_the_older(person):
    older, token = ask(person)
    newer, _ = ask(person, address="other@example.test", at=AT + timedelta(minutes=1))
    assert open_change(person, at=AT + timedelta(minutes=1)) == newer
    with pytest.raises(LinkClosed, match="較新"):
        change_of_link(token, at=AT + timedelta(minutes=1))
    with pytest.raises(LinkClosed):
        confirm_address(older, at=AT + timedelta(minutes=1))


@pytest.mark.django_db
def test_an_address_somebody_took_meanwhile_is_refused_with_a_sentence(person, make_user):
    change, token = ask(person)
    make_user("other", email=NEW.upper())
    with pytest.raises(Refused, match="不能使用"):
        confirm_address(change, at=AT)
    with time_machine.travel(AT, tick=False):
        answer = Client().post(f"/set-address/{token}/", {"answer": "agree"})
    assert answer.status_code == 422 and "不能使用" in answer.content.decode()
    person.refresh_from_db()
    assert person.email == OLD


@pytest.mark.django_db
def test_a_closed_person_answers_nothing(person):
    change, token = ask(person)
    close_user(user=person, reason="離職", by=None, at=AT)
    with pytest.raises(LinkClosed):
        change_of_link(token, at=AT)
    with pytest.raises(LinkClosed):
        confirm_address(change, at=AT)


@pytest.mark.django_db(transaction=True)
def test_agreed_and_refused_at_one_instant_one_answer_stands(make_user):
    change, _ = ask(make_user("person"))
    answers = together([lambda: confirm_address(change, at=AT), lambda: refuse_address(change, at=AT)])
    assert sum(isinstance(one, LinkClosed) for one in answers) == 1, answers
    change.refresh_from_db()
    assert (change.confirmed_at is None) != (change.refused_at is None)
    assert (User.objects.get(account_name="person").email == NEW) == (change.confirmed_at is not None)


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_answers_are_taken(make_user, monkeypatch):
    change, _ = ask(make_user("person"))

    def unlocked(change: AddressChange, *, at: Any) -> AddressChange:
        found = addresses._judged(AddressChange.objects.select_related("user", "asked_by").get(pk=change.pk), at=at)
        meet()
        return found

    monkeypatch.setattr(addresses, "_lock", unlocked)
    answers = together([lambda: confirm_address(change, at=AT), lambda: refuse_address(change, at=AT)])
    # nobody is told that it was answered already; the constraint of the row is all that is left
    assert not any(isinstance(one, LinkClosed) for one in answers), answers

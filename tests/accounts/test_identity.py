"""身分確認: a typed national ID is a claim; a card or an officer's check proves it, for one person."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts import crypto, identity
from accounts.errors import Refused
from accounts.models import AccessLog, CertificateBinding, User
from accounts.services import proving
from accounts.services.identity_changes import confirm_identity_change, open_identity_change
from kernel.characters import same_name
from kernel.dates import taipei_day
from tests.accounts.cards import AT, DAY
from tests.accounts.changes import check
from tests.factories import UserFactory, proven
from tests.parallel import together

NUMBER, ANOTHER = "A123456789", "A223456781"
ROOT = Path(__file__).resolve().parents[2]
TREES = ("accounts", "casework", "config", "kernel", *settings.SCHEMES)
#: The column itself, and the one module that reads it.
HOMES = {
    "accounts/models/user.py",
    "accounts/identity.py",
    "accounts/services/proving.py",
    "accounts/services/identity_changes.py",
}
#: What says which digests are one person's.
ASKED = {
    "bearing", "bears", "every_number", "holder_of", "holders", "numbers_of", "own_rows", "same_person", "under_every_number",
}  # fmt: skip
#: A comparison of digests that asks nobody: function → why.
WITHIN = {
    "ojt_accounts/selectors.py: _applicant_named": "a pledge and an account form of one filing, written by one unit",
    "ojt_accounts/selectors.py: people_of_forms": "whom `holders` does not know: no number of theirs is proven",
    "ojt_accounts/services/attaching.py: save_pledge": "the pledges of one filing, on paper beside each other",
    "ojt_accounts/services/setting.py: drop_accounts": "the account that this very form opened",
    "casework/cases/moving.py: set_people": "the rows of one case are written anew",
}


def claiming(name: str, number: str = NUMBER) -> User:
    return UserFactory(account_name=name, name="林美惠", national_number=number)


def confirmed(user: User, by: User, number: str = NUMBER, name: str = "林美惠") -> None:
    proving.confirm_identity(
        user=user, name=name, national_id=number, document="國民身分證", seen_on=taipei_day(AT), note="本人臨櫃", by=by, at=AT
    )  # fmt: skip


def carded(user: User) -> User:
    """With a 自然人憑證 that opens the account."""
    CertificateBinding.objects.create(
        user=user, kind="citizen", issuer="CN=測試", serial="1f", fingerprint=user.account_name, valid_until=AT + DAY, bound_at=AT
    )  # fmt: skip
    return user


def test_numbers_of_people_are_looked_up_in_one_module_only() -> None:
    """The kind of fault closed: nowhere else is a person found by what somebody typed."""
    found = {
        str(path.relative_to(ROOT))
        for tree in TREES
        for path in (ROOT / tree).rglob("*.py")
        if "migrations" not in path.parts and re.search(r"claimed_id_index|user_\w*national_id_index", path.read_text())
    }
    assert found == HOMES
    own_columns = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if field.name == "claimed_id_index"
    }
    assert own_columns == {"accounts.User.claimed_id_index", "accounts.HistoricalUser.claimed_id_index"}
    writes = (ROOT / "accounts/services/proving.py").read_text().count("claimed_id_index")
    assert writes == 2, "proving names the column it saves, and compares the number typed from the document"


def _compared(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """(function, expression) wherever rows are filtered by the digest of a person's number, or two such are compared."""
    for function in ast.walk(tree):
        for node in ast.walk(function) if isinstance(function, ast.FunctionDef) else ():
            if isinstance(node, ast.Call):
                asks = getattr(node.func, "attr", getattr(node.func, "id", "")) in ("filter", "exclude", "get", "Q")
                if asks and any(re.search(r"id_index(__in)?$", key.arg or "") for key in node.keywords):
                    yield function.name, node
            elif isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
                if any(isinstance(one, ast.Attribute) and one.attr.endswith("id_index") for one in sides):
                    yield function.name, node


def test_every_look_up_by_number_matches_all_numbers_of_the_person() -> None:
    """Whoever filters or compares digests asks accounts.identity which are one person's, in the same function."""
    wrong, exempt = set(), set()
    for tree in TREES:
        for path in (ROOT / tree).rglob("*.py"):
            where = str(path.relative_to(ROOT))
            if "migrations" in path.parts or where in HOMES:
                continue
            parsed = ast.parse(path.read_text())
            asks = {
                function.name: {
                    getattr(node.func, "attr", getattr(node.func, "id", ""))
                    for node in ast.walk(function)
                    if isinstance(node, ast.Call)
                }
                for function in ast.walk(parsed)
                if isinstance(function, ast.FunctionDef)
            }
            for name, _ in _compared(parsed):
                if (said := f"{where}: {name}") in WITHIN:
                    exempt.add(said)
                elif not asks[name] & ASKED:
                    wrong.add(said)
    assert wrong == set()
    assert exempt == set(WITHIN), "no longer compared there"


@pytest.mark.django_db
def test_a_claim_opens_nothing_and_blocks_nobody() -> None:
    stranger, owner = claiming("stranger"), claiming("owner")
    assert identity.holder_of(NUMBER) is None
    assert identity.holders([crypto.index(NUMBER)]) == {}
    confirmed(owner, UserFactory())
    assert identity.holder_of(NUMBER) == owner
    assert identity.holders([crypto.index(NUMBER)]) == {crypto.index(NUMBER): (owner.pk, "林美惠")}
    assert set(identity.bearing(crypto.index(NUMBER))) == {stranger, owner}
    third = claiming("third")  # whoever comes later may say so too, and learns nothing
    assert third.national_id_proven_at is None


@pytest.mark.django_db
def test_another_number_takes_the_proof_away_the_same_keeps_it() -> None:
    user = proven(claiming("lina88"))
    user.set_national_id(NUMBER)
    assert user.national_id_proven_at is not None
    user.set_national_id(ANOTHER)
    user.save()
    user.refresh_from_db()
    assert (user.national_id_proven_at, user.national_id_proof, user.national_id_proven_by) == (None, "", None)
    assert identity.holder_of(NUMBER) is identity.holder_of(ANOTHER) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given",
    [
        {"national_id_proven_at": AT},
        {"national_id_proof": "card"},
        {"national_id_proven_at": AT, "national_id_proof": "office", "national_id_proof_note": "國民身分證"},
        {"national_id_proven_at": AT, "national_id_proof": "card", "national_id": None, "claimed_id_index": None},
    ],
)
def test_half_a_proof_is_refused_by_the_database(given: dict) -> None:
    user = claiming("lina88")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(**given)


@pytest.mark.django_db(transaction=True)
def test_an_officer_confirms_by_the_document_and_the_person_is_told() -> None:
    user, officer = claiming("owner"), UserFactory(account_name="officer")
    with pytest.raises(Refused) as other:
        confirmed(user, officer, ANOTHER)
    assert other.value.field == "national_id"
    with pytest.raises(Refused, match="不能確認自己"):
        confirmed(user, user)
    with pytest.raises(Refused, match="不得晚於今天"):
        proving.confirm_identity(
            user=user,
            name="林美惠",
            national_id=NUMBER,
            document="國民身分證",
            seen_on=taipei_day(AT + DAY),
            note="x",
            by=officer,
            at=AT,
        )
    user.refresh_from_db()
    assert user.national_id_proven_at is None
    assert not AccessLog.objects.filter(action="id_proven").exists()
    confirmed(user, officer)
    user.refresh_from_db()
    assert (user.national_id_proven_at, user.national_id_proof, user.national_id_proven_by) == (AT, "office", officer)
    assert user.national_id_proof_note == "國民身分證，115/11/20 核對；本人臨櫃"
    line = AccessLog.objects.get(action="id_proven")
    assert (line.user, line.subject) == (officer, "owner")
    assert NUMBER not in line.reason
    assert user.notices.filter(code="accounts.identity_confirmed", mail_state="queued").count() == 1
    assert NUMBER not in user.notices.get().body


@pytest.mark.django_db
def test_the_name_on_the_document_is_compared_and_a_wrong_one_on_the_account_can_be_corrected() -> None:
    user, officer = claiming("owner"), UserFactory()
    with pytest.raises(Refused, match="證件上的姓名") as unlike:
        confirmed(user, officer, name="林美蕙")
    assert unlike.value.field == "name"
    user.refresh_from_db()
    assert user.national_id_proven_at is None
    check(user, by=officer, name="林美蕙")
    confirm_identity_change(open_identity_change(user), by=UserFactory(), at=AT)
    user.refresh_from_db()
    confirmed(user, officer, name="林美蕙 ")  # by the kernel's comparison of names
    user.refresh_from_db()
    assert user.national_id_proof == "office"


@pytest.mark.django_db
def test_a_card_for_a_number_proven_for_another_is_told_to_both_and_to_the_office() -> None:
    """Nobody heard of it: the sign-in went on, and the page went on advising a card."""
    stranger, owner, officer = proven(claiming("stranger")), claiming("owner"), UserFactory()
    assert not identity.contested_pairs(), "two claims alone are no contest"
    carded(owner)
    for _ in range(2):  # at every sign-in, told once
        assert not proving.prove_by_card(owner, at=AT)
    for one, said in ((owner, "先前已確認為另一個帳號"), (stranger, "另一個帳號以自然人憑證登入")):
        letter = one.notices.get(code="accounts.identity_contested")
        assert said in letter.body and "登入協助" in letter.body
        assert not {"owner", "stranger", NUMBER} & set(letter.body.split()), "neither learns who the other is"
    assert identity.contested_pairs() == [(owner, stranger)]
    client = Client()
    client.force_login(owner)
    page = client.get("/me/").content.decode()
    assert "先前已確認為另一個帳號所有" in page and "以自然人憑證登入一次" not in page
    proving.release_identity(user=stranger, reason="冒用他人字號", by=officer, at=AT)
    assert not identity.contested_pairs()
    assert "以自然人憑證登入一次" in client.get("/me/").content.decode()
    assert proving.prove_by_card(owner, at=AT)


@pytest.mark.django_db
def test_whoever_is_blocked_by_a_false_proof_has_it_released() -> None:
    stranger, owner, officer = proven(claiming("stranger")), claiming("owner"), UserFactory()
    with pytest.raises(Refused, match="stranger"):
        confirmed(owner, officer)
    assert not proving.prove_by_card(owner, at=AT)
    with pytest.raises(Refused, match="理由"):
        proving.release_identity(user=stranger, reason="  ", by=officer, at=AT)
    with pytest.raises(Refused, match="自己"):
        proving.release_identity(user=stranger, reason="冒用", by=stranger, at=AT)
    proving.release_identity(user=stranger, reason="冒用他人字號", by=officer, at=AT)
    stranger.refresh_from_db()
    assert (stranger.national_id, stranger.claimed_id_index, stranger.national_id_proven_at) == (None, None, None)
    assert AccessLog.objects.get(action="id_released").reason == "冒用他人字號"
    assert stranger.notices.filter(code="accounts.identity_released").count() == 1
    confirmed(owner, officer)
    assert identity.holder_of(NUMBER) == owner
    with pytest.raises(Refused, match="沒有登錄"):
        proving.release_identity(user=stranger, reason="再一次", by=officer, at=AT)
    confirmed(stranger, officer, ANOTHER)  # and the right number is entered from the document
    assert identity.holder_of(ANOTHER) == stranger
    assert not mail.outbox or NUMBER not in str([one.body for one in mail.outbox])


@pytest.mark.django_db
def test_a_row_under_another_name_is_the_persons_once_an_officer_held_the_document() -> None:
    """A card says name and last four only: a number with the same last four is not enough."""
    user = proven(claiming("owner"))
    mine, theirs = {"national_id_index": user.claimed_id_index}, {"national_id_index": crypto.index(ANOTHER)}

    def shown(**row: str) -> bool:
        return _holds(identity.own_rows(user), row)

    assert shown(**mine, name="林美惠")
    assert not shown(**mine, name="林美玉")
    assert not shown(**theirs, name="林美惠")
    confirmed(user, UserFactory())
    user.refresh_from_db()
    assert shown(**mine, name="林美玉")
    assert not shown(**theirs, name="林美惠")


def _holds(asked, row: dict[str, str]) -> bool:
    parts = [asked] if not hasattr(asked, "children") else asked.children
    return all(_agrees(row, *one) if isinstance(one, tuple) else _holds(one, row) for one in parts)


def _agrees(row: dict[str, str], column: str, value: Any) -> bool:
    name, _, asked = column.partition("__")
    return same_name(row[name], value) if asked == "spelled" else row.get(name) in value


# --- at one moment -------------------------------------------------------------------------------------------------------------


def _two_of_one_number() -> list:
    people, officers = [claiming("first1"), claiming("second2")], [UserFactory(), UserFactory()]
    return [lambda who=who, by=by: confirmed(who, by) for who, by in zip(people, officers, strict=True)]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_confirmations_of_one_number_at_once_one_stands() -> None:
    answers = together(_two_of_one_number())
    assert sorted(type(one).__name__ for one in answers) == ["NoneType", "Refused"], answers
    assert User.objects.exclude(national_id_proven_at=None).count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_cards_at_once_one_proves_the_number() -> None:
    people = [claiming("first1"), claiming("second2")]
    answers = together([lambda who=who: proving.prove_by_card(who, at=AT) for who in people])
    assert sorted(answers) == [False, True]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_unique_key_both_are_confirmed() -> None:
    key = next(one for one in User._meta.constraints if one.name == "user_national_id_proven_once")
    with connection.schema_editor() as editor:
        editor.remove_constraint(User, key)
    try:
        assert together(_two_of_one_number()) == [None, None]
        assert User.objects.exclude(national_id_proven_at=None).count() == 2
    finally:
        User.objects.update(
            national_id_proven_at=None, national_id_proof="", national_id_proven_by=None, national_id_proof_note=""
        )
        with connection.schema_editor() as editor:
            editor.add_constraint(User, key)


# --- what was there before -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_migration_believes_bound_citizens_cards_only() -> None:
    people = {
        name: claiming(name, number) for name, number in (("card", NUMBER), ("unit", ANOTHER), ("freed", "B123456780"))
    }
    people["none"] = claiming("none", "C120000002")
    given = {"issuer": "CN=測試", "serial": "1f", "valid_until": AT + DAY, "bound_at": AT}
    for name, kind in (("card", "citizen"), ("unit", "unit"), ("freed", "citizen")):
        CertificateBinding.objects.create(user=people[name], kind=kind, fingerprint=name, **given)
    CertificateBinding.objects.filter(user=people["freed"]).update(
        released_at=AT, released_by=people["none"], release_reason="遺失"
    )
    importlib.import_module("accounts.migrations.0007_proven_once").proven_by_cards(apps, None)
    assert list(User.objects.exclude(national_id_proven_at=None)) == [people["card"]]
    people["card"].refresh_from_db()
    assert (people["card"].national_id_proof, people["card"].national_id_proven_at) == ("card", AT)

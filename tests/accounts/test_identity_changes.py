"""One person, many numbers and names: changed by two officers, and every number of before finds them."""

import importlib

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import crypto, identity
from accounts.certificates.holder import Holder
from accounts.certificates.refusals import CertificateRefused
from accounts.errors import Refused
from accounts.models import AccessLog, IdentityChange, User
from accounts.services import bindings, identity_changes, proving
from tests.accounts.cards import AT, DAY
from tests.accounts.changes import MISTAKEN, RENEWED, changed, check, renewed
from tests.factories import UserFactory, proven
from tests.parallel import together

OLD, NEW, THIRD = "AD30196818", "A900207177", "A223456781"
OTHER = "A123456789"
promises = importlib.import_module("accounts.migrations.0011_number_of_one_person")


def person(number: str = OLD, name: str = "阮氏英", **given: object) -> User:
    return UserFactory(name=name, national_number=number, **given)


def index(number: str) -> str:
    return crypto.index(number)


# --- looking up ------------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_number_finds_the_person() -> None:
    user = proven(person())
    for number in (NEW, THIRD):
        renewed(user, number)
    numbers = [OLD, NEW, THIRD]
    assert [identity.holder_of(one) for one in numbers] == [user] * 3
    assert identity.holders([index(one) for one in numbers]) == {index(one): (user.pk, user.name) for one in numbers}
    assert [set(identity.bearing(index(one))) for one in numbers] == [{user}] * 3
    assert all(identity.bears(user, one) for one in numbers)
    everyone = frozenset(map(index, numbers))
    assert [identity.every_number(one) for one in numbers] == [everyone] * 3
    assert identity.every_number(OTHER) == {index(OTHER)}
    assert identity.under_every_number({index(NEW): 7, index(OTHER): 8}) == {
        **dict.fromkeys(everyone, 7),
        index(OTHER): 8,
    }
    assert user.national_id == THIRD and user.national_id_proof == "office"
    assert [one.former_national_id for one in identity.past(user)] == [NEW, OLD]


@pytest.mark.django_db
def test_a_number_that_was_never_theirs_is_history_alone() -> None:
    user = proven(person())
    change = changed(user, national_id=NEW, kind=MISTAKEN)
    assert (change.former_national_id, change.former_proof) == (OLD, "自然人憑證")
    assert identity.holder_of(OLD) is None and identity.holder_of(NEW) == user
    assert identity.every_number(OLD) == {index(OLD)}
    rightful = proven(person(OLD, "林美惠"))
    assert identity.holder_of(OLD) == rightful


@pytest.mark.django_db
def test_a_name_of_before_finds_the_person_and_their_rows() -> None:
    user = proven(person())
    changed(user, name="阮英")
    user.refresh_from_db()
    assert set(identity.named("阮氏英")) == set(identity.named("阮英")) == {user}
    assert identity.names_of(user) == ["阮英", "阮氏英"]
    said = str(identity.own_rows(user))
    assert "阮氏英" in said and "阮英" in said


@pytest.mark.django_db
def test_whoever_claims_a_number_of_before_is_another_account_that_says_so() -> None:
    user, claimant = proven(person()), person()
    renewed(user, NEW)
    assert list(identity.others_bearing(user)) == [claimant]
    assert not proving.prove_by_card(claimant, at=AT), "it was proven for somebody, and still is theirs"
    claimant.refresh_from_db()
    assert claimant.national_id_proven_at is None
    assert claimant.notices.filter(code="accounts.identity_contested").count() == 1
    with pytest.raises(Refused, match=user.account_name):
        proving.confirm_identity(
            user=claimant, name=claimant.name, national_id=OLD, document="居留證", seen_on=AT.date(), note="臨櫃", by=UserFactory(), at=AT
        )  # fmt: skip


@pytest.mark.django_db
def test_what_was_released_finds_nobody_under_any_number() -> None:
    user, officer = proven(person()), UserFactory()
    renewed(user, NEW)
    proving.release_identity(user=user, reason="冒用", by=officer, at=AT)
    assert identity.holder_of(OLD) is identity.holder_of(NEW) is None
    row = user.identity_changes.get()
    assert (row.withdrawn_by, row.former_national_id) == (officer, OLD)
    assert proven(person(OLD, "林美惠")).national_id_proven_at


# --- cards -----------------------------------------------------------------------------------------------------------------------


def card(number: str, name: str) -> Holder:
    return Holder(
        name=name, last_four=number[-4:], unified_number="", organisation_oid="", issuer="CN=測試", serial="1f",
        fingerprint="ab", valid_until=AT + DAY,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_card_of_before_opens_the_account_and_proves_nothing_of_the_number_of_now() -> None:
    user = proven(person())
    renewed(user, NEW)
    changed(user, name="阮英")
    assert bindings.person_of(card(OLD, "阮氏英"), login=user.account_name, at=AT) == user
    assert bindings.person_of(card(OLD, "阮氏英"), login="", at=AT) == user, "bound, and still fits"
    User.objects.filter(pk=user.pk).update(national_id_proven_at=None, national_id_proof="", national_id_proven_by=None, national_id_proof_note="")  # fmt: skip
    bindings.person_of(card(OLD, "阮氏英"), login="", at=AT)
    user.refresh_from_db()
    assert user.national_id_proven_at is None
    bindings.person_of(card(NEW, "阮氏英"), login="", at=AT)
    user.refresh_from_db()
    assert user.national_id_proof == "card"
    with pytest.raises(CertificateRefused):
        bindings.person_of(card(THIRD, "阮氏英"), login="", at=AT)
    with pytest.raises(CertificateRefused):
        bindings.person_of(card(NEW, "林美惠"), login="", at=AT)


# --- the way to it ---------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_officers_change_it_and_the_person_is_told() -> None:
    user, first, second = proven(person()), UserFactory(name="甲承辦"), UserFactory(name="乙承辦")
    since = user.national_id_proven_at
    change = check(user, by=first, name="阮英", national_id=NEW, kind=RENEWED)
    user.refresh_from_db()
    assert (user.name, user.national_id) == ("阮氏英", OLD), "nothing changes before the second"
    for by, why in ((first, "另一位"), (user, "自己")):
        with pytest.raises(Refused, match=why):
            identity_changes.confirm_identity_change(change, by=by, at=AT)
    identity_changes.confirm_identity_change(change, by=second, at=AT)
    user.refresh_from_db()
    assert (user.name, user.national_id, user.national_id_proof) == ("阮英", NEW, "office")
    assert user.national_id_proven_by == first and "乙承辦複核" in user.national_id_proof_note
    row = user.identity_changes.get()
    assert (row.former_name, row.former_national_id, row.former_proof) == ("阮氏英", OLD, "自然人憑證")
    assert (row.former_proven_at, row.confirmed_at, row.checked_by, row.confirmed_by) == (since, AT, first, second)
    letter = user.notices.get(code="accounts.identity_change")
    assert "已依戶籍謄本更正" in letter.body and NEW not in letter.body and OLD not in letter.body
    actions = list(
        AccessLog.objects.filter(action__startswith="identity_").order_by("pk").values_list("action", "user")
    )
    assert actions == [("identity_checked", first.pk), ("identity_changed", second.pk)]
    assert not [one for one in AccessLog.objects.all() if {OLD, NEW} & set(one.reason.split())]
    with pytest.raises(Refused, match="已經辦理過"):
        identity_changes.confirm_identity_change(change, by=second, at=AT)


@pytest.mark.django_db
def test_what_is_refused_changes_nothing() -> None:
    user, officer, second = proven(person()), UserFactory(), UserFactory()
    for given, field in (
        ({"name": user.name}, None),
        ({"national_id": OLD}, None),
        ({"national_id": NEW}, "kind"),
        ({"name": "阮英", "seen_on": (AT + DAY).date()}, "seen_on"),
        ({"name": "阮英", "reason": " "}, "reason"),
    ):
        with pytest.raises(Refused) as met:
            check(user, by=officer, **given)
        assert met.value.field == field, given
    with pytest.raises(Refused, match="自己的更正"):
        check(user, by=user, name="阮英")
    change = check(user, by=officer, name="阮英")
    with pytest.raises(Refused, match="等第二人確認"):
        check(user, by=second, name="阮英英")
    with pytest.raises(Refused, match="理由"):
        identity_changes.refuse_identity_change(change, reason=" ", by=second, at=AT)
    identity_changes.refuse_identity_change(change, reason="不是同一人", by=second, at=AT)
    with pytest.raises(Refused, match="已經辦理過"):
        identity_changes.confirm_identity_change(change, by=second, at=AT)
    user.refresh_from_db()
    assert (user.name, user.national_id) == ("阮氏英", OLD)


@pytest.mark.django_db
def test_a_number_of_somebody_else_is_refused_by_a_name_for_officers() -> None:
    owner, user = proven(person(NEW, "林美惠")), proven(person())
    change = check(user, by=UserFactory(), national_id=NEW, kind=RENEWED)
    with pytest.raises(Refused, match=owner.account_name):
        identity_changes.confirm_identity_change(change, by=UserFactory(), at=AT)
    # and a claim, of which an officer believes that it was theirs, while it is proven for another
    claimant = person(NEW)
    change = check(claimant, by=UserFactory(), national_id=THIRD, kind=RENEWED)
    with pytest.raises(Refused, match=owner.account_name):
        identity_changes.confirm_identity_change(change, by=UserFactory(), at=AT)
    claimant.refresh_from_db()
    assert (claimant.national_id, claimant.national_id_proven_at) == (NEW, None)
    identity_changes.refuse_identity_change(change, reason="原字號不是本人的", by=UserFactory(), at=AT)
    changed(claimant, national_id=THIRD, kind=MISTAKEN)
    assert identity.holder_of(THIRD) == claimant


@pytest.mark.django_db
def test_what_moved_after_the_check_is_checked_anew() -> None:
    user = person()
    change = check(user, by=UserFactory(), national_id=NEW, kind=RENEWED)
    proving.release_identity(user=user, reason="釐清中", by=UserFactory(), at=AT)
    with pytest.raises(Refused, match="重新核對"):
        identity_changes.confirm_identity_change(change, by=UserFactory(), at=AT)


@pytest.mark.django_db
def test_back_to_the_number_of_before() -> None:
    """The way back: a change that was wrong is put right by another."""
    user = proven(person())
    renewed(user, NEW)
    changed(user, national_id=OLD, kind=MISTAKEN)
    user.refresh_from_db()
    assert user.national_id == OLD
    assert identity.holder_of(NEW) is None and identity.holder_of(OLD) == user
    renewed(user, NEW)
    renewed(user, OLD)
    assert identity.holder_of(NEW) == identity.holder_of(OLD) == user


# --- promises of the database ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given",
    [
        {"confirmed_at": AT, "confirmed_by": "first"},
        {"confirmed_at": AT, "confirmed_by": "user"},
        {"checked_by": "user"},
        {"confirmed_at": AT, "confirmed_by": "second", "refused_at": AT},
        {"checked_at": None, "checked_by": None, "confirmed_at": AT, "confirmed_by": "second"},
        {"document": ""},
    ],
)
def test_one_who_checks_and_confirms_is_refused_by_the_database(given: dict) -> None:
    people = {"user": person(), "first": UserFactory(), "second": UserFactory()}
    change = check(people["user"], by=people["first"], name="阮英")
    values = {name: people.get(value, value) if isinstance(value, str) else value for name, value in given.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        IdentityChange.objects.filter(pk=change.pk).update(**values)


@pytest.mark.django_db
def test_two_open_changes_of_one_person_are_refused_by_the_database() -> None:
    change = check(person(), by=UserFactory(), name="阮英")
    change.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        change.save()


def _renewed_and_claimed() -> list:
    """One person's number becomes a former one while another's card proves the same."""
    user, claimant = person(), person(OLD, "林美惠")
    change = check(user, by=UserFactory(), national_id=NEW, kind=RENEWED)
    second = UserFactory()
    return [
        lambda: identity_changes.confirm_identity_change(change, by=second, at=AT),
        lambda: proving.prove_by_card(claimant, at=AT),
    ]


def _holders_of_old() -> int:
    proven_for = User.objects.filter(claimed_id_index=index(OLD)).exclude(national_id_proven_at=None).count()
    return proven_for + IdentityChange.objects.filter(former_id_index=index(OLD)).exclude(confirmed_at=None).count()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_at_one_moment_a_number_becomes_former_and_is_proven_for_one_of_them() -> None:
    answers = together(_renewed_and_claimed())
    assert _holders_of_old() == 1, answers


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_triggers_both_have_it() -> None:
    with connection.cursor() as cursor:
        for name, table, *_ in promises.TRIGGERS:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
    try:
        together(_renewed_and_claimed())
        assert _holders_of_old() == 2
    finally:
        User.objects.update(national_id_proven_at=None, national_id_proof="", national_id_proven_by=None, national_id_proof_note="")  # fmt: skip
        with connection.cursor() as cursor:
            for name, table, *_ in promises.TRIGGERS:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {name}")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_at_once_one_does() -> None:
    change = check(proven(person()), by=UserFactory(), name="阮英")
    officers = [UserFactory(), UserFactory()]
    answers = together(
        [lambda by=by: identity_changes.confirm_identity_change(change, by=by, at=AT) for by in officers]
    )
    assert sorted(isinstance(one, Refused) for one in answers) == [False, True], answers
    assert change.user.notices.filter(code="accounts.identity_change").count() == 1

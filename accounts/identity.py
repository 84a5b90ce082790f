"""Whose number it is 身分確認. A national ID typed into a profile is a claim; a card or an officer's check proves it.

A claim opens nothing and blocks nobody: rows that others entered under a number belong to whom it is proven for. One person may
have had several numbers and names (換發新號, 更名): every look-up matches all that were proven theirs. These functions are the only
door between people and numbers: `User.claimed_id_index` and the former numbers are read here and nowhere else, and whoever compares
the digest of a row asks here which digests are one person's (tests/accounts/test_identity.py walks the tree).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import crypto
from accounts.models import CertificateBinding, IdentityChange, User

_AT_ONCE = 5000
Found = TypeVar("Found")


def _former() -> QuerySet[IdentityChange]:
    """Numbers that were somebody's before they got another."""
    confirmed = IdentityChange.objects.exclude(confirmed_at=None)
    return confirmed.filter(kind=IdentityChange.Kind.RENEWED, withdrawn_at=None).exclude(former_id_index="")


def former_numbers(user: User) -> QuerySet[IdentityChange]:
    """The changes by which this person's earlier numbers became former."""
    return _former().filter(user=user)


def past(user: User) -> QuerySet[IdentityChange]:
    """What the person was called and numbered before, the latest first."""
    rows = user.identity_changes.exclude(confirmed_at=None).select_related("checked_by", "confirmed_by")
    return rows.defer("checked_by__national_id", "confirmed_by__national_id").order_by("-confirmed_at", "-pk")


# --- from numbers to people ------------------------------------------------------------------------------------------------------


def holder_of(number: str) -> User | None:
    """The person this number is or was proven for, closed accounts too."""
    found = holders([crypto.index(number)])
    return User.objects.get(pk=next(iter(found.values()))[0]) if found else None


def holders(indexes: Collection[str]) -> dict[str, tuple[int, str]]:
    """The same for many digests: digest → (key, name)."""
    wanted: list[str] = list(indexes)
    found: dict[str, tuple[int, str]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        now = User.objects.filter(claimed_id_index__in=some).exclude(national_id_proven_at=None)
        before = _former().filter(former_id_index__in=some)
        found |= {
            index: (key, name) for key, name, index in before.values_list("user", "user__name", "former_id_index")
        }
        found |= {index: (key, name) for key, name, index in now.values_list("pk", "name", "claimed_id_index") if index}
    return found


def bearing(index: str) -> QuerySet[User]:
    """Everybody who says the number of this digest is or was theirs. For officers who search, and to see that two say the same."""
    return _bearing([index])


def _bearing(indexes: Iterable[str]) -> QuerySet[User]:
    wanted = list(indexes)
    before = _former().filter(former_id_index__in=wanted)
    return User.objects.filter(Q(claimed_id_index__in=wanted) | Q(pk__in=before.values("user")))


def bears(user: User, number: str) -> bool:
    return crypto.index(number) in numbers_of(user)


def others_bearing(user: User) -> QuerySet[User]:
    """Other accounts that say they have a number of this person's."""
    return _bearing(numbers_of(user)).exclude(pk=user.pk)


# --- from people to numbers and names --------------------------------------------------------------------------------------------


def numbers_of(user: User) -> list[str]:
    """Digests of the number the person states and of those they had before."""
    now = [user.claimed_id_index] if user.claimed_id_index else []
    return [*now, *former_numbers(user).values_list("former_id_index", flat=True)] if user.pk else now


def last_fours(user: User) -> set[str]:
    """What a card may say of the person's number: a card outlives the number it was issued under."""
    now = [user.national_id] if user.national_id else []
    return {one[-4:] for one in (*now, *former_numbers(user).values_list("former_national_id", flat=True))}


def names_of(user: User) -> list[str]:
    """The name and those before it."""
    return [user.name, *past(user).exclude(former_name="").values_list("former_name", flat=True)]


def named(name: str) -> QuerySet[User]:
    """Who is or was called so, however it is spelled."""
    before = IdentityChange.objects.exclude(confirmed_at=None).filter(former_name__spelled=name)
    return User.objects.filter(Q(name__spelled=name) | Q(pk__in=before.values("user")))


# --- rows with digests -----------------------------------------------------------------------------------------------------------


def same_person(indexes: Iterable[str]) -> dict[str, frozenset[str]]:
    """For each digest all under which the person it is proven for may stand in a row; itself alone where that is nobody."""
    wanted = set(indexes)
    keys = {index: key for index, (key, _) in holders(wanted).items()}
    theirs: dict[int, set[str]] = defaultdict(set)
    now = User.objects.filter(pk__in=keys.values()).exclude(national_id_proven_at=None)
    before = _former().filter(user__in=keys.values())
    for key, index in (*now.values_list("pk", "claimed_id_index"), *before.values_list("user", "former_id_index")):
        if index:
            theirs[key].add(index)
    return {index: frozenset({index, *(theirs[keys[index]] if index in keys else ())}) for index in wanted}


def every_number(number: str) -> frozenset[str]:
    """The same for one number."""
    index = crypto.index(number)
    return same_person([index])[index]


def under_every_number(found: Mapping[str, Found]) -> dict[str, Found]:
    """What stands under a digest, under each digest of that person."""
    alike = same_person(found)
    return {other: one for index, one in found.items() for other in alike[index]} | dict(found)


def own_rows(user: User, path: str = "") -> Q:
    """Rows with `national_id_index` and `name`, entered by others, that are about this person; none while unproven.

    A card says name and last four of the number, a decision rests on papers that bear the name: then the row's name must be one
    the person has or had. An officer who held the original in hand has typed both from it.
    """
    if user.national_id_proven_at is None:
        return Q(pk__in=[])
    mine = Q(**{f"{path}national_id_index__in": numbers_of(user)})
    if user.national_id_proof == User.Proof.OFFICE:
        return mine
    called = Q()
    for name in names_of(user):
        called |= Q(**{f"{path}name__spelled": name})
    return mine & called


# --- one number, two proofs ------------------------------------------------------------------------------------------------------


def contested() -> QuerySet[User]:
    """Whoever holds a card that fits the number they state, while it is proven for another account: one of two proofs is false, and
    only an officer who sees both documents can say which."""
    cards = CertificateBinding.objects.filter(kind=CertificateBinding.Kind.CITIZEN, released_at=None)
    now = User.objects.exclude(national_id_proven_at=None).filter(claimed_id_index=OuterRef("claimed_id_index"))
    before = _former().filter(former_id_index=OuterRef("claimed_id_index")).exclude(user=OuterRef("pk"))
    claims = User.objects.filter(national_id_proven_at=None, is_active=True, pk__in=cards.values("user"))
    return claims.filter(Exists(now) | Exists(before))


def contested_pairs() -> list[tuple[User, User]]:
    """Who holds the card, and for whom the number is proven."""
    claims = list(contested().defer("password").order_by("pk"))
    keys = {index: key for index, (key, _) in holders({one.claimed_id_index or "" for one in claims}).items()}
    proven = User.objects.defer("password").in_bulk(keys.values())
    return [(one, proven[keys[one.claimed_id_index]]) for one in claims if one.claimed_id_index in keys]

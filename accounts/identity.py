"""Whose number it is 身分確認. A national ID typed into a profile is a claim; a card or an officer's check proves it.

A claim opens nothing and blocks nobody: rows that others entered under a number belong to whom it is proven for. These
functions are the only door between people and numbers: `User.claimed_id_index` is read here and nowhere else
(tests/accounts/test_identity.py walks the tree).
"""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import crypto
from accounts.models import CertificateBinding, User

_AT_ONCE = 5000


def holder_of(number: str) -> User | None:
    """The person this number is proven for, closed accounts too."""
    return bearing(crypto.index(number)).exclude(national_id_proven_at=None).first()


def holders(indexes: Collection[str]) -> dict[str, tuple[int, str]]:
    """The same for many digests: digest → (key, name)."""
    wanted: list[str] = list(indexes)
    found: dict[str, tuple[int, str]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        rows = User.objects.filter(claimed_id_index__in=wanted[start : start + _AT_ONCE]).exclude(
            national_id_proven_at=None
        )
        found |= {
            index: (key, name) for key, name, index in rows.values_list("pk", "name", "claimed_id_index") if index
        }
    return found


def bearing(index: str) -> QuerySet[User]:
    """Everybody who says the number of this digest is theirs. For officers who search, and to see that two say the same."""
    return User.objects.filter(claimed_id_index=index)


def bears(user: User, number: str) -> bool:
    return user.claimed_id_index == crypto.index(number)


def others_bearing(user: User) -> QuerySet[User]:
    """Other accounts that say they have this person's number."""
    return bearing(user.claimed_id_index or "").exclude(pk=user.pk)


def contested() -> QuerySet[User]:
    """Whoever holds a card that fits the number they state, while it is proven for another account: one of two proofs is false, and
    only an officer who sees both documents can say which."""
    cards = CertificateBinding.objects.filter(kind=CertificateBinding.Kind.CITIZEN, released_at=None)
    taken = User.objects.exclude(national_id_proven_at=None).filter(claimed_id_index=OuterRef("claimed_id_index"))
    return User.objects.filter(Exists(taken), national_id_proven_at=None, is_active=True, pk__in=cards.values("user"))


def contested_pairs() -> list[tuple[User, User]]:
    """Who holds the card, and for whom the number is proven."""
    claims = list(contested().defer("password").order_by("pk"))
    indexes = {one.claimed_id_index for one in claims}
    rows = User.objects.exclude(national_id_proven_at=None).filter(claimed_id_index__in=indexes).defer("password")
    proven = {one.claimed_id_index: one for one in rows}
    return [(one, proven[one.claimed_id_index]) for one in claims if one.claimed_id_index in proven]


def own_rows(user: User, path: str = "") -> Q:
    """Rows with `national_id_index` and `name`, entered by others, that are about this person; none while unproven.

    A card says name and last four of the number, a decision rests on papers that bear the name: then the row's name must
    agree. An officer who held the original in hand has typed both from it.
    """
    if user.national_id_proven_at is None:
        return Q(pk__in=[])
    mine = Q(**{f"{path}national_id_index": user.claimed_id_index})
    return mine if user.national_id_proof == User.Proof.OFFICE else mine & Q(**{f"{path}name__spelled": user.name})

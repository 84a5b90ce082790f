"""展示用角色: one sign-in button per role, and a software card per person, only where settings.DEMO says so."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from accounts import clock
from accounts.certificates.authorities import folder
from accounts.certificates.software_card import authority_in
from accounts.models import Organisation, User
from accounts.services.bindings import UNITS
from kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class DemoRole:
    label: str
    account_name: str
    note: str = ""
    scheme: str = ""

    @property
    def code(self) -> str:
        return self.account_name


@dataclass(frozen=True, slots=True)
class DemoGroup:
    """The roles of one scheme, those who apply apart from those who decide."""

    scheme: str
    applicants: list[DemoRole] = field(default_factory=list)
    staff: list[DemoRole] = field(default_factory=list)

    @property
    def faces(self) -> list[tuple[str, list[DemoRole]]]:
        return [(name, ones) for name, ones in (("申請端", self.applicants), ("機關端", self.staff)) if ones]

    @property
    def count(self) -> int:
        return len(self.applicants) + len(self.staff)


DEMO_ROLES: Registry[DemoRole] = Registry("person of the demonstration")


@dataclass(frozen=True, slots=True)
class ToldAmendment:
    """An amendment of one figure, for the demonstration."""

    title: str
    citation: str
    figure: str
    value: int


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What a part tells in the demonstration: `build` says how many cases it added, `roles` whom one may sign in as.

    Of the amendments that schemes offer, one is told as a draft and one as settled.
    """

    order: int
    code: str
    build: Callable[[], int]
    roles: tuple[DemoRole, ...] = ()
    draft: ToldAmendment | None = None
    settled: ToldAmendment | None = None


DEMONSTRATIONS: Registry[Demonstration] = Registry("demonstration")


def demo_role(code: str) -> DemoRole | None:
    return DEMO_ROLES.get(code)


def demo_groups() -> list[DemoGroup]:
    """By scheme, in the order of the schemes. One query."""
    names = [role.account_name for role in DEMO_ROLES]
    staff = set(User.objects.filter(account_name__in=names, is_staff=True).values_list("account_name", flat=True))
    groups: dict[str, DemoGroup] = {}
    for role in DEMO_ROLES:
        group = groups.setdefault(role.scheme, DemoGroup(role.scheme or "各業務共用"))
        (group.staff if role.account_name in staff else group.applicants).append(role)
    return sorted(groups.values(), key=lambda group: group.scheme == "各業務共用")


# --- software cards --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DemoCard:
    """`identity` is what the certificate says of its holder."""

    user: User
    name: str
    identity: dict[str, str]

    @property
    def label(self) -> str:
        what = "自然人憑證" if "last_four" in self.identity else f"單位憑證　{self.name}"
        return f"{self.user.name}（{self.user.account_name}）{what}"


def demo_cards(accounts: Iterable[str] | None = None) -> list[DemoCard]:
    """A citizen's card for whoever has an ID on file; a unit's card for the others of a unit with a unified number."""
    names = [role.account_name for role in DEMO_ROLES if accounts is None or role.account_name in set(accounts)]
    people = User.objects.filter(account_name__in=names, is_active=True)
    by_name = {one.account_name: one for one in people}
    return [card for name in names if name in by_name and (card := _card_of(by_name[name]))]


def _card_of(user: User) -> DemoCard | None:
    if user.national_id:
        return DemoCard(user, user.name, {"last_four": user.national_id[-4:]})
    unit = (
        Organisation.objects.filter(kind__in=UNITS, role_groups__group__user=user).exclude(unified_number="").first()
        if not user.is_staff
        else None
    )
    return DemoCard(user, unit.name, {"unified_number": unit.unified_number}) if unit else None


def signed_by_card(card: DemoCard, flaw: str, message: str) -> str:
    """What the component would answer with this card in the reader."""
    place = folder()
    assert place is not None  # the demonstration always has one
    held = authority_in(place).card(card.user.account_name, card.name, flaw, at=clock.now(), **card.identity)
    return held.answer(message.encode())

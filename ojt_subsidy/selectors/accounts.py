"""Whose account money goes to: what an officer must have looked at before it is paid."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kernel.characters import same_name
from kernel.identifiers import IdentifierError, read_account_holder, read_bank_account, read_bank_code
from ojt_subsidy.models import Trainee, UnitPayee


def bank_fields(payee: Trainee | UnitPayee) -> tuple[str, str, str]:
    """(holder, code, account) in the alphabet and the width of the bank's file, whatever the row holds. Raises IdentifierError."""
    return (
        read_account_holder(payee.bank_holder),
        read_bank_code(payee.bank_code),
        read_bank_account(payee.bank_account),
    )


#: A line of somebody whose number nobody has proven waits: the cap is one person's, and a typed number is a claim.
UNPROVEN = "身分證字號尚未確認為本人所有，須先核對身分證件"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why nothing is paid to an account. `seen`: what an officer confirms, empty where only a correction helps."""

    why: str
    seen: str = ""


def doubts(payees: Iterable[Trainee | UnitPayee]) -> dict[Trainee | UnitPayee, Doubt]:
    """Why nothing is paid to an account yet; one that is in order is not among the answers. As many questions as for one."""
    payees = list(payees)
    indexes = {one.bank_index for one in payees if isinstance(one, Trainee) and one.bank_index}
    sharers: dict[str, list[int]] = defaultdict(list)
    for index, key in Trainee.objects.filter(bank_index__in=indexes).order_by("pk").values_list("bank_index", "pk"):
        sharers[index].append(key)
    return {one: found for one in payees if (found := _doubt(one, sharers))}


def _doubt(payee: Trainee | UnitPayee, sharers: dict[str, list[int]]) -> Doubt | None:
    try:
        bank_fields(payee)
    except IdentifierError as error:
        return Doubt(f"受款帳戶須更正：{error}")
    if not isinstance(payee, Trainee):
        return None
    reasons = []
    if len(shared := sharers[payee.bank_index]) > 1:
        reasons.append(Doubt("受款帳戶與其他學員相同，須經承辦人確認", _seen(payee, "shared", *shared)))
    if not same_name(payee.bank_holder, payee.user.name):
        said = f"戶名「{payee.bank_holder}」與姓名不同，須經承辦人確認"
        reasons.append(Doubt(said, _seen(payee, "holder", payee.bank_holder, payee.user.name)))
    return next((one for one in reasons if one.seen not in payee.bank_confirmed_words), None)


def _seen(payee: Trainee, *parts: object) -> str:
    """The account and what is doubtful about it, as one digest: another account, another name or another sharer is another one."""
    text = "\n".join(map(str, (payee.pk, payee.bank_code, payee.bank_index, *parts)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]

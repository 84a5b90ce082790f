"""Whose account money goes to: what an officer must have looked at before it is paid."""

from collections.abc import Iterable

from django.db.models import Count

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


def doubts(payees: Iterable[Trainee | UnitPayee]) -> dict[Trainee | UnitPayee, str]:
    """Why nothing is paid to an account yet; one that is in order is not among the answers. As many questions as for one."""
    payees = list(payees)
    indexes = {one.bank_index for one in payees if isinstance(one, Trainee) and one.bank_index}
    alike = Trainee.objects.filter(bank_index__in=indexes).values_list("bank_index").annotate(people=Count("pk"))
    shared = {index for index, people in alike.order_by("bank_index") if people > 1}
    return {one: why for one in payees if (why := _doubt(one, shared))}


def _doubt(payee: Trainee | UnitPayee, shared: set[str]) -> str:
    try:
        bank_fields(payee)
    except IdentifierError as error:
        return f"受款帳戶須更正：{error}"
    if not isinstance(payee, Trainee) or payee.bank_confirmed_at is not None:
        return ""
    if payee.bank_index in shared:
        return "受款帳戶與其他學員相同，須經承辦人確認"
    if not same_name(payee.bank_holder, payee.user.name):
        return f"戶名「{payee.bank_holder}」與姓名不同，須經承辦人確認"
    return ""

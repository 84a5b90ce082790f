"""Everybody else: two who hold every role there is, each in an organisation of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.urls import resolve
from django.utils.crypto import get_random_string

from accounts.clock import now
from accounts.models import Organisation, User
from accounts.roles import all_roles
from accounts.services.roles import grant_role
from tests.security.walk import client_of

#: What a refused request may write.
_RECORDS = ("accounts_accesslog", "django_session", "usersessions_usersession")


def _person(name: str) -> User:
    account = f"else{get_random_string(8, 'abcdefghjkmnpq')}"
    return User.objects.create_user(account, name=name, email=f"{account}@example.test")


def everybody_else() -> dict[str, Client]:
    """The strongest strangers: what they may at home they may all of it, and nothing of it here.

    Who is not signed in or has no role opens nothing at any address of its kind: tests/test_urls.py asks all of them.
    """
    people = {"staff elsewhere": _person("別處機關人員"), "applicant elsewhere": _person("別處申請人")}
    for role in all_roles():
        # where a role can be held centrally or in a branch, in a branch: from the centre it reaches everybody by right
        home = Organisation.objects.create(name=f"別處：{role.label}", kind=role.kinds[-1])
        who = people["staff elsewhere" if role.staff else "applicant elsewhere"]
        grant_role(user=who, role_code=role.code, organisation=home, by=None, at=now())
    return {name: client_of(user) for name, user in people.items()}


@contextmanager
def writes() -> Iterator[list[str]]:
    """Changes of rows while the block runs, but for the records of access; taken back at its end."""
    found: list[str] = []

    def noted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        text = str(sql).lstrip()
        if text[:6].upper() in ("INSERT", "UPDATE", "DELETE") and not any(table in text[:80] for table in _RECORDS):
            found.append(text[:120])
        return execute(sql, params, many, context)

    with transaction.atomic():
        with connection.execute_wrapper(noted):
            yield found
        transaction.set_rollback(True)


def is_somebodys(address: str) -> bool:
    """Whether the address names one thing, and needs sign-in."""
    match = resolve(address.split("?")[0])
    return bool(match.kwargs) and getattr(match.func, "login_required", True)

"""The sign-in address of an existing person is written in one module: whoever holds the address holds the account."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).parents[2]
PLACES = ("accounts", "casework", "config", "kernel", *settings.SCHEMES)
THE_ONE = "accounts/services/addresses.py"
#: Rows that are nobody's sign-in.
OTHERS = {("vrs_credentials/services/joining.py", one) for one in ("body.email", "save(email)")}


def written(text: str) -> list[str]:
    """Every place where an `email` of a row that exists is set, as `row.email`, `.update(email=…)`, `setattr` or update_fields."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr == "email" and isinstance(node.ctx, ast.Store):
            found.append(ast.unparse(node))
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            named = {one.arg: one.value for one in node.keywords}
            if called in ("update", "aupdate") and "email" in named:
                found.append("update(email)")
            if called in ("bulk_update", "save", "asave") and "'email'" in ast.unparse(node):
                found.append(f"{called}(email)")
            if called == "setattr" and len(node.args) > 1 and "'email'" in ast.unparse(node.args[1]):
                found.append("setattr(email)")
            if called in ("update_or_create", "aupdate_or_create") and ast.unparse(node.func).startswith("User."):
                found.append(called)
    return found


def sources() -> list[Path]:
    return [path for place in PLACES for path in sorted((ROOT / place).rglob("*.py")) if "migrations" not in path.parts]


def test_in_one_module_only() -> None:
    places = {
        (str(path.relative_to(ROOT)), what) for path in sources() for what in written(path.read_text(encoding="utf-8"))
    }
    assert {where for where, _ in places - OTHERS} == {THE_ONE}
    assert places >= OTHERS, "an exception that is none any more"


@pytest.mark.parametrize(
    "text",
    [
        "user.email = new",
        "before, person.user.email = person.user.email, new",
        "User.objects.filter(pk=1).update(email=new, phone='')",
        "user.save(update_fields=['email'])",
        "User.objects.bulk_update(rows, ['email'])",
        "setattr(user, 'email', new)",
        "User.objects.update_or_create(pk=1, defaults=given)",
    ],
)
def test_the_walk_sees_it(text: str) -> None:
    assert written(text)


@pytest.mark.parametrize("text", ["User(email=new)", "User.objects.filter(email=new)", "print(user.email)"])
def test_the_walk_sees_nothing_else(text: str) -> None:
    assert not written(text)

"""The database compares names as the kernel does, and nothing compares them otherwise."""

import re
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Organisation, User
from kernel.characters import FOLDED_FIRST, FOLDED_LAST, VARIANTS, fold

pytestmark = pytest.mark.django_db


def in_database(text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT fold_text(%s)", [text])
        return str(cursor.fetchone()[0])


def test_every_character_of_the_tables() -> None:
    for table in (FOLDED_FIRST, FOLDED_LAST):
        text = "|".join(char for char in table if char != "\0")
        assert in_database(text) == fold(text)


@settings(deadline=None, max_examples=150)
@given(st.text(st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\0"), max_size=60))
def test_any_text(text: str) -> None:
    assert in_database(text) == fold(text)


@pytest.mark.parametrize("asked", ["台北市職業工會", "臺北市 職業工會", "台北市　職業工會", "臺北市\u200b職業工會"])
def test_a_body_is_found_by_any_spelling(asked: str) -> None:
    kept = Organisation.objects.create(name="臺北市職業工會", kind=Organisation.Kind.UNIT)
    assert list(Organisation.objects.filter(name__spelled=asked, kind=Organisation.Kind.UNIT)) == [kept]
    assert list(Organisation.objects.filter(name__holding=asked[:3], kind=Organisation.Kind.UNIT)) == [kept]
    assert kept.name == "臺北市職業工會"


@pytest.mark.parametrize("variants", VARIANTS)
def test_a_person_is_found_by_any_variant(variants: str) -> None:
    kept = User.objects.create_user("variant1", email="v@example.com", name=f"王{variants[0]}明", password=None)
    for other in variants[1:]:
        assert User.objects.filter(name__spelled=f"王{other} 明").get() == kept


@pytest.mark.parametrize("asked", ["50%", "a_b", "\\", "-"])
def test_signs_of_a_pattern_are_looked_for_as_they_are(asked: str) -> None:
    Organisation.objects.create(name="甲公司", kind=Organisation.Kind.UNIT)
    assert not Organisation.objects.filter(name__holding=asked, kind=Organisation.Kind.UNIT).exists()


def test_the_index_of_names_is_the_one_that_is_asked() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "user_name_folded" in User.objects.filter(name__spelled="王小明").explain()


def test_no_name_is_searched_otherwise() -> None:
    root = Path(__file__).resolve().parents[2]
    folders = (
        "accounts",
        "casework",
        "config",
        "ohs_training",
        "ojt_accounts",
        "ojt_subsidy",
        "senior45",
        "vrs_credentials",
    )
    asked = re.compile(r"\w*(?:name|title|summary|body|place|thing)__(?:i?contains|i?exact|i?startswith)")
    found = {
        f"{path.relative_to(root)}: {one}"
        for folder in folders
        for path in (root / folder).rglob("*.py")
        for one in asked.findall(path.read_text())
        if "account_name" not in one and one != "username__iexact"
    }
    assert found == set()

"""One kind of list for everything that is looked up by code."""

from dataclasses import dataclass

import pytest

from kernel.registry import EnteredTwice, Registry, address


@dataclass(frozen=True)
class Entry:
    code: str
    label: str


@pytest.fixture
def entries() -> Registry[Entry]:
    made: Registry[Entry] = Registry("entry")
    Registry.every.remove(made)
    return made


def test_entries_are_found_by_code_and_keep_their_order(entries: Registry[Entry]) -> None:
    second, first = Entry("b", "乙"), Entry("a", "甲")
    entries.add(second, first)
    assert list(entries) == [second, first]
    assert (entries["a"], entries.get("b"), entries.get("c")) == (first, second, None)
    assert "a" in entries
    assert "c" not in entries
    assert len(entries) == 2


def test_a_code_is_entered_once_and_the_sentence_names_both(entries: Registry[Entry]) -> None:
    entries.add(Entry("a", "甲"))
    with pytest.raises(EnteredTwice, match=r"entry a is entered twice: .*甲.*乙"):
        entries.add(Entry("a", "乙"))
    with pytest.raises(EnteredTwice):
        entries.add(Entry("a", "甲"))
    assert entries["a"].label == "甲"


def test_what_is_missing_is_named(entries: Registry[Entry]) -> None:
    with pytest.raises(KeyError, match="there is no entry z"):
        entries["z"]


def test_what_is_tried_is_gone_afterwards(entries: Registry[Entry]) -> None:
    entries.add(Entry("a", "甲"))
    with pytest.raises(RuntimeError, match="stop"), entries.kept():
        entries.put(Entry("a", "丙"), Entry("b", "乙"))
        assert [one.label for one in entries] == ["丙", "乙"]
        raise RuntimeError("stop")
    assert list(entries) == [Entry("a", "甲")]
    with entries.kept():
        entries.clear()
        assert list(entries) == []
    assert len(entries) == 1


def test_a_list_that_grows_while_it_is_read_is_read_as_it_was(entries: Registry[Entry]) -> None:
    entries.add(Entry("a", "甲"))
    for one in entries:
        entries.put(Entry(one.code + "x", ""))
    assert [one.code for one in entries] == ["a", "ax"]


def test_a_function_is_named_by_where_it_stands() -> None:
    assert address(test_a_function_is_named_by_where_it_stands).startswith("tests.kernel.test_registry.test_a_function")

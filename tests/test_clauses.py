"""Every rule of a scheme has its clause, its rule, somebody who asks it and a test."""

from casework.management.clause_list import entries


def test_no_rule_lacks_clause_asker_or_test() -> None:
    assert [str(one) for one in entries() if one.gaps] == []

"""Acts of courses and subsidy, one function each: keyword-only, atomic, `by=`, `at=`."""

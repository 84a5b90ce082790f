"""Acts on users, roles and access. One function per act: keyword-only, atomic, `by=`, `at=`."""

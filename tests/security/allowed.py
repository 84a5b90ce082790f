"""Where a national ID, residence number or bank account may stand in full, and why there. Nowhere else (test_demonstration)."""

#: URL name → why.
PAGES: dict[str, str] = {}

#: Addresses of one thing that are for everybody who is signed in (or for all staff), by nature and not by whose thing it is → why.
SHARED: dict[str, str] = {}

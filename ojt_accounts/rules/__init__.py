"""The rules of the account pack, in its order: what to hand in, who may, seats, the account itself, signing."""

from ojt_accounts.rules import accounts, handling, papers, standing

#: Every id of the requirement page; `manage.py clauses` counts a missing one as a gap.
RULES = tuple(f"OA-{n:02d}" for n in range(1, 24))

__all__ = ["RULES", "accounts", "handling", "papers", "standing"]

"""Rules S45-01 … S45-12 by subject, in the order of the source: 第2點, 第3點, 第4–6點, 附件1, 附件2."""

from senior45.rules import content, procedure, rights

#: Every id of the requirement page; `manage.py clauses` counts a missing one as a gap.
RULES = tuple(f"S45-{n:02d}" for n in range(1, 13))

__all__ = ["RULES", "content", "procedure", "rights"]

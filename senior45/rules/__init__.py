"""Rules S45-01 … S45-12 by subject, in the order of the source: 第2點, 第3點, 第4–6點, 附件1, 附件2."""

from senior45.rules import content, procedure, rights

__all__ = ["content", "procedure", "rights"]

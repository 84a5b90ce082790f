"""Sums of money are written 12,000 (財政、主計文書); Django's table for zh-hant groups by four with no sign, so nothing shows."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3

"""Whole New Taiwan dollars."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal


def share(amount: int, percent: int) -> int:
    """`percent` of whole dollars, the odd part of a dollar dropped (無條件捨去)."""
    return int((Decimal(amount) * percent / 100).to_integral_value(ROUND_DOWN))


def dollars(amount: int) -> str:
    """新臺幣8,000元"""
    return f"新臺幣{amount:,}元"

"""How lines spell numbers, so that 3, 3.0 and 3.00 hours give one and the same line."""

from __future__ import annotations

from decimal import Decimal


def plain(number: Decimal | float) -> str:
    """60, 59.5: without the noughts a decimal carries along."""
    return f"{Decimal(str(number)).normalize():f}"

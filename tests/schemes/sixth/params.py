"""The one figure."""

from datetime import date

from kernel.law import Figure, Value

DOCUMENT = "職場見學試辦要點"
FIGURES = (
    Figure("sx.group_size", "每次見學人數上限", "人", (Value(20, f"{DOCUMENT}第2點", checked_on=date(2026, 11, 20)),)),
)

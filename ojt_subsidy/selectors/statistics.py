"""統計 of a branch: figures and the bars they are drawn with; the table beside says the same."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, ExpressionWrapper, F, Sum

from accounts.models import Organisation
from ojt_subsidy.models import Absence, Enrolment, MoneyEntry
from ojt_subsidy.params import CATEGORIES

HEIGHT, GAP, WIDTH = 22, 10, 420
BANDS = ((0, "未缺課"), (10, "10% 以內"), (20, "20% 以內"), (100, "超過 20%"))
SHARES = ((20_000, "2 萬以下"), (40_000, "2 至 4 萬"), (60_000, "4 至 6 萬"), (10**9, "6 萬以上"))


def _chart(title: str, unit: str, rows: Sequence[tuple[str, int]]) -> dict[str, Any]:
    most = max((value for _, value in rows), default=0) or 1
    bars = [
        {"label": label, "value": value, "y": n * (HEIGHT + GAP), "middle": n * (HEIGHT + GAP) + HEIGHT - 6, "width": round(WIDTH * value / most), "end": 150 + round(WIDTH * value / most)}
        for n, (label, value) in enumerate(rows)
    ]  # fmt: skip
    return {"title": title, "unit": unit, "bars": bars, "height": len(rows) * (HEIGHT + GAP)}


def charts(offices: Sequence[Organisation]) -> list[dict[str, Any]]:
    mine = Enrolment.objects.filter(course__case__office__in=offices)
    by = dict(mine.values_list("course__category").annotate(n=Count("pk")).order_by())
    categories = [(label, by.get(code, 0)) for code, label in CATEGORIES.items() if by.get(code)]
    people = MoneyEntry.objects.filter(enrolment__in=mine).values("person").annotate(total=Sum("amount")).order_by()
    shares = [0] * len(SHARES)
    for row in people:
        if row["total"] > 0:
            shares[next(n for n, (most, _) in enumerate(SHARES) if row["total"] <= most)] += 1
    missed = (
        Absence.objects.filter(enrolment__in=mine)
        .values("enrolment")
        .annotate(
            part=ExpressionWrapper(
                Sum("hours") * 100 / F("enrolment__course__hours"),
                output_field=DecimalField(max_digits=8, decimal_places=2),
            )
        )
    )
    bands = [0] * len(BANDS)
    for row in missed.order_by():
        part = min(row["part"] or Decimal(0), Decimal(100))
        bands[next(n for n, (most, _) in enumerate(BANDS) if part <= most)] += 1
    return [
        _chart("各類別報名人次", "人次", categories),
        _chart("學員補助額度使用情形", "人", [(label, n) for (_, label), n in zip(SHARES, shares, strict=True)]),
        _chart("缺課時數占總時數", "人次", [(label, n) for (_, label), n in zip(BANDS, bands, strict=True)]),
    ]

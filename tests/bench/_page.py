"""docs/performance.md out of the figures: what was asked (`<figure>_at_most`, `<figure>_at_least`) beside what was measured."""

import importlib
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

HEAD = """# Figures

Written by `./dev bench --page docs/performance.md`; every line can be measured again with `./dev bench NAME`. Ratios are taken
in one run against the least work that answers the same question, so they travel between machines; the times do not.

{machine}

## What was asked
| figure | measured | asked | |
|---|---|---|---|
"""


def write(path: Path, figures: Sequence[Mapping[str, Any]]) -> None:
    """The page, whole: the table of what was asked, then every bench with all its figures. Text after the mark is kept."""
    asked = [row for one in figures for row in _asked(one)]
    told = [_told(one) for one in figures]
    kept = path.read_text().partition("<!-- by hand -->") if path.exists() else ("", "", "")
    page = (
        HEAD.format(machine=_machine()) + "\n".join(asked) + "\n\n## Everything measured\n\n" + "\n\n".join(told) + "\n"
    )
    path.write_text(page + "\n" + "".join(kept[1:]) if kept[1] else page)


def _asked(one: Mapping[str, Any]) -> list[str]:
    rows = []
    for name, limit in one.items():
        for suffix, sign in (("_at_most", "≤"), ("_at_least", "≥")):
            if name.endswith(suffix):
                figure = name.removesuffix(suffix)
                met = one[figure] <= limit if sign == "≤" else one[figure] >= limit
                rows.append(
                    f"| `{one['bench']}` {figure} | {one[figure]:,} | {sign} {limit:,} | {'met' if met else '**not met**'} |"
                )
    return rows


def _told(one: Mapping[str, Any]) -> str:
    doc = (importlib.import_module(f"tests.bench.{one['bench']}").__doc__ or "").strip()
    lines = [f"- {name}: {_spelled(value)}" for name, value in one.items() if name != "bench" and "_at_" not in name]
    return f"### {one['bench']}\n{doc}\n\n" + "\n".join(lines)


def _spelled(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {_spelled(part)}" for name, part in value.items() if "_at_" not in name)
    if isinstance(value, list):
        return ", ".join(map(_spelled, value))
    return f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _machine() -> str:
    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), ""
    )
    memory = next((int(line.split()[1]) // 2**20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (database,) = cursor.fetchone()
    return (
        f"Machine: {cpu or platform.machine()}, {os.cpu_count()} cores, {memory} GiB; Python {platform.python_version()}, "
        f"PostgreSQL {database.split()[0]}; {date.today():%Y-%m-%d}."
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []

"""docs/performance.md out of the figures: each limit (`<figure>_at_most`, `<figure>_at_least`) beside what was measured."""

import importlib
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

HEAD = """# Figures

How fast the portal is, what it weighs, and how that changes when it fills up. Every line can be measured again:
`./dev bench NAME` prints one, `./dev bench --page docs/performance.md` measures all and writes this page, `./dev bench --quick`
only shows, within a minute once the tables have been made, that they run. Ratios and slopes are taken within one run, against the least work that answers the
same question or against the same work among fewer rows, so they travel between machines; times do not.

{machine}

## Limits
| bench | figure | measured | limit | holds |
|---|---|---|---|---|
"""
#: Endings of the figures' names, as a reader writes them.
UNITS = {"ms": "ms", "seconds": "s", "s": "s", "mb": "MB", "kb": "KB"}


def write(path: Path, figures: Sequence[Mapping[str, Any]], failed: Sequence[str] = ()) -> None:
    """The page, whole: what has a limit, then every bench with all its figures. Text after the mark is kept."""
    limits = [row for one in figures for row in _limits(one)]
    limits += [f"| {name} | – | failed | – | **no** |" for name in failed]
    every = {one.stem for one in Path(__file__).parent.glob("[a-z]*.py")}
    if left := sorted(every - {one["bench"] for one in figures} - set(failed)):
        limits.append(f"\nNot in this run: {', '.join(left)}.")
    told = [_told(one) for one in figures]
    kept = path.read_text().partition("<!-- by hand -->") if path.exists() else ("", "", "")
    page = HEAD.format(machine=_machine()) + "\n".join(limits) + "\n\n## Every figure\n\n" + "\n\n".join(told) + "\n"
    path.write_text(page + "\n" + "".join(kept[1:]) if kept[1] else page)


def _limits(one: Mapping[str, Any]) -> list[str]:
    rows = []
    for name, limit in one.items():
        figure, ending, sort = name.rpartition("_at_")
        if ending and sort in ("most", "least"):
            holds = one[figure] <= limit if sort == "most" else one[figure] >= limit
            rows.append(
                f"| [{one['bench']}](#{one['bench']}) | {_label(figure)} | {_spelled(one[figure])} | "
                f"{'≤' if sort == 'most' else '≥'} {_spelled(limit)} | {'yes' if holds else '**no**'} |"
            )
    return rows


def _told(one: Mapping[str, Any]) -> str:
    doc = (importlib.import_module(f"tests.bench.{one['bench']}").__doc__ or "").strip()
    simple = {name: value for name, value in one.items() if name not in ("bench", "few", "many", "slopes")}
    parts = [
        _table(
            ("figure", "measured"), ([_label(name), _spelled(v)] for name, v in simple.items() if "_at_" not in name)
        )
    ]
    if "few" in one and "many" in one:
        few, many = one["few"], one["many"]
        rows = (
            [_label(name), _spelled(few[name]), _spelled(many[name]), _times(few[name], many[name])] for name in few
        )
        parts.insert(0, _table(("", "few", "many", "×"), rows))
    return "\n\n".join([f"### {one['bench']}\n{doc}", *parts])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _times(few: Any, many: Any) -> str:
    return f"{many / few:.2f}" if few and isinstance(few, int | float) else ""


def _label(name: str) -> str:
    words, _, unit = name.rpartition("_")
    if not words and name in UNITS:
        return f"{'the whole bench' if name == 'seconds' else 'time'}, {UNITS[name]}"
    return f"{words.replace('_', ' ')}, {UNITS[unit]}" if words and unit in UNITS else name.replace("_", " ")


def _spelled(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{_label(name)} {_spelled(part)}" for name, part in value.items() if "_at_" not in name)
    if isinstance(value, list):
        return ", ".join(map(_spelled, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


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
        f"PostgreSQL {database.split()[0]}; {date.today():%Y-%m-%d}.\n"
        f"Load over the quarter of an hour before: {os.getloadavg()[2]:.1f} (where that is well above the number of cores, times tell of "
        "the neighbours; ratios and slopes hold)."
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []

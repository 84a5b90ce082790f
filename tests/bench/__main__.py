"""`./dev bench`: every module here with `run(quick: bool) -> dict` measures one thing and prints one JSON line.

Each runs in a process of its own, because memory and warm caches are figures too; `--quick` only shows that they run.
"""

import argparse
import importlib
import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import django


def main() -> int:
    here = Path(__file__).parent
    found = sorted(path.stem for path in here.glob("*.py") if not path.stem.startswith("_"))
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(found)}")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--page", type=Path, metavar="FILE", help="also written as the page docs/performance.md")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(found):
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    logging.disable(logging.INFO)
    names = asked.names or found
    measured, failed = [], []
    for name in names:
        figures = _here(name, asked.quick) if asked.quick or len(names) == 1 else _apart(name)
        if figures is None:
            failed.append(name)
            continue
        measured.append({"bench": name, **figures})
        print(json.dumps(measured[-1], ensure_ascii=False), flush=True)
    if asked.page:
        from tests.bench import _page  # needs the settings

        _page.write(asked.page, measured, failed)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


def _here(name: str, quick: bool) -> dict[str, Any]:
    started = time.perf_counter()
    figures = importlib.import_module(f"tests.bench.{name}").run(quick=quick)
    return {**figures, "seconds": round(time.perf_counter() - started, 1)}


def _apart(name: str) -> dict[str, Any] | None:
    child = subprocess.run([sys.executable, "-m", "tests.bench", name], stdout=subprocess.PIPE, text=True)
    if child.returncode:
        return None
    figures: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return {key: value for key, value in figures.items() if key != "bench"}


if __name__ == "__main__":
    sys.exit(main())

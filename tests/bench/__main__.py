"""`./dev bench`: every module here with `run(quick: bool) -> dict` measures one thing and prints one JSON line.

Each runs in a process of its own, because memory and warm caches are figures too. `--quick` only shows that they run: small,
and as many side by side as there are processors.
"""

import argparse
import importlib
import json
import logging
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import django
from django.conf import settings


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
    # the people of every bench have a password, and none is measured
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    names = asked.names or found
    measured, failed = [], []
    for name, figures in _side_by_side(names) if asked.quick else _one_by_one(names):
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


def _one_by_one(names: list[str]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    for name in names:
        yield name, _here(name, quick=False) if len(names) == 1 else _apart(name)


def _side_by_side(names: list[str]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Each worker starts with everything imported, on a database of its own."""
    from tests.bench._scratch import own_database  # needs the settings

    with ProcessPoolExecutor(os.cpu_count(), get_context("fork"), initializer=own_database) as pool:
        # backwards: the longest begin with the letters in the middle and at the end, and so are not left for last
        asked = {pool.submit(_here, name, quick=True): name for name in reversed(names)}
        for figures in as_completed(asked):
            if error := figures.exception():
                traceback.print_exception(error)
            yield asked[figures], None if error else figures.result()


def _here(name: str, quick: bool) -> dict[str, Any]:
    from tests.bench import _timing

    _timing.quick = quick
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

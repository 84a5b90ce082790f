"""`./dev bench`: every module here with `run(quick: bool) -> dict` measures one thing and prints one JSON line."""

import argparse
import importlib
import json
import os
import sys
import time
from pathlib import Path

import django


def main() -> int:
    here = Path(__file__).parent
    found = sorted(path.stem for path in here.glob("*.py") if not path.stem.startswith("_"))
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(found)}")
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(found):
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    for name in asked.names or found:
        started = time.perf_counter()
        figures = importlib.import_module(f"tests.bench.{name}").run(quick=asked.quick)
        seconds = round(time.perf_counter() - started, 1)
        print(json.dumps({"bench": name, **figures, "seconds": seconds}, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

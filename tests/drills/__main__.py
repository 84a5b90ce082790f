"""`./dev drill`: every module here with `run(site) -> dict` breaks one thing, prints one JSON line and says whether it held."""

import argparse
import importlib
import json
import os
import sys
import time
import traceback
from pathlib import Path

from devtools import services
from tests.drills._site import Site

#: Needs no site, but root and an hour: runs only when named.
BY_NAME = {"bare_machine"}
#: Takes most of an hour: runs only when named.
LONG = {"acts_that_meet"}


def main() -> int:
    here = Path(__file__).parent
    found = sorted(path.stem for path in here.glob("*.py") if not path.stem.startswith("_"))
    parser = argparse.ArgumentParser(prog="./dev drill")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(found)}")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument(
        "--from", dest="release", default="", help="the release `upgraded` starts from: a tag or commit"
    )
    parser.add_argument("--on", default="", metavar="DAY", help="`bare_machine`: the tests as if it were this day")
    parser.add_argument("--debian", choices=("12", "13"), default="", help="`bare_machine` on this one alone")
    parser.add_argument(
        "--tests", choices=("full", "smoke"), default="", help="`bare_machine` with every test, or some"
    )
    parser.add_argument("--seconds", type=int, default=600, help="how long `acts_that_meet` walks in each scheme")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(found):
        parser.error(f"no such drill: {', '.join(sorted(unknown))}")
    services.VENV = Path(sys.prefix)  # the environment at work, whoever made it
    failed = 0
    with Site(asked.folder) as site:
        names = asked.names or [name for name in found if name not in BY_NAME | LONG]
        if set(names) - BY_NAME:
            import django

            site.prepare(demo=any("\nDEMO = True" in (here / f"{name}.py").read_text() for name in names))
            os.environ.update(site.environ)
            django.setup()
        site.asked = asked
        for name in names:
            failed += not _held(name, site)
    return 1 if failed else 0


def _held(name: str, site: Site) -> bool:
    started = time.perf_counter()
    module = importlib.import_module(f"tests.drills.{name}")
    line: dict[str, object] = {"drill": name}
    try:
        if name not in BY_NAME:
            site.fresh(demo=getattr(module, "DEMO", False))
        line |= {"verdict": "held", **module.run(site)}
    except Exception as error:
        traceback.print_exc()
        line |= {"verdict": "FAILED", "why": f"{type(error).__name__}: {error}"[:500]}
    finally:
        site.end_programs()
    line["seconds"] = round(time.perf_counter() - started, 1)
    print(json.dumps(line, ensure_ascii=False, default=str), flush=True)
    return line["verdict"] == "held"


if __name__ == "__main__":
    sys.exit(main())

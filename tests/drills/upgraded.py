"""From the previous release with its data to this one 升版: the release's own demonstration, brought up by the migrations alone.

`./dev drill upgraded --from TAG`; without it the latest tag before this commit, and where nothing is tagged yet the commit before
the last one that changed the tables. Every row of the release is there afterwards, every column it had with the same content,
the chains hold, and pages answer.
"""

import subprocess
import time
from typing import Any

from devtools.environment import ROOT
from tests.drills._site import Site, check


def run(site: Site) -> dict[str, Any]:
    release = site.asked.release or _previous()
    if not release:
        return {"verdict": "not run", "why": "no history here: --from names a tag or commit"}
    old = site.folder / "release"
    old.mkdir()
    subprocess.run(f"git archive {release} | tar -x -C {old}", cwd=ROOT, shell=True, check=True)
    site.sql("DROP DATABASE portal WITH (FORCE)")
    site.sql("CREATE DATABASE portal OWNER portal")
    for command in (("migrate", "--verbosity", "0"), ("demo",)):
        site.manage(*command, cwd=old)
    contradictions = set(site.manage("check_consistency", cwd=old).splitlines()[:-1])
    columns = _columns(site)
    before = {table: _content(site, table, names) for table, names in columns.items()}
    waiting = [line for line in site.manage("showmigrations", "--plan").splitlines() if line.startswith("[ ]")]
    began = time.monotonic()
    site.manage("migrate", "--verbosity", "0")
    took = time.monotonic() - began
    now = _columns(site)
    gone = sorted(f"{t}.{c}" for t, names in columns.items() for c in names if c not in now.get(t, []))
    changed = []
    for table, names in columns.items():
        kept = [name for name in names if name in now.get(table, [])]
        if kept == names and _content(site, table, names) != before[table] and table not in _FRAMEWORK:
            changed.append(table)
    check(not changed, f"rows changed in {changed}")
    new = set(site.manage("check_consistency").splitlines()[:-1]) - contradictions
    check(not new, f"new contradictions: {sorted(new)[:5]}")
    site.manage("verify_events")
    site.web()
    for path in ("/", "/accounts/login/", "/45plus/"):
        check(site.answers(path), f"{path} does not answer")
    return {
        "from": release,
        "migrations": len(waiting),
        "migrate_s": round(took, 1),
        "tables": len(before),
        "columns_gone": gone,
        "tables_changed": 0,
    }


#: Rights and migrations grow with the code; that is what they are for.
_FRAMEWORK = {"django_migrations", "django_content_type", "auth_permission", "auth_group_permissions"}


def _previous() -> str:
    tag = _git("describe", "--tags", "--abbrev=0", "HEAD^")
    changed = _git("log", "-1", "--format=%h", "--", "*/migrations/0*.py")
    return tag or _git("rev-parse", "--short", "--verify", "--quiet", f"{changed}^")


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.strip()


def _columns(site: Site) -> dict[str, list[str]]:
    rows = site.sql(
        "SELECT table_name, string_agg(column_name, ' ' ORDER BY ordinal_position) FROM information_schema.columns "
        "WHERE table_schema = 'public' GROUP BY 1 ORDER BY 1",
        "portal",
    )
    return {table: names.split() for table, _, names in (line.partition("|") for line in rows.splitlines())}


def _content(site: Site, table: str, columns: list[str]) -> str:
    row = ", ".join(f'"{name}"' for name in columns)
    return site.sql(
        f"SELECT count(*), md5(string_agg(r, E'\\n' ORDER BY r)) FROM (SELECT ROW({row})::text r FROM \"{table}\") x",
        "portal",
    )

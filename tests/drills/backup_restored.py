"""A backup of the whole demonstration, sealed, put into another database and another folder 備份還原: every row and file equal."""

import base64
import hashlib
import os
import time
from pathlib import Path
from typing import Any

from tests.drills._site import Site, check

DEMO = True


def run(site: Site) -> dict[str, Any]:
    folder, media = site.folder / "backup", site.folder / "restored-media"
    key = {"BACKUP_KEY": base64.b64encode(os.urandom(32)).decode()}
    began = time.monotonic()
    site.manage("backup", str(folder), **key)
    took = time.monotonic() - began
    check(not (folder / "database.dump").read_bytes().startswith(b"PGDMP"), "the dump is not sealed")

    site.sql("DROP DATABASE IF EXISTS restored WITH (FORCE)")
    site.sql("CREATE DATABASE restored OWNER portal")
    elsewhere = {
        "DATABASE_URL": site.environ["DATABASE_URL"].rpartition("/")[0] + "/restored",
        "MEDIA_ROOT": str(media),
    }
    for wrong in ({}, {"BACKUP_KEY": base64.b64encode(bytes(32)).decode()}):
        _refused(site, "restore", str(folder), **elsewhere, **wrong)
    check(site.sql(_TABLES, "restored") == "", "a refused restore left tables")
    began = time.monotonic()
    site.manage("restore", str(folder), **elsewhere, **key)
    back = time.monotonic() - began

    # compared here by other means than the command's own
    tables = site.sql(_TABLES, "portal").split()
    check(tables == site.sql(_TABLES, "restored").split(), "not the same tables")
    differ = [name for name in tables if _rows(site, name, "portal") != _rows(site, name, "restored")]
    check(not differ, f"tables differ: {differ}")
    files = _files(site.media)
    check(files == _files(media), "files differ")
    check(site.manage("check_consistency") == site.manage("check_consistency", **elsewhere), "contradictions differ")
    site.manage("verify_events", **elsewhere)
    for kind, sql in _OBJECTS.items():
        odd = set(site.sql(sql, "portal").splitlines()) ^ set(site.sql(sql, "restored").splitlines())
        check(not odd, f"{kind} differ: {sorted(odd)[:4]}")
    _refused(site, "restore", str(folder), **elsewhere, **key)  # no longer empty

    damaged = next(path for path in sorted((folder / "files").rglob("*")) if path.is_file())
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    _refused(site, "backup", "--check", str(folder), **key)
    return {
        "tables": len(tables),
        "rows": sum(int(site.sql(f'SELECT count(*) FROM "{name}"', "portal")) for name in tables),
        "files": len(files),
        "tables_differing": 0,
        "files_differing": 0,
        "backup_s": round(took, 1),
        "restore_s": round(back, 1),
        "damage_noticed": True,
    }


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
#: A condition read in again is spelled with its casts and brackets in other places, and means the same.
_SPELLED = r"regexp_replace({}, '::(character varying|text)(\[\])?|[()]', '', 'g')"
_OBJECTS = {
    "triggers": "SELECT tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text FROM pg_trigger "
    "WHERE NOT tgisinternal ORDER BY 1",
    "constraints": "SELECT conrelid::regclass || ' ' || conname || ' ' || "
    f"{_SPELLED.format('pg_get_constraintdef(oid)')} FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace ORDER BY 1",
    "indexes": f"SELECT {_SPELLED.format('indexdef')} FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
}


def _rows(site: Site, table: str, database: str) -> str:
    return site.sql(f"SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM \"{table}\" t", database)


def _files(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def _refused(site: Site, *command: str, **environ: str) -> None:
    try:
        site.manage(*command, **environ)
    except RuntimeError:
        return
    raise AssertionError(f"{command[0]} was not refused")

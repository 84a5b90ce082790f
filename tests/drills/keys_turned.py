"""New keys over the whole demonstration 換鑰: everything is read as before and found as before, and the old keys open nothing."""

import base64
import json
import os
import subprocess
import sys
import time
from typing import Any

from devtools.environment import ROOT
from tests.drills._site import Site, check

DEMO = True


def run(site: Site) -> dict[str, Any]:
    old, old_index = site.environ["FIELD_KEYS"], site.environ["INDEX_KEY"]
    new, new_index = f"drill:{_key()}", _key()
    before, contradictions = _read(site), site.manage("check_consistency")
    check(before["values"] and before["found"], "nothing sealed: nothing was shown")

    began = time.monotonic()
    said = site.manage("rotate_keys", FIELD_KEYS=f"{new},{old}")
    took = time.monotonic() - began
    check("0 to be sealed anew" in site.manage("rotate_keys", "--rehearse", FIELD_KEYS=f"{new},{old}"), "some are left")
    check(_read(site, FIELD_KEYS=new) == before, "not everything reads as before under the new key alone")
    check(_fails(site, FIELD_KEYS=old), "the old key still opens everything")
    check("0 sealed anew" in site.manage("rotate_keys", FIELD_KEYS=f"{new},{old}"), "a second run did it again")

    said_index = site.manage("rotate_keys", "--index", FIELD_KEYS=new, INDEX_KEY=new_index, INDEX_KEY_OLD=old_index)
    after = {"FIELD_KEYS": new, "INDEX_KEY": new_index}
    check(_read(site, **after) == before, "not everybody is found as before under the new index key")
    lost = _read(site, FIELD_KEYS=new)["found"]  # the old index key
    check(not any(people for people, _ in lost.values()), "the old index key still finds people")
    check(site.manage("check_consistency", **after) == contradictions, "new contradictions")
    site.manage("verify_events", **after)
    guards = "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D'"
    check(site.sql(guards, "portal") == "0", "a guard was left open")
    return {
        "values_sealed": before["values"],
        "people_found": len(before["found"]),
        "sealed_anew": int(said.strip().splitlines()[-1].split()[0]),
        "digests": said_index.strip().splitlines()[-1],
        "seconds_field_keys": round(took, 1),
    }


def _key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def _reader(site: Site, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.drills._readable"], cwd=ROOT, env=site.environ | environ, capture_output=True,
        text=True,
    )  # fmt: skip


def _read(site: Site, **environ: str) -> dict[str, Any]:
    done = _reader(site, environ)
    check(done.returncode == 0, done.stderr[-1500:])
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _fails(site: Site, **environ: str) -> bool:
    return "Undecipherable" in _reader(site, environ).stderr

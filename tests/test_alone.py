"""With SCHEMES naming one scheme nothing of the others is scheduled, linked or mentioned."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

from casework.schemes import Scheme, schemes

ROOT = Path(__file__).resolve().parent.parent


def site_with(*names: str, path: Path | None = None) -> dict[str, Any]:
    """What a process of its own with these schemes says that it offers, on the tests' database."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environ = {
        **os.environ,
        "SCHEMES": ",".join(names),
        "DEMO": "1",
        "DATABASE_URL": database,
        "PYTHONPATH": str(path or ""),
    }
    done = subprocess.run([sys.executable, "-m", "tests.alone"], cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def _traces(other: Scheme, site: dict[str, Any]) -> list[str]:
    """What of another scheme is to be met on a site."""
    leading = [one.url_name for one in (*other.menu, *other.entrances)]
    leading += [name for one in other.entrances for name, _ in one.site_map]
    spaces = {one.partition(":")[0] for one in leading}
    codes = {code for found in site["codes"].values() for code in found}
    found = [one for one in site["apps"] if one == other.name]
    found += [one for one in site["beat"] if one in {job.task for job in other.jobs}]
    found += [one for one in site["urls"] if one.partition(":")[0] in spaces]
    found += [one for one in site["urls"] if one in {f"admin:{page.name}" for page in other.pages}]
    found += [one for one in site["kinds"] if one in {kind.kind for kind in other.kinds}]
    found += [one for one in site["rules"] if one in other.rules]
    found += [code for code in codes if code in _own_codes(other)]
    words = {other.title, *(word for one in other.entrances for word in (one.title, one.business, one.english[0]))}
    words |= {item.label for item in other.menu} | {page.title for page in other.guide}
    links = {f'href="/{place}' for place, _ in other.places if place} | {f"/rules/{other.slug}/", f'id="{other.slug}"'}
    for address, page in site["pages"].items():
        # the sources of one scheme may name the programme of another
        looked_for = links if address == "/rules/" else words | links
        found += [f"{address}: {word}" for word in looked_for if word in page]
    return found


def _own_codes(scheme: Scheme) -> set[str]:
    brought = (*scheme.rights, *scheme.roles, *scheme.figures, *scheme.papers, *scheme.wordings, *scheme.handlers)
    return {one.code for one in (*brought, *scheme.open_things, *scheme.questions)}


@pytest.mark.django_db
@pytest.mark.parametrize("scheme", schemes(), ids=lambda one: one.name)
def test_a_scheme_stands_alone(scheme: Scheme) -> None:
    site = site_with(scheme.name)
    assert [trace for other in schemes() if other is not scheme for trace in _traces(other, site)] == []
    assert site["missing_tasks"] == [] == site["gaps"]
    # and it is there itself: in the schedule, the addresses, the guide, the start page, the demonstration
    assert {job.task for job in scheme.jobs} < set(site["beat"])
    assert {one.url_name for one in (*scheme.menu, *scheme.entrances)} <= set(site["urls"])
    assert set(scheme.rules) < set(site["rules"])
    assert {one.kind for one in scheme.kinds} == set(site["kinds"])
    assert _own_codes(scheme) <= {code for found in site["codes"].values() for code in found}
    assert site["demo"]
    for page in scheme.guide:
        assert page.title in site["pages"]["/guide/"]
        assert f"/guide/{page.slug}/" in site["pages"]
    for entrance in scheme.entrances:
        assert entrance.title in site["pages"]["/"]
        assert entrance.title in site["pages"]["/sitemap/"]
        assert entrance.business in site["pages"]["/"]
    assert scheme.title in site["pages"]["/rules/"]


@pytest.mark.django_db
def test_the_look_finds_what_is_there() -> None:
    """The control: on its own site each kind of trace is found."""
    scheme = next(one for one in schemes() if one.jobs and one.papers)
    found = _traces(scheme, site_with(scheme.name))
    assert {scheme.name, scheme.jobs[0].task, scheme.kinds[0].kind, scheme.rules[0], scheme.papers[0].code} <= set(
        found
    )
    assert f"/: {scheme.entrances[0].title}" in found

"""What a site with the schemes named in SCHEMES offers, as one JSON object: `python -m tests.alone`. Reads the database given."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import django
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver


def _names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _names(one.url_patterns, f"{space}{one.namespace}:" if one.namespace else space)
        elif one.name:
            yield f"{space}{one.name}"


def offered() -> dict[str, Any]:
    from django.apps import apps

    from accounts.demo import DEMO_ROLES
    from accounts.guide import GUIDE
    from casework.cases.casetypes import KINDS
    from casework.management.clause_list import entries
    from config.celery import app
    from kernel.registry import Registry

    app.loader.import_default_modules()
    visitor, pages = Client(headers={"host": "localhost"}), {}
    addresses = ["/", "/sitemap/", "/guide/", "/en/", "/rules/", "/check/", "/accounts/login/", "/privacy/", "/terms/"]
    for address in [*addresses, *(f"/guide/{one.slug}/" for one in GUIDE)]:
        answer = visitor.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        pages[address] = answer.content.decode()
    return {
        "apps": [one.name for one in apps.get_app_configs()],
        "beat": [one["task"] for one in app.conf.beat_schedule.values()],
        "missing_tasks": [one["task"] for one in app.conf.beat_schedule.values() if one["task"] not in app.tasks],
        "urls": sorted(set(_names(get_resolver().url_patterns))),
        "kinds": [one.kind for one in KINDS],
        "demo": [one.account_name for one in DEMO_ROLES],
        "rules": [one.id for one in entries()],
        "gaps": [str(one) for one in entries() if one.gaps],
        "codes": {one.what: sorted(one.codes()) for one in Registry.every},
        "pages": pages,
    }


if __name__ == "__main__":
    django.setup()
    call_command("check", fail_level="WARNING", stdout=sys.stderr)
    print(json.dumps(offered(), ensure_ascii=False))

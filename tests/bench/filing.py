"""送件 over HTTP: complete drafts filed by signed-in contacts against gunicorn with two workers."""

import statistics
import threading
import time
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.middleware.csrf import _get_new_csrf_string

from accounts.models import User
from casework.cases import attachments
from casework.intake import judge
from casework.models import Case
from tests.bench._scratch import gunicorn, scratch_database
from tests.ojt_accounts import world as w

PRESSES_AT_ONCE = 8


def run(quick: bool) -> dict[str, Any]:
    filings = 4 if quick else 200
    with scratch_database() as env:
        cases, contact = _drafts(filings)
        cookie, token = _signed_in(contact)
        with gunicorn(env, workers=2) as address:
            _press(address, cases[0], cookie, token)  # the first request of a worker loads the templates
            seconds, took = _pressed(address, cases[1:], cookie, token)
        filed = Case.objects.filter(state="filed").count()
        if filed != filings:
            raise AssertionError(f"{filed} of {filings} filed")
    took.sort()
    return {
        "filings": len(took),
        "presses_at_once": PRESSES_AT_ONCE,
        "workers": 2,
        "per_second": round(len(took) / seconds, 1),
        "p50_ms": round(statistics.median(took) * 1000),
        "p95_ms": round(took[int(len(took) * 0.95) - 1] * 1000),
    }


def _drafts(count: int) -> tuple[list[Case], User]:
    """Complete drafts of many units of one contact (one person may serve several units)."""
    known: dict[str, Any] = {}

    def once(path: Any, **given: Any) -> Any:
        if "verdict" not in known:
            known["verdict"] = judge(path, **given)
        return known["verdict"]

    real, attachments.judge = attachments.judge, once
    try:
        here = w.world()
        cases = []
        for n in range(count):
            here.unit = w.Organisation.objects.create(name=f"測試單位{n}", kind="unit", unified_number="")
            w.grant_role(user=here.contact, role_code="unit_contact", organisation=here.unit, by=None, at=w.now())
            cases.append(w.drafted(here, numbers=(n + 1,)))
    finally:
        attachments.judge = real
    return cases, here.contact


def _signed_in(user: User) -> tuple[str, str]:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    token = _get_new_csrf_string()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={token}", token


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *given: Any) -> None:
        return None


_opener = build_opener(_Stay)


def _press(address: str, case: Case, cookie: str, token: str) -> float:
    body = urlencode({"version": case.version, "key": uuid4(), "csrfmiddlewaretoken": token}).encode()
    request = Request(f"{address}/cases/{case.number}/act/file/", body, {"Cookie": cookie, "Referer": address})
    started = time.perf_counter()
    try:
        _opener.open(request, timeout=60)
        raise AssertionError(f"{case.number} was not filed")
    except OSError as answer:
        if getattr(answer, "code", None) != 302:
            raise
    return time.perf_counter() - started


def _pressed(address: str, cases: list[Case], cookie: str, token: str) -> tuple[float, list[float]]:
    waiting, took, guard = list(cases), [], threading.Lock()

    def work() -> None:
        while True:
            with guard:
                if not waiting:
                    return
                case = waiting.pop()
            seconds = _press(address, case, cookie, token)
            with guard:
                took.append(seconds)

    threads = [threading.Thread(target=work) for _ in range(PRESSES_AT_ONCE)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started, took

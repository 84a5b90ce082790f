"""Settings as a fresh process reads them."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEY = base64.b64encode(bytes(range(32))).decode()
PRODUCTION = {
    "SECRET_KEY": "Qk3-only-for-this-test-Zp9-long-enough-and-varied-enough-0123456789",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "",
    "FIELD_KEYS": f"k1:{KEY}",
    "INDEX_KEY": KEY,
    "DEBUG": "0",
    "DEMO": "0",
    "ALLOWED_HOSTS": "portal.example",
    "STAFF_SECOND_FACTOR": "1",
}


def manage(*arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    return fresh("manage.py", *arguments, **changes)


def fresh(*arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], **PRODUCTION, **changes}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={name: value for name, value in environ.items() if value is not None},
        capture_output=True,
        text=True,
        timeout=60,
    )


def show(expression: str, **changes: str | None) -> str:
    done = fresh("-c", f"from config import settings; print({expression})", **changes)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "FIELD_KEYS", "INDEX_KEY"])
def test_a_missing_key_stops_the_start(name: str) -> None:
    done = manage("check", **{name: None})
    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr
    assert name in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("FIELD_KEYS", "", "holds no key"),
        ("FIELD_KEYS", KEY, "id:base64"),
        ("FIELD_KEYS", f"k1:{KEY},k1:{KEY}", "every id once"),
        ("FIELD_KEYS", "k1:?", "not base64"),
        ("FIELD_KEYS", "k1:AAAA", "32 bytes"),
        ("INDEX_KEY", "AAAA", "32 bytes"),
        ("DATABASE_URL", "sqlite:///x", "PostgreSQL"),
    ],
)
def test_a_wrong_key_stops_the_start(name: str, value: str, complaint: str) -> None:
    done = manage("check", **{name: value})
    assert done.returncode != 0
    assert complaint in done.stderr
    assert KEY not in done.stderr.splitlines()[-1]


def test_first_field_key_writes_and_all_read() -> None:
    other = base64.b64encode(bytes(32)).decode()
    assert show("list(settings.FIELD_KEYS)", FIELD_KEYS=f"k2:{other},k1:{KEY}") == "['k2', 'k1']"


def test_a_production_site_passes_the_deployment_check() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


def test_what_belongs_to_the_demonstration_is_refused() -> None:
    done = manage("check", "--deploy", DEMO="1", STAFF_SECOND_FACTOR="0")
    assert done.returncode != 0
    assert "portal.E001" in done.stderr and "portal.E002" in done.stderr


def test_the_demonstration_with_debug_is_not_refused() -> None:
    done = manage("check", "--deploy", DEMO="1", DEBUG="1")
    assert done.returncode == 0
    assert "portal.E001" not in done.stderr


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"DEBUG": "1", "DEMO": "1"}, "False True"),
        ({"DEBUG": "1", "DEMO": "1", "DEBUG_PAGES": "1"}, "True True"),
        ({"DEBUG": "1"}, "True True"),
        ({"DEBUG_PAGES": "1"}, "False False"),  # never where DEBUG is off
    ],
)
def test_the_demonstration_shows_the_portals_own_error_pages(changes: dict[str, str], shown: str) -> None:
    assert show("settings.DEBUG, settings.DEVELOPMENT", **changes) == shown


def test_policy_allows_nothing_unsafe_and_nobody_else() -> None:
    policy = show("' '.join(str(s) for d in settings.CONTENT_SECURITY_POLICY['DIRECTIVES'].values() for s in d)")
    assert "unsafe" not in policy
    assert set(policy.split()) == {"'self'", "'none'", "data:"}


def test_cookies_and_transport_are_closed_in_production() -> None:
    shown = show(
        "[settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY,"
        " settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS >= 31536000,"
        " settings.SESSION_COOKIE_NAME.startswith('__Host-')]"
    )
    assert shown == "[True, True, True, True, True, True]"

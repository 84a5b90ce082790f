"""What every test stands on: no network, no leftovers, no template variable that is not there."""

import gc
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_django
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.template import engines
from django.template.base import FilterExpression

from casework.cases import attachments
from kernel.dates import TAIPEI
from kernel.registry import Registry
from tests import hearing, lock_order
from tests.judging import judged_once
from tests.kept import a_test, flush_to, rows_at_first

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--whole",
        action="store_true",
        help="what the suite asks in part is asked in full (drills every_page, full_size)",
    )


@pytest.fixture(scope="session")
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether a long proof goes all its way. Who asks for this has the mark `whole`, and `./dev drill` runs it so; the suite runs as
    much of it as a broken page, row or limit needs to be seen."""
    return bool(request.config.getoption("--whole"))


def pytest_configure(config: pytest.Config) -> None:
    # what is loaded stays loaded: the collector need not look through all of it a hundred times a second
    gc.set_threshold(100_000, 20, 20)
    # a fast hasher: what is tested is never how long hashing takes
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # tests neither wait for Redis nor leave counts in it; those about Redis start their own
    django_settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    django_settings.CELERY_BROKER_URL = "memory://"
    django_settings.MIDDLEWARE = ["tests.hearing.Pages", *django_settings.MIDDLEWARE]


def pytest_sessionfinish() -> None:
    """What this process heard, for `./dev test` to put together."""
    heard = hearing.suite
    if (folder := os.environ.get("ASKED_FOLDER")) and (heard.rules or heard.drawn):
        Path(folder, f"{os.getpid()}.json").write_text(json.dumps(heard.as_json()))


#: Longer than any test takes on a slow machine to make its scene and look at it.
NEAR_MIDNIGHT = timedelta(seconds=100)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test that asks the clock lives in one day: one that made its class for tomorrow and enrolled somebody after midnight would be
    told that it has begun. So nothing begins in the last moments of a day; once a day, where the suite meets them at all."""
    if (left := time_to_midnight(datetime.now(TAIPEI))) < NEAR_MIDNIGHT:
        time.sleep(left.total_seconds() + 0.1)


def time_to_midnight(at: datetime) -> timedelta:
    return datetime.combine(at.date() + timedelta(days=1), datetime.min.time(), at.tzinfo) - at


class _UndefinedVariable(str):
    """Stands for a variable the template does not find: an error in our templates, nothing in those of others.

    Django asks whether `string_if_invalid` is true before it uses it: that is where the template and the variable are
    known. `{% if x %}` and `{{ x|default:… }}` ask on purpose whether there is one and stay allowed.
    """

    def __bool__(self) -> bool:
        frame = sys._getframe(1)
        expression = frame.f_locals.get("self")
        if not isinstance(expression, FilterExpression):
            return False
        if any(function.__name__ in ("default", "default_if_none") for function, _ in expression.filters):
            return False
        while frame and frame.f_code.co_name != "render_annotated":
            frame = frame.f_back
        origin = getattr(frame.f_locals["self"], "origin", None) if frame else None
        name = getattr(origin, "name", None) or ""
        if name.startswith(str(ROOT)) and "site-packages" not in name:
            pytest.fail(f"{Path(name).relative_to(ROOT)}: variable {expression.token!r} is not defined")
        return False


#: The walk over the demonstration: minutes, so it starts first and the end is not one process waiting for another.
LONGEST = ("tests/security/test_demonstration.py",)


#: Files whose tests start processes: no database, and still seconds each.
STARTING = (
    "test_dev.py", "test_settings.py", "test_commands.py", "test_intake.py", "test_intake_flyers.py", "test_sheets.py",
    "test_sheets_from_people.py", "test_calendar.py",
)  # fmt: skip


def _is_pure(item: pytest.Item) -> bool:
    """Neither the database nor a browser nor a process of its own."""
    fixtures = set(getattr(item, "fixturenames", ()))
    asks = fixtures & {"db", "transactional_db", "live_server", "site"} or item.get_closest_marker("django_db")
    return not asks and item.path.name not in STARTING and "browser" not in item.path.parts


def pytest_itemcollected(item: pytest.Item) -> None:
    """`./dev test --quick` (-m quick): whatever is pure, and the walk of each scheme that is marked so."""
    if _is_pure(item):
        item.add_marker(pytest.mark.quick)
    if "whole" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.whole)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture(autouse=True)
def _registries_as_they_were() -> Iterator[None]:
    """Whatever a test enters into a registry, or takes out of one, is put right after it."""
    with ExitStack() as stack:
        for registry in Registry.every:
            stack.enter_context(registry.kept())
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> None:
    """`./dev test --on DAY`: the test database's clock goes with ours, for every process that asks it."""
    if ahead := os.environ.get("TESTS_AHEAD"):
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            for clock in ("clock_timestamp", "now"):
                cursor.execute(
                    f"CREATE FUNCTION public.{clock}() RETURNS timestamptz LANGUAGE sql AS "
                    f"$$ SELECT pg_catalog.{clock}() + make_interval(secs => {float(ahead)}) $$"
                )
            name = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"ALTER DATABASE {name} SET search_path = public, pg_catalog")
            connection.close()  # the setting holds from the next connection on
    with django_db_blocker.unblock():
        DatabaseOperations.sql_flush = flush_to(rows_at_first())


@pytest.fixture(autouse=True, scope="session")
def _undefined_variables_fail() -> None:
    engines["django"].engine.string_if_invalid = _UndefinedVariable()


@pytest.fixture(autouse=True)
def _nothing_left_over(tmp_path: Path, settings) -> Iterator[None]:
    """Uploads of a test go to its own folder, and its cache is empty."""
    settings.MEDIA_ROOT, settings.KEY_FOLDER = str(tmp_path / "media"), str(tmp_path / "keys")
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _rules_are_heard() -> Iterator[None]:
    with hearing.hearing(hearing.suite):
        yield


@pytest.fixture(autouse=True, scope="session")
def _locks_are_watched() -> Iterator[None]:
    with lock_order.watched():
        yield


@pytest.fixture(autouse=True)
def _rows_are_taken_in_order(request: pytest.FixtureRequest) -> Iterator[None]:
    """Two acts that take the same rows in two orders can wait for one another for ever: no transaction goes back in the order.
    A control has let go of the lock that keeps it."""
    lock_order.inversions.clear()
    yield
    assert not lock_order.inversions or request.node.name.startswith("test_control"), "\n".join(lock_order.inversions)


@pytest.fixture(autouse=True)
def _worlds_are_kept() -> Iterator[None]:
    with a_test():
        yield


@pytest.fixture(autouse=True)
def _each_file_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested here is hardly ever the judge: it starts a process for each file. Its own tests call it themselves."""
    monkeypatch.setattr(attachments, "judge", judged_once)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The system's Chromium, at best the one without a window: it draws no tabs and menus that nobody sees. A machine without one
    fails here with the package's name rather than pass untested."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    assert found, "Chromium is not installed (Debian: chromium-headless-shell)"
    return found

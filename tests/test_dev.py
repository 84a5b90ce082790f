"""`./dev`: what a newcomer types first. Services are started for real; the Python environment is the one in use."""

import ast
import importlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
import redis

from devtools import checks, commands, environment, services

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
    assert set(shown) == {"up", "down", "test", "check", "bench", "drill", "reset", "manage"}


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


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder the database's user may pass through, with the running Python environment in its place."""
    folder = tmp_path_factory.mktemp("portal")
    for parent in (folder, *folder.parents):
        if parent.stat().st_uid == os.getuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    for module in (environment, services):
        monkeypatch.setattr(module, "VENV", Path(sys.prefix), raising=False)
    monkeypatch.setattr(environment, "HOME", folder)
    return folder


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

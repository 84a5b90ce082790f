"""The commands of `./dev`."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from devtools import asked as rules_asked
from devtools import checks, dependencies
from devtools.environment import (
    HOME,
    PYTHON,
    ROOT,
    RUN_PACKAGES,
    TEST_PACKAGES,
    VENV,
    Refused,
    keys,
    locked,
    prepare_home,
    python_environment,
    say,
    system_packages,
)
from devtools.services import PG_PROGRAMS, Postgres, Redis, dies_with_us
from devtools.supervise import port_is_taken, serve

SITE = HOME / "site"
RUNNING = HOME / "running.json"
TAIPEI = timezone(timedelta(hours=8))  # a bare machine may have no time zones


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev", description="The portal's working copy: run it, test it, check it.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    one = commands.add_parser("up", help="run the portal with demonstration data at http://127.0.0.1:8000")
    one.add_argument("--port", type=int, default=8000)
    commands.add_parser("down", help="end a running ./dev up")
    commands.add_parser("test", help="run the tests; arguments go to pytest", add_help=False)
    commands.add_parser("asked", help="write docs/asked.json: who asked each rule when the tests last ran")
    one = commands.add_parser("check", help="lint, types, layers, migrations, clauses, deployment")
    one.add_argument("--quick", action="store_true", help="what needs no database, before each commit")
    one = commands.add_parser("bench", help="measure; prints JSON lines")
    one.add_argument("names", nargs="*")
    one.add_argument("--quick", action="store_true", help="small figures, to see that it runs")
    one.add_argument("--page", default="", metavar="FILE", help="also write the page docs/performance.md")
    commands.add_parser(
        "drill", help="break things and see what is lost; prints JSON lines, fails if anything is", add_help=False
    )
    commands.add_parser("audit", help="known weaknesses of what is pinned, where the network allows to ask")
    one = commands.add_parser("reset", help="throw the demonstration's database and uploads away")
    one.add_argument("--all", action="store_true", help="the Python environment and the keys as well")
    commands.add_parser("manage", help="manage.py with the services and keys of this working copy", add_help=False)
    asked, rest = parser.parse_known_args()
    if rest and asked.command not in ("test", "drill", "manage"):
        parser.error(f"not understood: {' '.join(rest)}")

    # a shell that starts us in the background has us ignore Ctrl-C's signal, and our children after us: we end by it all the
    # same. Only `nohup` is taken at its word: who asked to outlive the terminal does.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _leave)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _leave)
    prepare_home()
    try:
        match asked.command:
            case "up":
                return up(asked.port)
            case "down":
                return down()
            case "test":
                return test(rest)
            case "asked":
                return rules_asked.write()
            case "check":
                return check(quick=asked.quick)
            case "bench":
                return bench(asked.names, quick=asked.quick, page=asked.page)
            case "drill":
                return drill(rest)
            case "audit":
                return dependencies.audit()
            case "reset":
                return reset(everything=asked.all)
            case _:
                return manage(rest)
    except KeyboardInterrupt:
        return 130


def _leave(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


# ── the environment of what we run ────────────────────────────────────────────────────────────────────────────────────
def _environ(database: str, redis: str, media: Path) -> dict[str, str]:
    """What the shell sets wins, so that one value can be tried without touching the keys."""
    own = keys()
    own.pop("SERVICE_PASSWORD")
    media.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "DEBUG": "1",
        "DEMO": "1",
        "MEDIA_ROOT": str(media),
        "KEY_FOLDER": str(media.with_name("keys")),
        **own,
        **os.environ,
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
        "PG_BIN": str(next(VENV.glob(PG_PROGRAMS), "")),
        "VIRTUAL_ENV": str(VENV),
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }


@contextlib.contextmanager
def _services(folder: Path, *, durable: bool) -> Iterator[tuple[str, str]]:
    """DATABASE_URL and REDIS_URL: those of the shell, else servers of ours for as long as the block lasts."""
    password = keys()["SERVICE_PASSWORD"]
    with contextlib.ExitStack() as ends:
        database, redis = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
        if database is None:
            postgres = Postgres(folder / "postgres", password, durable=durable)
            ends.callback(postgres.end)
            database = postgres.start()
        if redis is None:
            server = Redis(password)
            ends.callback(server.end)
            redis = server.start()
        yield database, redis


@contextlib.contextmanager
def _scratch_folder() -> Iterator[Path]:
    """A folder for one command, gone when it ends; what a killed command left is cleared first."""
    folders = HOME / "scratch"
    folders.mkdir(exist_ok=True)
    for old in folders.iterdir():
        with locked(f"scratch/{old.name}/lock", wait=False) as left_behind:
            if left_behind:
                shutil.rmtree(old, ignore_errors=True)
    with locked("scratch.lock"):
        folder = Path(tempfile.mkdtemp(dir=folders))
        folder.chmod(0o755)
        held = (folder / "lock").open("w")
        fcntl.flock(held, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        held.close()


@contextlib.contextmanager
def _scratch(*, durable: bool = False, migrated: bool = False) -> Iterator[dict[str, str]]:
    """Services and uploads for one command; where asked, every table is there already."""
    with _scratch_folder() as folder:
        if migrated and "DATABASE_URL" not in os.environ:
            _copy_migrated(folder / "postgres")
        with _services(folder, durable=durable) as (database, redis):
            yield _environ(database, redis, folder / "media")


def _copy_migrated(folder: Path) -> None:
    """A PostgreSQL folder with the tables of these migrations: made once, since that takes half a minute, then copied."""
    kept, password = HOME / "migrated", keys()["SERVICE_PASSWORD"]
    made_of = hashlib.sha256((VENV / "installed").read_bytes() + password.encode())
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        made_of.update(path.read_bytes())
    stamp = kept / "made-of"
    with locked("migrated.lock"):
        if not stamp.exists() or stamp.read_text() != made_of.hexdigest():
            shutil.rmtree(kept, ignore_errors=True)
            say("making the tables once for all tests and measurements")
            postgres = Postgres(kept / "postgres", password, durable=False)
            try:
                _migrate(_environ(postgres.start(), "", kept / "media"))
            finally:
                postgres.end()
            stamp.write_text(made_of.hexdigest())
        subprocess.run(["cp", "-a", kept / "postgres", folder], check=True)  # -a: the server's user stays the owner


def _migrate(environ: dict[str, str]) -> None:
    if run([PYTHON, "manage.py", "migrate", "--verbosity", "0"], environ):
        raise Refused("manage.py migrate failed")


@contextlib.contextmanager
def _site(command: str) -> Iterator[dict[str, str]]:
    """The lasting services. A second command uses those of the first; a first `manage` waits for its guests to end."""
    with contextlib.ExitStack() as ends:
        if not ends.enter_context(locked("site.lock", wait=False)):
            running = _running()
            if command == "manage":
                guest = ends.enter_context((HOME / "guests.lock").open("a"))
                fcntl.flock(guest, fcntl.LOCK_SH)
                database, redis = (os.environ.get(f"{one}_URL", running[one.lower()]) for one in ("DATABASE", "REDIS"))
                yield _environ(database, redis, SITE / "media")
                return
            if running.get("command") == "up":
                raise Refused(f"already running at {running['url']} (./dev down ends it)")
            say("waiting for a ./dev manage to end")
            ends.enter_context(locked("site.lock"))
        with _services(SITE, durable=True) as (database, redis):
            try:
                yield _environ(database, redis, SITE / "media")
                if command == "manage":
                    with locked("guests.lock"):
                        pass
            finally:
                RUNNING.unlink(missing_ok=True)


def _running() -> dict[str, str]:
    for _ in range(100):  # the first command may still be starting its services
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            return dict(json.loads(RUNNING.read_text()))
        time.sleep(0.2)
    raise Refused("another ./dev holds this working copy's database; try again when it has ended")


def _tell(command: str, environ: dict[str, str], url: str = "") -> None:
    RUNNING.unlink(missing_ok=True)
    RUNNING.touch(0o600)
    told = {"command": command, "pid": os.getpid(), "url": url}
    RUNNING.write_text(json.dumps(told | {"database": environ["DATABASE_URL"], "redis": environ["REDIS_URL"]}))


def run(command: list[object], environ: dict[str, str]) -> int:
    """A child in the foreground: Ctrl-C reaches it by itself, we wait for it; other signals we pass on."""
    child = subprocess.Popen([str(part) for part in command], env=environ, cwd=ROOT, preexec_fn=dies_with_us)
    try:
        return child.wait()
    except KeyboardInterrupt:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(20)
        raise
    finally:
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


# ── commands ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def up(port: int) -> int:
    if port_is_taken(port):
        raise Refused(f"port {port} is in use: ./dev up --port {port + 1}")
    system_packages(RUN_PACKAGES)
    python_environment()
    url = f"http://127.0.0.1:{port}"
    with _site("up") as environ:
        environ.setdefault("SITE_URL", url)
        _tell("up", environ, url)
        _prepare(environ)
        serve(environ, port)
    return 0


def _prepare(environ: dict[str, str]) -> None:
    """Tables and demonstration data. With our own database and not a line of code changed, both are as they were."""
    stamp, own = SITE / "prepared", "DATABASE_URL" not in os.environ
    code = hashlib.sha256((VENV / "installed").read_bytes())
    for path in sorted(ROOT.glob("*/**/*.py")):
        code.update(path.read_bytes())
    if own and stamp.exists() and stamp.read_text() == code.hexdigest():
        return
    for step, doing in (
        (["migrate", "--verbosity", "0"], "bringing the tables up to date"),
        (["demo"], "loading the demonstration (its papers are drawn for real: some minutes the first time)"),
    ):
        say(doing)
        if run([PYTHON, "manage.py", *step], environ):
            raise Refused(f"manage.py {step[0]} failed")
    if own:
        stamp.write_text(code.hexdigest())


def down() -> int:
    with locked("site.lock", wait=False) as nobody:
        if nobody:
            say("not running")
            return 0
    running = _running()
    os.kill(int(running["pid"]), signal.SIGTERM)
    with locked("site.lock"):
        say("ended")
    return 0


def moment(day: str) -> datetime:
    """A day, or a day and a time, in Taipei: `2028-02-29` is that day at this time of day."""
    try:
        given = datetime.fromisoformat(day)
        if not 2000 <= given.year < 2100:
            raise ValueError(day)
    except ValueError:
        raise Refused(f'--on takes a day there is, such as 2028-02-29 or "2026-12-31 23:50", not {day!r}') from None
    if len(day) <= len("2028-02-29"):
        given = datetime.combine(given, datetime.now(TAIPEI).time())
    return given.replace(tzinfo=given.tzinfo or TAIPEI)


def test(arguments: list[str]) -> int:
    own = argparse.ArgumentParser(prog="./dev test", add_help=False, allow_abbrev=False)
    own.add_argument("--on", type=moment, metavar="DAY")
    own.add_argument("--quick", action="store_true")
    asked, arguments = own.parse_known_args(arguments)
    if asked.quick:
        arguments += ["-m", "quick"]
    system_packages([*RUN_PACKAGES, *TEST_PACKAGES])
    python_environment()
    whole = rules_asked.is_whole(arguments) and not asked.on
    alone = any(a.startswith(("-n", "--numprocesses", "--pdb")) or a in ("no:xdist", "-s") for a in arguments)
    with _scratch(migrated=True) as environ:
        if "DATABASE_URL" not in os.environ:
            environ["TEST_DATABASE_TEMPLATE"] = "portal"
        # a busy machine is slow and no test waits for that; what waits for a lock so long has lost it
        environ |= {"DB_LOCK_SECONDS": "10", "DB_STATEMENT_SECONDS": "0", "DB_IDLE_SECONDS": "0"}
        if asked.on:
            ahead = (asked.on - datetime.now(TAIPEI)).total_seconds()
            environ |= {"TESTS_AHEAD": str(ahead), "PYTHONPATH": str(ROOT / "tests" / "another_day")}
            arguments += [
                "-W",
                "ignore:Module already imported so cannot be rewritten; time_machine:pytest.PytestAssertRewriteWarning",
            ]
        # a file's tests stay in one process: what the file makes for them all is made once. Three on two cores, since one of them
        # usually waits for a browser or for the database
        apart = [] if alone else ["-n", "3", "--dist", "loadscope", "--no-loadscope-reorder"]
        folder = Path(environ["MEDIA_ROOT"]).with_name("asked")
        folder.mkdir(exist_ok=True)
        bad = run([PYTHON, "-m", "pytest", *apart, *arguments], environ | {"ASKED_FOLDER": str(folder)})
        day = datetime.now(TAIPEI).date().isoformat()
        return rules_asked.keep(folder, day=day, whole=whole and not bad) or bad


def check(*, quick: bool) -> int:
    system_packages(RUN_PACKAGES)
    python_environment()
    with contextlib.nullcontext(dict(os.environ)) if quick else _scratch() as environ:
        failed = []
        for title, command, extra in checks.steps(quick=quick):
            started = time.monotonic()
            bad = command() if callable(command) else run([PYTHON, *command], environ | extra)
            say(f"{'FAILED' if bad else 'ok    '} {title} ({time.monotonic() - started:.1f} s)")
            if bad:
                failed.append(title)
    if failed:
        say(f"{len(failed)} failed: {', '.join(failed)}")
    return 1 if failed else 0


def bench(names: list[str], *, quick: bool, page: str) -> int:
    system_packages(RUN_PACKAGES)
    python_environment()
    with _scratch(durable=not quick, migrated=True) as environ:
        _migrate(environ)
        options = [*(["--quick"] if quick else []), *(["--page", page] if page else [])]
        return run([PYTHON, "-m", "tests.bench", *options, *names], environ)


def drill(arguments: list[str]) -> int:
    """Every drill breaks servers of its own: those of the shell are left alone."""
    system_packages([*RUN_PACKAGES, *TEST_PACKAGES])
    python_environment()
    with _scratch_folder() as folder:
        environ = _environ("postgres://nobody@127.0.0.1:1/nothing", "", folder / "media")
        return run([PYTHON, "-m", "tests.drills", "--folder", folder, *arguments], environ)


def reset(*, everything: bool) -> int:
    down()
    with locked("site.lock"):
        shutil.rmtree(SITE, ignore_errors=True)
    if everything:
        shutil.rmtree(HOME, ignore_errors=True)
    say(f"removed {HOME if everything else SITE}")
    return 0


def manage(arguments: list[str]) -> int:
    python_environment()
    with _site("manage") as environ:
        if not RUNNING.exists():
            _tell("manage", environ)
        return run([PYTHON, "manage.py", *arguments], environ)


if __name__ == "__main__":
    sys.exit(main())

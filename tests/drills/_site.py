"""A whole site of a drill's own: PostgreSQL, Redis, a mail server, web, worker, scheduler – each can be killed."""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from devtools.environment import ROOT
from devtools.services import Postgres, Redis, dies_with_us, free_port
from tests.mail_server import MailServer

PASSWORD = "only-for-the-drill"
EMPTY, DEMO = "base_empty", "base_demo"


class Site:
    """One PostgreSQL for all drills; each drill gets a copy of an empty or of the demonstration's database, and its files."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.media, self.asked = folder, folder / "media", argparse.Namespace()
        self.programs: list[subprocess.Popen[bytes]] = []
        self.port, self.redis_port, self.mail_port = free_port(), free_port(), free_port()
        self.postgres = Postgres(folder / "postgres", PASSWORD, durable=False)
        self.redis = Redis(PASSWORD)
        self.redis.port = self.redis_port
        self.mail: MailServer | None = None
        self.environ = {
            **os.environ,
            "REDIS_URL": f"redis://:{PASSWORD}@127.0.0.1:{self.redis_port}/0",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "MEDIA_ROOT": str(self.media),
            "KEY_FOLDER": str(folder / "keys"),
            "PG_BIN": str(self.postgres.bin),
            "DEBUG": "1",
            "DEMO": "1",
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "STAFF_SECOND_FACTOR": "0",
            "SECURE_SSL_REDIRECT": "0",
            "LOG_LEVEL": "ERROR",
        }

    def prepare(self, *, demo: bool) -> None:
        """The databases every drill copies from, made in a hurry; from then on PostgreSQL writes as in production."""
        self.environ["DATABASE_URL"] = self.postgres.start()
        self.manage("migrate", "--verbosity", "0")
        self.sql(f"ALTER DATABASE portal RENAME TO {EMPTY}")
        if demo:
            self.copy_database(EMPTY, "portal")
            self.manage("demo", MEDIA_ROOT=str(self.folder / "demo-media"))
            self.sql(f"ALTER DATABASE portal RENAME TO {DEMO}")
        self.postgres.end()
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            self.postgres.settings.pop(name)
        self.postgres.start()

    def __enter__(self) -> "Site":
        return self

    def __exit__(self, *error: object) -> None:
        self.end_programs()
        self.redis.end()
        self.postgres.end()

    # --- the database ------------------------------------------------------------------------------------------------

    def sql(self, statement: str, database: str = "postgres") -> str:
        """As superuser, by a program of its own: works whatever this process's connection is doing."""
        where = f"host=127.0.0.1 port={self.postgres.port} user=postgres dbname={database} connect_timeout=5"
        done = subprocess.run(
            [self.postgres.bin / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", where, "-c", statement],
            env=os.environ | {"PGPASSWORD": PASSWORD}, capture_output=True, text=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{statement}: {done.stderr}")
        return done.stdout.strip()

    def fresh(self, *, demo: bool) -> None:
        """A new copy of the database and the files; Redis and the mail server emptied."""
        self.disconnect()
        self.copy_database(DEMO if demo else EMPTY, "portal")
        shutil.rmtree(self.media, ignore_errors=True)
        if demo:
            shutil.copytree(self.folder / "demo-media", self.media)
        self.media.mkdir(exist_ok=True)
        self.stop_redis()
        self.redis.start()
        self.start_mail()

    def copy_database(self, template: str, name: str) -> str:
        """Returns the DATABASE_URL of the copy."""
        self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template} OWNER portal")
        return self.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"

    @staticmethod
    def disconnect() -> None:
        from django.db import connections

        connections.close_all()

    def kill_postgres(self) -> None:
        """−9 to every process of it."""
        os.killpg(self.postgres.process.pid, signal.SIGKILL)
        self.postgres.process.wait()

    def start_postgres(self) -> None:
        self.postgres.start()

    # --- Redis, mail -------------------------------------------------------------------------------------------------

    def stop_redis(self) -> None:
        self.redis.end()

    def start_mail(self) -> MailServer:
        self.stop_mail()
        self.mail = MailServer(self.mail_port)
        threading.Thread(target=self.mail.serve_forever, daemon=True).start()
        return self.mail

    def stop_mail(self) -> None:
        if self.mail:
            self.mail.go_on.set()
            self.mail.shutdown()
            self.mail.server_close()
            self.mail = None

    # --- programs ----------------------------------------------------------------------------------------------------

    def start(self, *command: str, **environ: str) -> subprocess.Popen[bytes]:
        log = (self.folder / "programs.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self.environ | environ, stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, start_new_session=True, preexec_fn=dies_with_us,
        )  # fmt: skip
        log.close()
        self.programs.append(process)
        return process

    @staticmethod
    def kill(process: subprocess.Popen[bytes]) -> None:
        """−9 to it and its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end_programs(self) -> None:
        for process in self.programs:
            self.kill(process)
        self.programs.clear()

    def web(self, **environ: str) -> subprocess.Popen[bytes]:
        bind = ["--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--worker-class", "gthread", "--threads", "4"]
        quiet = ["--no-control-socket", "--log-level", "error"]
        process = self.start("-m", "gunicorn", "config.wsgi", *bind, *quiet, DB_POOL="4", **environ)
        until(lambda: self.answers("/health/ready"), "the web answers", 180)  # two cold processes on a busy machine
        return process

    def worker(self, app: str = "config") -> subprocess.Popen[bytes]:
        return self.start("-m", "celery", "--quiet", "-A", app, "worker", "--concurrency", "2", "--loglevel", "ERROR")

    def beat(self, app: str = "config", name: str = "beat") -> subprocess.Popen[bytes]:
        schedule = ["--pidfile=", "--schedule", str(self.folder / name)]
        return self.start("-m", "celery", "--quiet", "-A", app, "beat", *schedule, "--loglevel", "ERROR")

    def manage(self, *arguments: str, cwd: Path = ROOT, **environ: str) -> str:
        """manage.py in a process of its own; what it printed. Raises RuntimeError, unless it is the check that found something:
        letters of the demonstration's past wait for a worker."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=cwd, env=self.environ | environ, capture_output=True,
            text=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode and not (arguments[0] == "check_consistency" and done.stdout):
            raise RuntimeError(f"manage.py {arguments[0]}: {done.stdout[-1500:]}{done.stderr[-3000:]}")
        return done.stdout

    def answers(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def until(holds: Callable[[], Any], what: str, seconds: float = 30) -> float:
    """Wait for it; seconds waited. Raises AssertionError."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"not within {seconds:g} s: {what}")
        time.sleep(0.1)
    return time.monotonic() - began


def check(holds: object, what: str) -> None:
    """What a drill asserts: `python -O` takes no verdict away."""
    if not holds:
        raise AssertionError(what)


def consistent() -> None:
    """Rows, files and event chains agree."""
    from accounts.clock import now
    from casework.cases.events import broken_links
    from casework.jobs.consistency import contradictions
    from casework.models import Case

    found = list(contradictions(at=now()))
    check(not found, f"{len(found)} contradictions: {found[:5]}")
    broken = [line for case in Case.objects.all() for line in broken_links(case)]
    check(not broken, f"{len(broken)} broken chains: {broken[:5]}")

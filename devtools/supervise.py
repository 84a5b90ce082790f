"""`./dev up`: web, worker and scheduler together, one log, one end."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

from devtools.environment import HOME, ROOT, VENV, Refused, say
from devtools.services import dies_with_us, stop

_writing = threading.Lock()
#: A job may take as long as CELERY_TASK_TIME_LIMIT lets it.
JOBS = {"DB_STATEMENT_SECONDS": "900", "DB_IDLE_SECONDS": "900"}


def _copy(name: str, process: subprocess.Popen[str]) -> None:
    assert process.stdout
    for line in process.stdout:
        with _writing, contextlib.suppress(BrokenPipeError):
            sys.stdout.write(f"{name:<9} | {line.rstrip()}\n")
            sys.stdout.flush()


class Child:
    """One of the processes of the site. Started again when it ends, unless it keeps ending."""

    def __init__(self, name: str, command: list[str], environ: dict[str, str]) -> None:
        self.name, self.command, self.environ = name, command, environ
        self.ends: list[float] = []
        self.start()

    def start(self) -> None:
        # by the main thread only: the end-with-us signal follows the thread that started the child
        self.process = subprocess.Popen(
            self.command, env=self.environ, cwd=ROOT, text=True, errors="replace", stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=dies_with_us,
        )  # fmt: skip
        threading.Thread(target=_copy, args=(self.name, self.process), daemon=True).start()

    def revive(self) -> None:
        if self.process.poll() is None:
            return
        now = time.monotonic()
        self.ends = [moment for moment in self.ends if now - moment < 30] + [now]
        if len(self.ends) > 3:
            raise Refused(f"{self.name} keeps ending (exit {self.process.returncode})")
        say(f"{self.name} ended (exit {self.process.returncode}), starting it again")
        time.sleep(1)
        self.start()


def port_is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def serve(environ: dict[str, str], port: int) -> None:
    """Runs until a signal raises, or a process keeps ending; stops every child either way."""
    programs = VENV / "bin"
    web = [
        str(programs / "gunicorn"), "config.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
        "--workers", "2", "--threads", "4", "--graceful-timeout", "5", "--no-control-socket", "--preload",
    ]  # fmt: skip
    celery = [str(programs / "celery"), "--quiet", "-A", "config"]
    level = ["--loglevel", "INFO"]
    children = []
    try:
        children.append(Child("web", web, environ | {"DB_POOL": "8"}))
        announced = False
        while True:
            for child in children:
                child.revive()
            if not announced and _answers(port):
                say(f"READY: open http://127.0.0.1:{port} in a browser — Ctrl-C ends it")
                announced = True
                # after the web, so that the first page does not wait for three programs loading at once
                if environ.get("REDIS_URL"):
                    schedule = ["--pidfile=", "--schedule", str(HOME / "site" / "beat")]
                    children.append(Child("worker", [*celery, "worker", "--concurrency", "2", *level], environ | JOBS))
                    children.append(Child("scheduler", [*celery, "beat", *schedule, *level], environ))
            time.sleep(0.2)
    finally:
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, signal.SIG_IGN)
        _end(children)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def _end(children: list[Child]) -> None:
    """All are asked first, then waited for: a second signal would make the worker drop what it is doing."""
    for child in children:
        if child.process.poll() is None:
            child.process.terminate()
    for child in children:
        stop(child.process, None, 10)

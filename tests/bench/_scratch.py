"""A database of its own for a bench that writes what cannot be taken back, and a gunicorn on it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.db import connection

from tests.bench import _timing


@contextmanager
def scratch_database() -> Iterator[dict[str, str]]:
    """This process's connection on a copy of the empty, migrated database of `./dev bench`; yields the environment for a
    subprocess on the same."""
    given = connection.settings_dict
    empty, copy = given["NAME"], f"{given['NAME']}_bench_{os.getpid()}"
    _at(copy, f'DROP DATABASE IF EXISTS "{copy}"', f'CREATE DATABASE "{copy}" TEMPLATE "{empty}"')
    user, password = quote(given["USER"] or ""), quote(given["PASSWORD"] or "")
    place = f"{user}{':' + password if password else ''}@{given['HOST']}:{given['PORT'] or 5432}"
    address = (
        f"postgres://{place}/{copy}"
        if not given["HOST"].startswith("/")
        else f"postgres://{user}@/{copy}?host={given['HOST']}"
    )
    try:
        yield {**os.environ, "DATABASE_URL": address}
    finally:
        _at(empty, f'DROP DATABASE "{copy}"')


def _at(name: str, *statements: str) -> None:
    """The statements on the server, then this process's connection at the database `name`."""
    connection.close()
    if pool := getattr(connection, "pool", None):
        pool.close()
        connection.close_pool()
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.settings_dict["NAME"] = name


def own_database() -> None:
    """For the life of this process, a copy of the empty database for what is measured without a scratch one."""
    given = connection.settings_dict["NAME"]
    copy = f"{given}_of_{os.getpid()}"
    _at(copy, f'CREATE DATABASE "{copy}" TEMPLATE "{given}"')


@contextmanager
def gunicorn(env: dict[str, str], *, workers: int = 2, threads: int = 4, app: str = "config.wsgi") -> Iterator[str]:
    """The address of a server on a free port; of a quick run with one worker, since starting them is most of it."""
    workers = 1 if _timing.quick else workers
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", app, "-b", f"127.0.0.1:{port}", "-w", str(workers)]
    command += ["-k", "gthread", "--threads", str(threads), "--log-level", "warning", "--keep-alive", "30"]
    server = subprocess.Popen(
        command,
        env={**env, "DB_POOL": str(threads), "SECURE_SSL_REDIRECT": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=1)
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)

"""Backups 備份: the database and the files of one moment, and the proof that what was put back is the same.

A backup is a folder: `database.dump` (pg_dump, custom format), `files/…` as they lie in the store, `manifest.json` with the
digest of each file and of the rows of each table, taken in the snapshot that was dumped. The dump is taken before the files
are copied: files are only ever added, so every file a dumped row names is there. With BACKUP_KEY set everything but the
manifest is sealed (AES-GCM in pieces of a mebibyte, each bound to its place and to being the last).
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction

from casework.jobs.orphans import stored_files

PIECE = 2**20
SEALED = b"portal-sealed-1\n"
Say = Callable[[str], None]


class BackupError(Exception):
    """The sentence says what does not hold."""


# --- the database ------------------------------------------------------------------------------------------------------


def program(name: str) -> str:
    """pg_dump or pg_restore, no older than the server. PG_BIN names the folder where several are installed."""
    found = shutil.which(name, path=settings.PG_BIN or None)
    if not found:
        raise BackupError(f"{name} is not installed; PG_BIN names the folder of PostgreSQL's programs.")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    theirs = connection.cursor().connection.info.server_version // 10000
    if int(said.split()[2].split(".")[0]) < theirs:
        raise BackupError(f"{found} is older than the server (PostgreSQL {theirs}); PG_BIN names a newer one.")
    return found


def _run(command: list[str], *, write: IO[bytes] | None = None, read: IO[bytes] | None = None) -> None:
    it = connection.settings_dict
    address = {
        "PGHOST": it["HOST"],
        "PGPORT": str(it["PORT"] or ""),
        "PGUSER": it["USER"],
        "PGPASSWORD": it["PASSWORD"],
    }
    environ = os.environ | {name: value for name, value in address.items() if value}
    ours = subprocess.PIPE
    with subprocess.Popen(
        command, env=environ, stdin=ours if read else None, stdout=ours if write else None, stderr=ours
    ) as child:
        try:
            if write and child.stdout:
                _seal(child.stdout, write)
            if read and child.stdin:
                with child.stdin as into:
                    _unseal(read, into)
        except BrokenPipeError:  # it ended early: its own words say why
            pass
        said = child.stderr.read().decode(errors="replace") if child.stderr else ""
    if child.returncode:
        raise BackupError(f"{Path(command[0]).name}: {said.strip()[-2000:]}")


def tables() -> dict[str, list[str]]:
    """Every table with its count and a digest of its rows, whatever their order, as this transaction sees them."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'UTC'")  # a row's text must not depend on who asks
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        for (name,) in cursor.fetchall():
            quoted = connection.ops.quote_name(name)
            cursor.execute(
                "SELECT count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 15))::bit(60)::bigint::numeric), 0) "  # noqa: S608
                f"FROM {quoted} t"
            )
            count, digest = cursor.fetchone()
            found[name] = [str(count), str(digest)]
    return found


# --- sealing -----------------------------------------------------------------------------------------------------------


def _pieces(source: IO[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """(piece, whether it is the last); an empty source has one empty piece."""
    here = source.read(size)
    while True:
        following = source.read(size) if len(here) == size else b""
        yield here, not following
        if not following:
            return
        here = following


def _seal(source: IO[bytes], into: IO[bytes]) -> None:
    key = settings.BACKUP_KEY
    if not key:
        shutil.copyfileobj(source, into, PIECE)
        return
    prefix = os.urandom(7)
    into.write(SEALED + prefix)
    for number, (piece, last) in enumerate(_pieces(source, PIECE)):
        into.write(AESGCM(key).encrypt(_nonce(prefix, number, last), piece, None))


def _unseal(source: IO[bytes], into: IO[bytes]) -> None:
    start = source.read(len(SEALED))
    if start != SEALED:
        into.write(start)
        shutil.copyfileobj(source, into, PIECE)
        return
    if not settings.BACKUP_KEY:
        raise BackupError("This backup is sealed: BACKUP_KEY is not set.")
    prefix = source.read(7)
    for number, (piece, last) in enumerate(_pieces(source, PIECE + 16)):
        try:
            into.write(AESGCM(settings.BACKUP_KEY).decrypt(_nonce(prefix, number, last), piece, None))
        except InvalidTag as error:
            raise BackupError("This backup was sealed with another BACKUP_KEY, or is damaged.") from error


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


# --- files -------------------------------------------------------------------------------------------------------------


class _Digest:
    """Writes through and remembers size and sha256 of what it wrote."""

    def __init__(self, into: IO[bytes] | None = None) -> None:
        self.into, self.size, self.sha256 = into, 0, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        self.size += len(data)
        return self.into.write(data) if self.into else len(data)

    @property
    def told(self) -> list[Any]:
        return [self.size, self.sha256.hexdigest()]


def _digest_of(path: Path) -> list[Any]:
    digest = _Digest()
    with path.open("rb") as file:
        shutil.copyfileobj(file, digest, PIECE)
    return digest.told


@contextmanager
def _durable(path: Path) -> Iterator[IO[bytes]]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


# --- both --------------------------------------------------------------------------------------------------------------


def backup(folder: Path, *, at: datetime, say: Say = lambda line: None) -> dict[str, Any]:
    """Write a backup into a folder that is not there yet; a backup that failed leaves none. Returns the manifest."""
    dump = program("pg_dump")
    folder.mkdir(parents=True, mode=0o700)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
            name = str(connection.settings_dict["NAME"])
            with _durable(folder / "database.dump") as file:
                _run([dump, "--format=custom", "--no-owner", "--snapshot", snapshot, "--dbname", name], write=file)
            say("database.dump")
            rows = tables()
            cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
            migrations = [f"{app}.{name}" for app, name in cursor.fetchall()]
        files = {}
        for name in stored_files():
            plain = _Digest()
            with default_storage.open(name, "rb") as kept, _durable(folder / "files" / name) as copy:
                _seal(_Watched(kept, plain), copy)  # type: ignore[arg-type]
            files[name] = [*plain.told, *_digest_of(folder / "files" / name)]
        say(f"{len(files)} files")
        manifest = {
            "made_at": at.isoformat(),
            "sealed": bool(settings.BACKUP_KEY),
            "database": _digest_of(folder / "database.dump"),
            "migrations": migrations,
            "tables": rows,
            "files": files,
        }
        # last, and whole: a folder without it is no backup
        with _durable(folder / "manifest.part") as file:
            file.write(json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        (folder / "manifest.part").rename(folder / "manifest.json")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return manifest


class _Watched:
    """A source whose reader's bytes are digested on the way."""

    def __init__(self, source: Any, digest: _Digest) -> None:
        self.source, self.digest = source, digest

    def read(self, size: int = -1) -> bytes:
        data: bytes = self.source.read(size)
        self.digest.write(data)
        return data


def check(folder: Path) -> dict[str, Any]:
    """The manifest, every file of the backup having been compared with it. Raises BackupError."""
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BackupError(f"{folder} holds no manifest: it is no backup, or one that was not finished.") from None
    wanted = {"database.dump": manifest["database"], **{f"files/{k}": v[2:] for k, v in manifest["files"].items()}}
    for name, told in wanted.items():
        path = folder / name
        if not path.is_file() or _digest_of(path) != told:
            raise BackupError(f"{name} is missing from the backup or damaged.")
    return manifest


def restore(folder: Path, *, say: Say = lambda line: None) -> dict[str, Any]:
    """Put a backup into the empty database and empty store of these settings, then compare every table and file."""
    manifest = check(folder)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        if cursor.fetchone()[0]:
            raise BackupError("The database is not empty: a backup is only put into an empty one.")
    if next(stored_files(), None) is not None:
        raise BackupError("The file store is not empty: a backup is only put into an empty one.")
    command = [program("pg_restore"), "--no-owner", "--exit-on-error", "--single-transaction"]
    with (folder / "database.dump").open("rb") as file:
        _run([*command, "--dbname", str(connection.settings_dict["NAME"])], read=file)
    say("database")
    for name in manifest["files"]:
        with (folder / "files" / name).open("rb") as kept, _spooled(kept) as plain:
            if default_storage.save(name, plain) != name:
                raise BackupError(f"{name} was stored under another name.")
    say(f"{len(manifest['files'])} files")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    if wrong := differences(manifest):
        raise BackupError("What was restored differs from the manifest: " + "; ".join(wrong[:20]))
    return manifest


@contextmanager
def _spooled(kept: IO[bytes]) -> Iterator[Any]:
    with tempfile.TemporaryFile() as plain:
        _unseal(kept, plain)
        plain.seek(0)
        yield File(plain)


def differences(manifest: dict[str, Any]) -> list[str]:
    """Tables and files that are not as the manifest says; empty when all are."""
    with transaction.atomic():
        found = tables()
    wanted: dict[str, list[str]] = manifest["tables"]
    wrong = [f"table {name}" for name in sorted(wanted.keys() | found.keys()) if wanted.get(name) != found.get(name)]
    there = set(stored_files())
    for name, told in manifest["files"].items():
        digest = _Digest()
        if name in there:
            with default_storage.open(name, "rb") as kept:
                shutil.copyfileobj(kept, digest, PIECE)
        if digest.told != told[:2] or name not in there:
            wrong.append(f"file {name}")
    return wrong + [f"file {name} (not in the backup)" for name in sorted(there - set(manifest["files"]))]

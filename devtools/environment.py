"""What a working copy stands on: its folder, its keys, the system's packages, the Python environment."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(
    os.environ.get("PORTAL_HOME")
    or f"/var/tmp/ojt-portal-{os.getuid()}-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}"
)
VENV = HOME / "venv"
PYTHON = VENV / "bin" / "python"
RUN_PACKAGES = [
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "libharfbuzz-subset0",
    "fonts-cns11643-kai",
    "redis-server",
]
# tests look at papers with poppler's programs; its data are the character tables a Chinese PDF may lean on
TEST_PACKAGES = ["chromium-headless-shell", "fonts-noto-cjk", "poppler-data", "poppler-utils"]


def prepare_home() -> None:
    """Ours alone to write; others may pass through, since PostgreSQL runs as another user when we are root."""
    os.umask(0o022)
    HOME.mkdir(parents=True, exist_ok=True)
    found = HOME.lstat()
    if found.st_uid != os.getuid() or HOME.is_symlink():
        raise Refused(f"{HOME} belongs to somebody else: set PORTAL_HOME to a folder of your own")
    HOME.chmod(0o755)


def say(text: str) -> None:
    print(f"dev       | {text}", file=sys.stderr, flush=True)


class Refused(SystemExit):
    def __init__(self, text: str) -> None:
        say(text)
        super().__init__(1)


def system_packages(names: list[str]) -> None:
    """apt installs what is missing where it may; otherwise one line names it and the work goes on."""
    if shutil.which("dpkg-query"):
        shown = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names], capture_output=True, text=True
        ).stdout
        missing = [name for name in names if f"{name} installed" not in shown.splitlines()]
    else:
        missing = [] if (HOME / "packages-named").exists() else names
    if not missing:
        return
    if shutil.which("apt-get"):
        prefix = [] if os.getuid() == 0 else ["sudo", "-E"] if may_sudo() else None
        if prefix is not None:
            say(f"installing with apt-get: {' '.join(missing)}")
            environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
            for command in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *missing]):
                done = subprocess.run(
                    [*prefix, "apt-get", *command], env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
                )
            if done.returncode == 0:
                return
    say(f"please install these packages (names as in Debian), papers and browser tests need them: {' '.join(missing)}")
    (HOME / "packages-named").touch()


def may_sudo() -> bool:
    if not shutil.which("sudo"):
        return False
    return sys.stdin.isatty() or subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0


def python_environment() -> None:
    """The venv of requirements/dev.txt, made again only when that file or the Python changed."""
    pins = ROOT / "requirements" / "dev.txt"
    want = hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()
    stamp = VENV / "installed"
    with locked("venv.lock"):
        if stamp.exists() and stamp.read_text() == want:
            return
        try:
            import ensurepip  # noqa: F401  (Debian keeps it in a package of its own)
        except ImportError:
            system_packages(["python3-venv"])
        say(f"making the Python environment in {VENV}")
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
        if error := _pip_install(pins):
            raise Refused(f"pip could not install {pins.name}:\n{error}")
        # built on the spot, which needs a compiler: a system with Redis is spared it, and one without either does without
        if not shutil.which("redis-server") and _pip_install(ROOT / "requirements" / "redis.txt"):
            say("no redis-server here, and none could be built: please install redis-server, until then jobs wait")
        stamp.write_text(want)


def _pip_install(pins: Path) -> str:
    """What went wrong, or nothing."""
    pip = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--require-hashes",
        "-r",
        str(pins),
    ]
    done = subprocess.run(pip, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return pip_error(done.stderr) if done.returncode else ""


def pip_error(told: str) -> str:
    """Without pip's remarks about places it looked in or passed over: those are of the machine, and may be hundreds."""
    aside = ("WARNING: Skipping", "WARNING: Location", "Looking in", "[notice]")
    kept = [line for line in told.splitlines() if line.strip() and not line.startswith(aside)]
    return "\n".join(kept) or told or "pip did not say why"


@contextlib.contextmanager
def locked(name: str, *, wait: bool = True) -> Iterator[bool]:
    """An exclusive lock that the system drops with the process. Yields whether it was got."""
    with (HOME / name).open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True


def keys() -> dict[str, str]:
    """Keys of this working copy, made once, readable by the owner alone."""
    path = HOME / "keys.env"
    with locked("keys.lock"):
        if not path.exists():
            fresh = {
                "SECRET_KEY": secrets.token_urlsafe(50),
                "FIELD_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
                "INDEX_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
                "SERVICE_PASSWORD": secrets.token_urlsafe(24),
            }
            path.touch(0o600)
            path.write_text("".join(f"{name}={value}\n" for name, value in fresh.items()))
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)

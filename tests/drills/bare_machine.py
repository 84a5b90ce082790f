"""An empty Debian 空機器: nothing is on it but Python and git, and the README's two commands bring the portal up and its tests through.

`./dev drill bare_machine` takes Debian 12 with every test and Debian 13 with some; `--debian 13` takes one, `--tests full` or
`--tests smoke` says how many, `--on DAY` runs them as if it were that day. The commit is tried, not what lies uncommitted around it. Where packages come from is read from this
machine's apt and pip when it runs. The roots, their mounts and processes live in namespaces of their own: killed, nothing is left but
a folder, which the next `./dev` removes.
"""

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from devtools.environment import ROOT, say
from devtools.services import dies_with_us, free_port
from tests.drills._site import Site, check

RELEASES = {"12": "bookworm", "13": "trixie"}
FULL = {"12"}
SMOKE = [
    "tests/test_dev.py",
    "tests/ojt_accounts/test_papers.py",
    "tests/senior45/test_inventory.py",
    "tests/ohs_training/test_states.py",
    "tests/ojt_subsidy/test_path.py",
    "tests/vrs_credentials/test_path.py",
    "tests/browser/test_harness.py",
]
COPY = "srv/portal"
#: What leads to the network here leads there too.
_PASSED = re.compile(r"(?i)(https?_proxy|no_proxy|all_proxy|ssl_cert_file|requests_ca_bundle|curl_ca_bundle)$")
_APT = re.compile(r"^Acquire::(?:https?::.*|Check-[\w-]+|Retries) .*;$", re.MULTILINE)
_MIRRORS = ["apt-get", "indextargets", "--format", "$(LABEL)|$(REPO_URI)", "Created-By: Packages", "Origin: Debian"]


def run(site: Site) -> dict[str, Any]:
    if why := _why_not():
        return {"verdict": "not run", "why": why}
    line: dict[str, Any] = {"commit": _said("git", "rev-parse", "--short", "HEAD")}
    for number, suite in RELEASES.items():
        if site.asked.debian in ("", number):
            full = site.asked.tests == "full" if site.asked.tests else number in FULL
            line[f"debian_{number}"] = _in_namespaces(site.folder / suite, suite, full, site.asked.on)
    return line


def _why_not() -> str:
    if os.getuid() != 0 or not shutil.which("mmdebstrap") or not shutil.which("unshare"):
        return "an empty Debian is made by root with mmdebstrap and unshare: install them, run as root"
    return "" if _mirrors() else "apt knows no Debian mirror here (apt-get update?)"


def _said(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def _mirrors() -> dict[str, str]:
    """`Debian` and `Debian-Security` with their addresses, as this machine's apt has them."""
    return dict(line.split("|", 1) for line in _said(*_MIRRORS).splitlines())


def _in_namespaces(root: Path, suite: str, full: bool, on: str) -> dict[str, Any]:
    """Mounts, processes and shared memory are gone with the first process of the namespaces, however it ends."""
    apart = ["unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc"]
    first = ["sh", "-c", '"$@"; exit $?', "sh"]  # a shell takes in the orphans
    given = [sys.executable, "-m", __spec__.name, str(root), suite, "full" if full else "smoke", on]
    with subprocess.Popen(
        [*apart, *first, *given], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        preexec_fn=lambda: dies_with_us(signal.SIGKILL),
    ) as process:  # fmt: skip
        try:
            told = process.communicate()[0]
        finally:
            process.kill()
    shutil.rmtree(root)  # its mounts were never ours
    check(process.returncode == 0, f"{suite}: the commands of the README did not do it, see above")
    return dict(json.loads(told.splitlines()[-1]))


# --- inside the namespaces --------------------------------------------------------------------------------------------------


class Machine:
    """A Debian with Python and git, and the working copy's commit."""

    def __init__(self, root: Path, suite: str) -> None:
        self.root = root
        mirrors = _mirrors()
        sources = [f"deb {mirrors['Debian']} {suite} main", f"deb {mirrors['Debian']} {suite}-updates main"]
        if "Debian-Security" in mirrors:
            sources.append(f"deb {mirrors['Debian-Security']} {suite}-security main")
        apt = _APT.findall(_said("apt-config", "dump"))
        options = [f"--aptopt={one}" for one in apt]
        made = subprocess.run(
            ["mmdebstrap", "--quiet", "--variant=minbase", "--include=python3,git,ca-certificates", *options, suite,
             str(root), *sources], stdin=subprocess.DEVNULL,
        )  # fmt: skip
        check(made.returncode == 0, f"mmdebstrap could not make {suite}")
        self._mount("proc", "proc", "-t", "proc")
        self._mount("shm", "dev/shm", "-t", "tmpfs")
        self._mount("devpts", "dev/pts", "-t", "devpts", "-o", "newinstance,ptmxmode=0666")
        for file in ("resolv.conf", "hosts"):
            shutil.copyfile(f"/etc/{file}", root / "etc" / file)
        self.environ = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(Path.home()),
        }
        self._trust()
        self._sources_of_pip()
        copy = root / COPY
        _said("git", "clone", "-q", "--no-checkout", str(ROOT), str(copy))
        _said("git", "-C", str(copy), "checkout", "-q", "--detach", _said("git", "rev-parse", "HEAD"))

    def _mount(self, what: str, where: str, *options: str) -> None:
        place = self.root / where
        place.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", *options, what, place], check=True)

    def _trust(self) -> None:
        """The certificates this machine's keeper added."""
        own = Path("/usr/local/share/ca-certificates")
        if own.exists():
            shutil.copytree(own, self.root / own.relative_to("/"), dirs_exist_ok=True)
            self.run("update-ca-certificates").check_returncode()

    def _sources_of_pip(self) -> None:
        """pip's settings become variables; folders they name are shown, to be read only."""
        self.environ |= {name: value for name, value in os.environ.items() if _PASSED.search(name)}
        for line in _said(sys.executable, "-m", "pip", "config", "list").splitlines():
            name, _, value = line.partition("=")
            name = re.sub(r"^(global|install|:env:)\.", "", name)
            self.environ[f"PIP_{name.upper().replace('-', '_')}"] = ast.literal_eval(value)
        for value in self.environ.copy().values():
            for word in value.split():
                if word.startswith("file://"):  # an index names its files beside itself
                    self._show(Path(word.removeprefix("file://")).parent)
                elif word.startswith("/"):
                    self._show(Path(word))

    def _show(self, path: Path) -> None:
        there = self.root / path.relative_to("/")
        if path.is_file() and not there.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, there)
        elif path.is_dir() and not there.exists():
            self._mount(str(path), str(path.relative_to("/")), "--bind", "-o", "ro")

    def start(self, *command: str, log: Path | None = None) -> subprocess.Popen[str]:
        with (log or Path(os.devnull)).open("ab") as out:
            return subprocess.Popen(
                ["chroot", self.root, "sh", "-c", f'cd /{COPY} 2>/dev/null; exec "$@"', "sh", *command],
                env=self.environ, stdin=subprocess.DEVNULL, stdout=out if log else subprocess.PIPE,
                stderr=out if log else None, text=True,
            )  # fmt: skip

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        with self.start(*command) as process:
            told = process.communicate()[0]
        return subprocess.CompletedProcess(command, process.returncode, told)

    def packages(self) -> tuple[int, int]:
        """How many, and their size in kB."""
        sizes = self.run("dpkg-query", "-W", "-f", "${Installed-Size}\n").stdout.split()
        return len(sizes), sum(map(int, sizes))


def _tried(root: Path, suite: str, tests: list[str]) -> dict[str, Any]:
    say(f"making an empty {suite}")
    machine = Machine(root, suite)
    before = machine.packages()
    port, log = free_port(), root.parent / f"{suite}.log"

    say(f"{suite}: ./dev up --port {port}")
    began = time.monotonic()
    up = machine.start("./dev", "up", "--port", str(port), log=log)
    while not _answers(port):
        if up.poll() is not None or time.monotonic() - began > 3600:
            _show_end_of(log)
            raise AssertionError(f"{suite}: no portal at its address")
        time.sleep(0.5)
    minutes = {"up": _minutes(began)}
    check(machine.run("./dev", "down").returncode == 0, "./dev down")
    check(up.wait(60) == 128 + signal.SIGTERM, "./dev up did not end when told to")

    say(f"{suite}: up after {minutes['up']} minutes; ./dev test {' '.join(tests)}")
    began = time.monotonic()
    failed = machine.start("./dev", "test", *tests, log=log).wait()
    minutes["test"] = _minutes(began)
    if failed:
        _show_end_of(log)
        raise AssertionError(f"{suite}: ./dev test")
    after = machine.packages()
    venv = next((root / "var/tmp").glob("*/venv/lib/python3*/site-packages"))
    return {
        "python": venv.parent.name.removeprefix("python"),
        "up_minutes": minutes["up"],
        "test_minutes": minutes["test"],
        "tests": re.findall(r"\d+ passed[^=]*", log.read_text(errors="replace"))[-1].strip(),
        "apt_packages": after[0] - before[0],
        "apt_mb": round((after[1] - before[1]) / 1024),
        "pip_packages": len(list(venv.glob("*.dist-info"))),
        "pip_mb": round(int(_said("du", "-sk", str(venv)).split()[0]) / 1024),
    }


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _minutes(began: float) -> float:
    return round((time.monotonic() - began) / 60, 1)


def _show_end_of(log: Path) -> None:
    sys.stderr.write("\n".join(log.read_text(errors="replace").splitlines()[-150:]) + "\n")


if __name__ == "__main__":
    place, release, much, day = sys.argv[1:]
    chosen = [*(["--on", day] if day else []), *(SMOKE if much == "smoke" else [])]
    print(json.dumps(_tried(Path(place), release, chosen)), flush=True)

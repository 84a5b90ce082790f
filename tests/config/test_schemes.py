"""The list of schemes stands in the settings. The one other list, of the import contracts, must name the same."""

import tomllib
from pathlib import Path

from django.conf import settings

from devtools.checks import APPS

ROOT = Path(settings.BASE_DIR)


def test_the_contracts_name_every_scheme() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers, inside = (
        next(one for one in linter["contracts"] if one["name"].startswith(name))
        for name in ("config →", "inside an app")
    )
    named = set(settings.SCHEMES)
    assert set(linter["root_packages"]) == {"config", "kernel", "accounts", "casework", *named}
    assert set(layers["layers"][1].split(" | ")) == named
    assert set(inside["containers"]) == named


def test_every_folder_with_a_manifest_is_a_scheme_and_the_other_way_round() -> None:
    assert sorted(APPS) == sorted(settings.SCHEMES)


def test_no_other_code_names_a_scheme() -> None:
    """casework, accounts, kernel, config and the templates of all ask `schemes()`; only the settings list them."""
    shared = [
        path
        for folder in ("kernel", "accounts", "casework", "config", "devtools")
        for path in (ROOT / folder).rglob("*.py")
    ]
    shared += (ROOT / "templates").glob("*.html")
    shared += [
        path
        for folder in ("portal", "guide", "casework", "components", "layouts", "admin")
        for path in (ROOT / "templates" / folder).rglob("*.html")
    ]
    shared += [ROOT / "docker-compose.yml"]
    named = {
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in shared
        for line in path.read_text().splitlines()
        if any(name in line for name in settings.SCHEMES) and not line.lstrip().startswith(("#", '"""'))
    }
    assert {one for one in named if not one.startswith('config/settings.py: "')} == set()

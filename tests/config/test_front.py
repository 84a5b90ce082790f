"""What the web server in front writes down, read from its file against the addresses there are."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.urls import URLPattern, get_resolver

from kernel.links import HIDDEN, without_tokens

CONF = (Path(__file__).resolve().parents[2] / "docker/nginx.conf").read_text()
LOCATIONS = re.findall(r"location ~ (\S+) \{([^}]*)\}", CONF)
QUIET = [re.compile(pattern) for pattern, body in LOCATIONS if "access_log off;" in body]


def addresses(patterns: list, before: str = "/") -> Iterator[tuple[str, str]]:
    """Every address of ours with an example in place of what is asked: (as declared, example)."""
    for one in patterns:
        route = before + str(one.pattern)
        if not isinstance(one, URLPattern):
            yield from addresses(one.url_patterns, route)
            continue
        case = re.sub(r"<case:\w+>", "SM-115-000001", route)
        yield route, re.sub(r"<[^>]+>", "x1", case)


def test_addresses_that_are_written_down_nowhere() -> None:
    """A case number in an address says which complaint was opened, and by whom; a token in one is a key."""
    asked = [
        (declared, example)
        for declared, example in addresses(get_resolver().url_patterns)
        if "<case:" in declared or "complaint" in declared or "<str:token>" in declared
    ]
    assert len(asked) > 20
    assert [declared for declared, example in asked if not any(one.search(example) for one in QUIET)] == []
    assert not any(one.search("/cases/OA-115-000001/") for one in QUIET), "others are written down"
    assert "$http_referer" not in CONF and "access_log /var/log/nginx/access.log line;" in CONF


def test_what_is_shut_stays_shut_whatever_follows() -> None:
    """An address with a pattern of its own would win over a prefix that does not say ^~."""
    for shut in ("/metrics", "/health/", "/accounts/login/"):
        assert f"location ^~ {shut} {{" in CONF


def test_tokens_are_hidden_wherever_they_are_read() -> None:
    for address in ("/set-password/{}/", "/set-address/{}/", "/calendar/{}.ics"):
        said = f"GET https://portal.example{address.format('aB3-_x')} 200"
        assert without_tokens(said) == said.replace("aB3-_x", HIDDEN)
    assert without_tokens("/admin/calendar/2026/") == "/admin/calendar/2026/"

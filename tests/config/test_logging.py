import io
import json
import logging
import logging.config

import pytest
import structlog

from config.logging import HIDDEN, configure, mask


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("A123456789", "A******789"),
        ("持有 a123456789 者", "持有 a******789 者"),
        ("F800000014 的居留證", "F******014 的居留證"),
        ("AB12345678", "A******678"),
        ("0912-345-678", "0912***678"),
        ("0912345678", "0912***678"),
        ("wang.ming@example.org.tw", "w***@example.org.tw"),
        ("postgres://portal:s3cret@127.0.0.1/portal", "postgres://portal:***@127.0.0.1/portal"),
        # not identifiers: a case number, a unified number, a digest, a day
        ("OA-114-000123", "OA-114-000123"),
        ("04595257", "04595257"),
        ("9f86d081884c7d659a2feaa0c55ad015", "9f86d081884c7d659a2feaa0c55ad015"),
        ("113/12/12", "113/12/12"),
    ],
)
def test_mask(written: str, masked: str) -> None:
    assert mask(written) == masked


@pytest.fixture
def lines():
    """A stream the configured handler writes to."""
    stream = io.StringIO()
    configuration = configure(readable=False, level="INFO")
    configuration["handlers"]["stream"]["stream"] = stream
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logging.config.dictConfig(configuration)
    yield stream
    root.handlers[:], root.level = before


def test_every_place_of_a_line_is_masked(lines: io.StringIO) -> None:
    log = structlog.get_logger("test")
    try:
        raise ValueError("A123456789")
    except ValueError:
        log.exception(
            "seen A123456789", rows=[{"id": "B123456780", "password": "open sesame"}], mail="wang@example.org", count=3
        )
    logging.getLogger("plain").warning("number %s", "C123456789")
    text = lines.getvalue()
    for whole in ("A123456789", "B123456780", "C123456789", "open sesame", "wang@example.org"):
        assert whole not in text
    first, second = (json.loads(line) for line in text.splitlines())
    assert first["event"] == "seen A******789"
    assert first["count"] == 3
    assert first["rows"] == [{"id": "B******780", "password": HIDDEN}]
    assert "ValueError: A******789" in first["exception"]
    assert second["event"] == "number C******789"


def test_a_request_is_one_line_and_health_checks_are_none(lines: io.StringIO) -> None:
    log = structlog.get_logger("test")
    log.info("request_started", request="GET /cases/1")
    log.info("request_finished", request="GET /cases/1", code=200)
    log.info("request_finished", request="GET /health/ready", code=200)
    log.info("request_finished", request="GET /health/ready", code=503)
    assert [json.loads(line)["request"] for line in lines.getvalue().splitlines()] == [
        "GET /cases/1",
        "GET /health/ready",
    ]

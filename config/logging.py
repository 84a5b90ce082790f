"""Logs: one structured line per happening, with personal identifiers masked before anything is written.

A processor walks every value, the text of exceptions included, since a stack trace quotes the values at hand.
"""

import logging
import re
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from kernel.links import HIDDEN, without_tokens

# 身分證字號, 統一證號 (old and new form): the letter and last three digits stay, so that two lines can be told apart.
_PERSON_ID = re.compile(r"(?<![A-Za-z0-9])([A-Za-z])[A-Da-d1289]\d{5}(\d{3})(?![A-Za-z0-9])")
_MOBILE = re.compile(r"(?<!\d)(09\d{2})-?\d{3}-?(\d{3})(?!\d)")
_EMAIL = re.compile(r"([A-Za-z0-9])[A-Za-z0-9._%+-]*@([A-Za-z0-9.-]+\.[A-Za-z]{2,})")
_SECRET_NAME = re.compile(
    r"password|passwd|secret|token|cookie|authorization|national_id|csrf|session_?key|field_keys|index_key",
    re.IGNORECASE,
)
_URL_PASSWORD = re.compile(r"(\w+://[^:/@\s]*:)[^@/\s]+@")


def mask(text: str) -> str:
    """Text with national IDs, residence numbers, mobile numbers, e-mail addresses, passwords in addresses
    and tokens of mailed links masked."""
    text = _PERSON_ID.sub(r"\1******\2", text)
    text = _MOBILE.sub(r"\1***\2", text)
    text = _URL_PASSWORD.sub(r"\1***@", text)
    text = without_tokens(text)
    return _EMAIL.sub(r"\1***@\2", text)


def _masked(value: Any) -> Any:
    match value:
        case str():
            return mask(value)
        case bool() | int() | float() | None:
            return value
        case Mapping():
            return {key: HIDDEN if _names_secret(key) else _masked(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(item) for item in value]
        case _:
            return mask(str(value))


def _names_secret(key: object) -> bool:
    return isinstance(key, str) and bool(_SECRET_NAME.search(key))


def mask_identifiers(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """The processor: runs last before rendering, so that nothing added earlier escapes it."""
    for key, value in event.items():
        # structlog's own bookkeeping (`_record`, `_from_structlog`) is taken off by the formatter
        if not key.startswith("_"):
            event[key] = HIDDEN if _names_secret(key) else _masked(value)
    return event


_ASKED_BY_MACHINES = (" /health/live", " /health/ready", " /metrics")


def drop_noise(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """One line per request: its end. What machines ask every few seconds is no news when it went well."""
    quiet = event.get("event") == "request_finished" and event.get("code") == 200
    if event.get("event") == "request_started" or (
        quiet and str(event.get("request", "")).endswith(_ASKED_BY_MACHINES)
    ):
        raise structlog.DropEvent
    return event


#: Pages of somebody's complaint, who may have asked not to be named (SUB-16).
_OF_COMPLAINANTS = re.compile(r"^(<WSGIRequest: )?\w+ '?/(cases/SM-|subsidy/complaints/)")


def name_no_complainant(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Who opened which complaint stands in no log: such a line says neither who nor from where, nor, unless it failed, by
    which reference number other lines of the request could be found. Django's own lines (`django.request`) bring the request
    itself, as an extra: so this runs when everything has been added."""
    if _OF_COMPLAINANTS.match(str(event.get("request", ""))):
        for name in ("user_id", "ip", *(("request_id",) if event.get("event") == "request_finished" else ())):
            event.pop(name, None)
    return event


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    drop_noise,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=False),
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.StackInfoRenderer(),
]


def configure(*, readable: bool, level: str) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING. Readable lines for people, JSON lines for machines."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=False)
        if readable
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*_SHARED, structlog.stdlib.ExtraAdder()],
                "processors": [
                    name_no_complainant,
                    structlog.processors.format_exc_info,
                    mask_identifiers,
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    renderer,
                ],
            }
        },
        "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stream"], "level": level},
        "loggers": {
            # one line per request comes from django_structlog
            "django.server": {"handlers": [], "propagate": False, "level": "WARNING"},
            "django.utils.autoreload": {"level": "WARNING"},
            # glyph tables at length for each font embedded in a PDF
            "fontTools": {"level": "WARNING"},
            "weasyprint": {"level": "ERROR"},
            # django_structlog says the same of each task
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "pikepdf": {"level": "WARNING"},
            "django_migration_linter": {"level": "WARNING"},
            # it remarks on each HEAD request that Django made a body, which it then rightly leaves out
            "gunicorn.http.wsgi": {"level": "ERROR"},
        },
    }


logging.captureWarnings(True)

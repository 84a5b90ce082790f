"""iCalendar (RFC 5545): whole days or sessions, lines ended by CRLF and folded at 75 octets, text escaped. Plain Python."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

#: RFC 5545 section 3.1: no line longer than this in octets, its end not counted.
OCTETS = 75


@dataclass(frozen=True, slots=True)
class Entry:
    """`on`: the whole day, or the moment it begins where `until` says when it ends.

    `changed_at` is when that was set; `sequence` rises with every change of the same `uid`.
    """

    uid: str
    on: date | datetime
    summary: str
    url: str
    changed_at: datetime
    sequence: int = 0
    description: str = ""
    until: datetime | None = None
    location: str = ""


def escaped(text: str) -> str:
    for mark, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        text = text.replace(mark, written)
    return "".join(one for one in text if one >= " " or one == "\t")


def folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, the later ones after a space; no character is cut in two."""
    piece, room = "", OCTETS
    for one in line:
        size = len(one.encode())
        if size > room:
            yield piece
            piece, room = " ", OCTETS - 1
        piece += one
        room -= size
    yield piece


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _lines(entry: Entry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(entry.uid)}"
    yield f"DTSTAMP:{_utc(entry.changed_at)}"
    yield f"LAST-MODIFIED:{_utc(entry.changed_at)}"
    yield f"SEQUENCE:{entry.sequence}"
    if entry.until is not None and isinstance(entry.on, datetime):
        yield f"DTSTART:{_utc(entry.on)}"
        yield f"DTEND:{_utc(entry.until)}"
    else:
        yield f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}"  # the end is not included
        yield "TRANSP:TRANSPARENT"
    if entry.location:
        yield f"LOCATION:{escaped(entry.location)}"
    yield f"SUMMARY:{escaped(entry.summary)}"
    if entry.description:
        yield f"DESCRIPTION:{escaped(entry.description)}"
    yield f"URL:{entry.url}"
    yield "END:VEVENT"


def calendar(name: str, entries: Iterable[Entry]) -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Training Portal//Calendar//ZH-TW",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        "X-WR-TIMEZONE:Asia/Taipei",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]
    for entry in entries:
        lines += _lines(entry)
    lines.append("END:VCALENDAR")
    return "".join(f"{piece}\r\n" for line in lines for piece in folded(line)).encode()

"""Judges one or more PDF files by content; meant to run alone: `python -m casework.intake.judge_pdf PATH`.

Prints one JSON line per file: ok, pages, reason_code, sentence, ms. The parser is qpdf (through pikepdf) without its
repair mode: a file that readers would have to guess at is refused, because two readers may guess differently and what
was checked would not be what is shown. Imports the standard library and pikepdf only.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import resource
import sys
import time
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import pikepdf

from casework.intake.confine import arguments, confine, say
from casework.intake.pdf_names import SUSPECT, Refused, check_names
from casework.intake.reasons import OK, SENTENCES, not_pdf_sentence

#: Longest side of a page in points (PDF 32000-1 Annex C: 200 inches); times UserUnit.
MAX_SIDE = 14_400
#: A0 at 600 dpi is 558 million; A3 at 600 dpi is 70 million.
MAX_IMAGE_PIXELS = 600_000_000
IMAGE_FILTERS = frozenset({"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"})
MAX_REVISIONS = 40
MAX_DEPTH = 100
#: Address space with pikepdf loaded and a file of 10 MB in hand, bytes.
MEMORY_AT_START = 200 << 20
#: Bytes inflated at a time.
PIECE = 65_536
#: What pdf_names refuses, read from the raw bytes, for objects no cross-reference table names; in context, since a book mark may
#: read "HTML/JavaScript".
RAW = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (rb"/S\s*/JavaScript\b|/JS\s*[(<]|/JS\s+\d+\s+\d+\s+R", "javascript"),
        (rb"/S\s*/Launch\b", "launch"),
        (rb"/EmbeddedFiles\s*(?:<<|\d)|/Type\s*/EmbeddedFile\b|/EF\s*<<", "embedded_file"),
        (rb"/Subtype\s*/RichMedia\b", "rich_media"),
        (rb"/XFA\s*(?:\[|\d+\s+\d+\s+R)", "xfa"),
        (rb"/S\s*/SubmitForm\b", "submit_form"),
        (rb"/S\s*/ImportData\b", "import_data"),
        (rb"/S\s*/GoTo[RE]\b", "remote_goto"),
    )
)
#: Not <body>: ordinary annotations carry their rich text in one (/RC).
MARKUP = re.compile(rb"<(?:!doctype\s+html|html|script|svg|iframe|embed|\?php)[\s>/]", re.IGNORECASE)
HEADER = re.compile(rb"%PDF-(?:1\.[0-7]|2\.0)(?=[\s%])")
STREAM = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
REVISION = re.compile(rb"startxref\s{1,9}\d{1,12}\s{1,9}%%EOF")
#: qpdf remarks on common faults of producers that change nothing in what is read.
HARMLESS = (
    "reported number of objects",
    "Resources is missing or invalid",
    "object has offset 0",
    "xref entry for the xref stream itself is missing",
    "extraneous whitespace seen before xref",
)
#: qpdf messages with a reason of their own; all others mean the file is damaged.
MESSAGES = (
    ("Pages structure", "page_tree"),
    ("pages tree", "page_tree"),
    ("page tree", "page_tree"),
    ("deeply nested", "nested"),
    ("too deep", "nested"),
)


def examine(data: bytes, *, max_pages: int, max_inflated: int) -> int:
    """Number of pages of a PDF that may be accepted; raises Refused. `max_inflated`: bytes over all streams."""
    data = framed(data)
    check_frame(data)
    if b"/Encrypt" in data and (plain := unlocked(data)):
        examine(plain, max_pages=max_pages, max_inflated=max_inflated)
    outside = outside_streams(data)
    if MARKUP.search(outside) or MARKUP.search(data, 0, 4096):
        raise Refused("polyglot")
    budget = Budget(max_inflated)
    for found in STREAM.finditer(data):  # before qpdf, which inflates object streams without a limit
        budget.take(inflate(feed(data, found.end())))
    try:
        pages = examine_revision(data, budget, max_pages)
    except Refused as refused:
        if refused.code == "damaged" and short_of_memory(budget.largest):
            raise Refused("too_heavy") from None
        raise
    ends = [found.end() for found in REVISION.finditer(data)][:-1]
    if len(ends) > MAX_REVISIONS:
        raise Refused("revisions")
    for end in ends:  # what an earlier revision held is still in the file, and some readers show it
        try:
            earlier = open_pdf(data[:end])
        except Refused:
            continue  # the first part of a linearised file is not a whole PDF
        with earlier:
            check_objects(earlier, budget)
    plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes((int(m[1], 16),)), outside)
    for pattern, code in RAW:
        if pattern.search(plain):
            raise Refused(code)
    return pages


#: What mail, printers and scanners put around a PDF: byte order marks, blanks, PJL commands, the boundary of a letter.
_BEFORE = re.compile(
    rb"(?:\xef\xbb\xbf|[\0\t\n\f\r ]|\x1b%-12345X(?:@PJL[^\r\n]{0,200}[\r\n]+)*|@PJL[^\r\n]{0,200}[\r\n]+){1,100}\Z"
)
_AFTER = re.compile(
    rb"(?:[\0\t\n\f\r \x1a]|\x1b%-12345X(?:@PJL[^\r\n]{0,200}[\r\n]*)*|\r?\n--[\w'()+,./:=?-]{1,70}(?:--)?\s*){0,5000}\Z"
)
_LAST_XREF = re.compile(rb"startxref(\s{1,9})(\d{1,12})(?=\s{1,9}%%EOF)")
_XREF = re.compile(rb"(?<!start)xref\b|(?<![0-9])\d{1,10} \d{1,5} obj\b(?=.{0,300}?/XRef\b)", re.DOTALL)
_ENTRY = re.compile(rb"(\d{10}) \d{5} n")
_TABLE = re.compile(rb"\s{0,4}(?:xref\b|\d{1,10}\s+\d{1,5}\s+obj\b)")
#: How far a program may have miscounted where its table stands.
_MISCOUNTED = 64


def framed(data: bytes) -> bytes:
    """The file as readers take it: without what the way here put around it, and with the table found where it stands. What is
    then judged is what every reader shows."""
    at = data.find(b"%PDF-", 0, 1024)
    if at > 0 and _BEFORE.match(data[:at]):
        before, data = data, data[at:]
        if not _points_at_table(data) and _points_at_table(before):
            # the places were counted with what stood before: the header moves, everything else stays
            data = data[:8] + b"\n" * at + data[8:]
    end = data.rfind(b"%%EOF")
    if end >= 0 and _AFTER.match(data[end + 5 : end + 5 + 8192]) and len(data) - end < 8192:
        data = data[: end + 5] + b"\n"
    found = _last_xref(data)
    if found is None or _points_at_table(data):
        return data
    place = int(found[2])
    near = [one.start() for one in _XREF.finditer(data, max(0, place - _MISCOUNTED), place + _MISCOUNTED)]
    if not near:
        return data
    closest = min(near, key=lambda one: abs(one - place))
    entry = _ENTRY.search(data, closest) if data.startswith(b"xref", closest) else None
    if entry and not re.match(rb"\s{0,4}\d{1,10} \d{1,5} obj\b", data[int(entry[1]) : int(entry[1]) + 30]):
        return data  # everything has moved, not the number alone
    return data[: found.start(2)] + str(closest).encode() + data[found.end(2) :]


def _last_xref(data: bytes) -> re.Match[bytes] | None:
    return next(reversed([*_LAST_XREF.finditer(data, max(0, len(data) - 2048))]), None)


def _points_at_table(data: bytes) -> bool:
    found = _last_xref(data)
    place = int(found[2]) if found else 0
    return bool(found) and bool(_TABLE.match(data[place : place + 40]))


def unlocked(data: bytes) -> bytes | None:
    """A copy without encryption of a file that opens without a password (locked only against changes); None where it needs one
    or is not encrypted: the parts of it are judged in the clear."""
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True) as pdf:
            if not pdf.is_encrypted:
                return None
            out = io.BytesIO()
            pdf.save(
                out,
                encryption=False,
                compress_streams=False,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                object_stream_mode=pikepdf.ObjectStreamMode.disable,
            )
            return out.getvalue()
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    except pikepdf.PdfError as error:
        raise Refused(reason_of(str(error))) from None


def check_frame(data: bytes) -> None:
    """The header opens the file, the end mark closes it, and it is no archive besides."""
    if not data:
        raise Refused("empty")
    if not data.startswith(b"%PDF-"):
        if b"%PDF-" in data[:1024]:
            raise Refused("polyglot")
        raise Refused("not_pdf", not_pdf_sentence(data[:64]))
    if not HEADER.match(data):
        raise Refused("damaged")
    end = data.rfind(b"%%EOF")
    rest = data[end + 5 :].strip(b"\0\t\n\f\r \x1a") if end >= 0 else b""
    if data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557)) >= 0:
        raise Refused("polyglot")
    if end < 0 or re.match(rb"\d+\s+\d+\s+obj\b|xref\b", rest):
        raise Refused("truncated")
    if rest:
        raise Refused("polyglot")
    if not REVISION.search(data, max(0, end - 64)):
        raise Refused("damaged")


def outside_streams(data: bytes) -> bytes:
    """The file without its streams' contents."""
    parts, at = [], 0
    while found := STREAM.search(data, at):
        end = data.find(b"endstream", found.end())
        if end < 0:
            break
        parts.append(data[at : found.end()])
        at = end
    parts.append(data[at:])
    return b"".join(parts)


class Budget:
    """Bytes that all streams together may inflate to."""

    def __init__(self, limit: int) -> None:
        self.left, self.largest = limit, 0

    def take(self, chunks: Iterable[bytes]) -> None:
        before = self.left
        for chunk in chunks:
            self.left -= len(chunk)
            if self.left < 0:
                raise Refused("inflated")
        self.largest = max(self.largest, before - self.left)


def feed(data: bytes, start: int = 0, step: int = 8_192) -> Iterator[bytes]:
    view = memoryview(data)
    for at in range(start, len(data), step):
        yield view[at : at + step]  # type: ignore[misc]


def inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Inflates piece by piece, one small piece in hand (a large one costs the kernel more than zlib); ends quietly where the data are not deflated."""
    machine = zlib.decompressobj()
    try:
        for chunk in chunks:
            while chunk and not machine.eof:  # at the end the tail stays: it is what follows the stream
                yield machine.decompress(chunk, PIECE)
                chunk = machine.unconsumed_tail
            if machine.eof:
                return
    except zlib.error:
        return


def short_of_memory(largest: int) -> bool:
    """qpdf turns a failed allocation into a damaged object; it takes about three times the stream to read objects of."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return limit != resource.RLIM_INFINITY and 3 * largest + MEMORY_AT_START > limit


def open_pdf(data: bytes) -> pikepdf.Pdf:
    try:
        pdf = pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    except pikepdf.PdfError as error:
        raise Refused(reason_of(str(error))) from None
    return pdf


def reason_of(message: str) -> str:
    return next((code for part, code in MESSAGES if part in message), "damaged")


def examine_revision(data: bytes, budget: Budget, max_pages: int) -> int:
    with open_pdf(data) as pdf:
        try:
            pages = count_pages(pdf, max_pages)
            check_objects(pdf, budget)
        except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            raise Refused(reason_of(str(error))) from None
        for warning in map(str, pdf.get_warnings()):
            if not any(part in warning for part in HARMLESS):
                raise Refused(reason_of(warning))
        return pages


def count_pages(pdf: pikepdf.Pdf, max_pages: int) -> int:
    """Walks the page tree itself: /Count may lie, and a tree may loop or name one branch a thousand times."""
    root = pdf.Root.get("/Pages")
    if not isinstance(root, pikepdf.Dictionary):
        raise Refused("damaged")
    pages, seen = 0, set()
    todo: list[tuple[Any, Any, int]] = [(root, None, 0)]
    while todo:
        node, box, depth = todo.pop()
        if not isinstance(node, pikepdf.Dictionary) or depth > MAX_DEPTH:
            raise Refused("page_tree")
        box = node.get("/MediaBox", box)
        if "/Kids" in node:
            if node.objgen in seen and node.is_indirect:
                raise Refused("page_tree")
            seen.add(node.objgen)
            kids = node.Kids
            if not isinstance(kids, pikepdf.Array):
                raise Refused("page_tree")
            if pages + len(kids) + len(todo) > 50 * max_pages:
                raise Refused("too_many_pages")
            todo.extend((kid, box, depth + 1) for kid in kids)
            continue
        pages += 1
        if pages > max_pages:
            raise Refused("too_many_pages")
        check_box(box, node.get("/UserUnit", 1))
    if not pages:
        raise Refused("no_pages")
    return pages


def check_box(box: Any, unit: Any) -> None:
    if box is None:
        return  # readers fall back to Letter
    if not isinstance(box, pikepdf.Array) or len(box) != 4:
        raise Refused("huge_page")
    left, bottom, right, top = (float(side) for side in box)
    for side in (abs(right - left) * float(unit), abs(top - bottom) * float(unit)):
        if not 1 <= side <= MAX_SIDE:
            raise Refused("huge_page")


def check_objects(pdf: pikepdf.Pdf, budget: Budget) -> None:
    """Every object of the table, those in object streams and those nothing points at included."""
    for found in (*pdf.objects, pdf.trailer):
        if not isinstance(found, pikepdf.Object):
            continue
        body = found
        if isinstance(found, pikepdf.Stream):
            check_stream(found, budget)
            body = found.stream_dict
        elif not isinstance(found, (pikepdf.Dictionary, pikepdf.Array)):
            continue
        if SUSPECT.search(body.unparse(resolved=True)):
            check_names(body)


def check_stream(stream: pikepdf.Stream, budget: Budget) -> None:
    if "/F" in stream or "/FFilter" in stream:
        raise Refused("external_file")
    pixels = int(stream.get("/Width", 0)) * int(stream.get("/Height", 0)) if stream.get("/Subtype") == "/Image" else 0
    if pixels > MAX_IMAGE_PIXELS:
        raise Refused("huge_image")
    filters: Any = stream.get("/Filter", [])
    names = [str(f) for f in filters] if isinstance(filters, pikepdf.Array) else [str(filters)] if filters else []
    if len(names) < 2 and names not in (["/LZWDecode"], ["/RunLengthDecode"]):
        return  # one Flate filter is counted already, image filters by their pixels
    data, at = stream.read_raw_bytes(), 0
    while at < len(names) and names[at] in ("/ASCIIHexDecode", "/ASCII85Decode"):
        data, at = unarmour(data, names[at]), at + 1
    chunks: Iterable[bytes] = feed(data)
    while at < len(names) and names[at] == "/FlateDecode":
        chunks, at = inflate(chunks), at + 1
    budget.take(chunks)
    if {"/LZWDecode", "/RunLengthDecode", "/ASCIIHexDecode", "/ASCII85Decode"} & set(names[at:]):
        try:  # whole: the memory limit stands behind this one
            budget.take([stream.read_bytes(pikepdf.StreamDecodeLevel.specialized)])
        except pikepdf.PdfError:
            if not IMAGE_FILTERS & set(names):
                raise


def unarmour(data: bytes, name: str) -> bytes:
    data = re.sub(rb"\s", b"", data)
    try:
        if name == "/ASCII85Decode":
            return base64.a85decode(data.removeprefix(b"<~").split(b"~", 1)[0])
        digits = data.split(b">", 1)[0]
        return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
    except ValueError:
        raise Refused("damaged") from None


def verdict(path: str, *, max_pages: int, max_inflated: int) -> dict[str, object]:
    started = time.perf_counter()
    pages, code, sentence = None, OK, ""
    try:
        with open(path, "rb") as file:
            data = file.read()
        pages = examine(data, max_pages=max_pages, max_inflated=max_inflated)
    except Refused as refused:
        code, sentence = refused.code, refused.sentence
    except MemoryError:
        code, sentence = "too_heavy", SENTENCES["too_heavy"]
    except Exception as error:  # whatever an odd file provokes, it is refused and the next one judged
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        code, sentence = "unreadable", SENTENCES["unreadable"]
    spent = round((time.perf_counter() - started) * 1000)
    told: dict[str, object] = {"ok": code == OK, "pages": pages, "reason_code": code, "sentence": sentence, "ms": spent}
    return told | {"media_type": "application/pdf" if code == OK else ""}


def main(argv: list[str] | None = None) -> int:
    parser = arguments("Judge PDF files by content; one JSON line each.")
    parser.add_argument("--max-pages", type=int, default=500)
    parser.add_argument("--max-inflated", type=int, default=400 * 1024 * 1024, metavar="BYTES")
    options = parser.parse_args(argv)
    confine(memory=options.max_memory, cpu=options.max_cpu)
    for path in options.paths:
        say(verdict(path, max_pages=options.max_pages, max_inflated=options.max_inflated))
    return 0


if __name__ == "__main__":
    sys.exit(main())

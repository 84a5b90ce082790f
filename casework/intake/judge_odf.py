"""Judges OpenDocument files (ODT, ODS, ODP) by their parts; meant to run alone: `python -m casework.intake.judge_odf PATH`.

Every part is known and read to its end: macros, objects of other programs, and whatever is fetched from outside refuse the
file. Prints one JSON line per file, like judge_pdf. Standard library only.
"""

from __future__ import annotations

import re
import struct
import sys
import zipfile
import zlib
from typing import Any, NoReturn
from xml.parsers import expat

from casework.intake.confine import arguments, confine, say
from casework.intake.reasons import OK, SENTENCES

MEDIA_TYPES = frozenset(
    f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation")
)
MOST_PARTS, MOST_DEPTH = 3_000, 200
_PIECE = 64 * 1024

#: The parts of a document, directories aside. What is not named here came with something else.
_XML = re.compile(
    r"(?:Object \d+/)*(?:content|styles|meta|settings)\.xml|META-INF/(?:manifest|documentsignatures)\.xml|"
    r"Configurations2/(?!images/Bitmaps/).+\.xml"
)
_PICTURE = re.compile(
    r"Thumbnails/[^/]+|(?:Object \d+/)*(?:Pictures|media)/[^/]+|ObjectReplacements/[^/]+|Configurations2/images/Bitmaps/[^/]+"
)
_OTHER = re.compile(r"mimetype|manifest\.rdf|layout-cache|(?:Object \d+/)*(?:manifest\.rdf|layout-cache)|Fonts/[^/]+")
_MACRO = re.compile(r"(?:Basic|Scripts|Dialogs)/|.*/(?:Basic|Scripts)/|META-INF/macrosignatures\.xml")
_PICTURE_HEADS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"VCLMTF")
#: WMF with and without its placing header; EMF says its name at byte 40. Nobody can look into them, and LibreOffice draws them.
_METAFILE_HEADS = (b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00\x00\x03", b"\x02\x00\x09\x00\x00\x03")

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_HREF = "http://www.w3.org/1999/xlink href"
_XML_BASE = "http://www.w3.org/XML/1998/namespace base"
#: Elements that run something, with all of the script namespace but the empty <office:scripts>.
_RUNS = {
    f"{_NS}office:1.0 script",
    f"{_NS}office:1.0 event-listeners",
    f"{_NS}text:1.0 script",
    f"{_NS}text:1.0 execute-macro",
    f"{_NS}presentation:1.0 event-listener",
    "http://www.w3.org/2000/svg script",
    "http://www.w3.org/2000/svg foreignObject",
}
#: Elements that hold what another program opens.
_HOLDS = {f"{_NS}drawing:1.0 {name}" for name in ("plugin", "applet", "object-ole", "floating-frame")}
#: Elements that fetch from elsewhere when the file is opened.
_FETCHES = {
    f"{_NS}office:1.0 dde-source", f"{_NS}text:1.0 dde-connection", f"{_NS}text:1.0 dde-connection-decl",
    f"{_NS}table:1.0 dde-link", f"{_NS}table:1.0 cell-range-source", f"{_NS}form:1.0 connection-resource",
    "http://www.w3.org/2002/xforms instance", "http://www.w3.org/2002/xforms submission",
}  # fmt: skip
#: Elements whose address a person follows by pressing on it.
_FOLLOWED = {f"{_NS}text:1.0 a", f"{_NS}drawing:1.0 a", f"{_NS}text:1.0 bookmark-ref"}
_SAFE = re.compile(r"(?:https?:|mailto:|tel:|#)", re.IGNORECASE)
_INSIDE = re.compile(r"#|(?:\./)?(?:Pictures|media|Object \d+|ObjectReplacements|Fonts)(?:/|$)")


class Refused(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def examine(path: str, max_inflated: int) -> tuple[str, str]:
    """Reason code and media type."""
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            media = _kind(packed, parts)
            _nothing_around(path, parts)
            _names(parts)
            _read(packed, parts, max_inflated)
    except Refused as refused:
        return refused.code, ""
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        KeyError,
        zlib.error,
        struct.error,
    ):
        return "odf_damaged", ""
    return OK, media


def _kind(packed: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> str:
    """The media type, which stands first and unpacked, so that the file is known without being opened."""
    first = parts[0] if parts else None
    if (
        first is None
        or first.filename != "mimetype"
        or first.compress_type != zipfile.ZIP_STORED
        or first.header_offset
    ):
        raise Refused("not_odf")
    if first.file_size > 100 or (media := packed.read(first).decode("latin-1").strip()) not in MEDIA_TYPES:
        raise Refused("not_odf")
    return media


def _nothing_around(path: str, parts: list[zipfile.ZipInfo]) -> None:
    """A zip may hide bytes before, between and after its parts: here the parts fill it."""
    with open(path, "rb") as file:
        data = file.read()
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or len(data) != end + 22 or data.count(b"PK\x05\x06") != 1:
        raise Refused("polyglot")
    count, directory, start = struct.unpack("<H2L", data[end + 10 : end + 20])
    if count != len(parts) or start + directory != end:
        raise Refused("polyglot")
    place = 0
    for part in sorted(parts, key=lambda one: one.header_offset):
        name, extra = struct.unpack("<2H", data[part.header_offset + 26 : part.header_offset + 30])
        if part.header_offset - place not in (0, 12, 16):  # a data descriptor may follow a part
            raise Refused("polyglot")
        place = part.header_offset + 30 + name + extra + part.compress_size
        if data[part.header_offset + 30 : part.header_offset + 30 + name] != _raw(part):
            raise Refused("odf_damaged")
    if start - place not in (0, 12, 16):
        raise Refused("polyglot")


def _raw(part: zipfile.ZipInfo) -> bytes:
    return part.orig_filename.encode("utf-8" if part.flag_bits & 0x800 else "cp437")


def _names(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if len(names) > MOST_PARTS or len(set(names)) != len(names) or "content.xml" not in names:
        raise Refused("odf_damaged")
    for part in parts:
        name = part.filename
        if part.flag_bits & 1:
            raise Refused("odf_encrypted")
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
            raise Refused("odf_damaged")
        if part.is_dir():
            continue
        if _MACRO.match(name):
            raise Refused("odf_macro")
        if not (_XML.fullmatch(name) or _PICTURE.fullmatch(name) or _OTHER.fullmatch(name)):
            raise Refused("odf_embedded")


def _read(packed: zipfile.ZipFile, parts: list[zipfile.ZipInfo], left: int) -> None:
    """Every part inflated and counted: the sizes a zip declares may be lies."""
    for part in parts:
        name, scan, head = part.filename, None, b""
        if _XML.fullmatch(name):
            scan = _scanner(name == "META-INF/manifest.xml")
        with packed.open(part) as content:
            while piece := content.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise Refused("odf_inflated")
                if not head and _PICTURE.fullmatch(name):
                    head = piece
                    if head.lstrip()[:5] in (b"<?xml", b"<svg ", b"<svg>"):
                        scan = _scanner()
                    elif head.startswith(_METAFILE_HEADS) or head[40:44] == b" EMF":
                        raise Refused("odf_metafile")
                    elif not head.startswith(_PICTURE_HEADS) and not _webp(head):
                        raise Refused("odf_embedded")
                if scan is not None:
                    _parse(scan, piece, False)
        if scan is not None and (part.file_size or name == "content.xml"):
            _parse(scan, b"", True)


def _webp(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _parse(scan: Any, piece: bytes, last: bool) -> None:
    try:
        scan.Parse(piece, last)
    except expat.ExpatError as error:
        raise Refused("odf_damaged") from error


def _scanner(manifest: bool = False) -> Any:
    """A parser that raises at the first element that should not be there."""
    scan, depth = expat.ParserCreate(namespace_separator=" "), 0

    def begin(element: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise Refused("odf_damaged")
        if manifest and element.endswith(" encryption-data"):
            raise Refused("odf_encrypted")
        _element(element, attributes)

    def end(element: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*given: Any) -> NoReturn:
        raise Refused("odf_damaged")

    scan.StartElementHandler, scan.EndElementHandler = begin, end
    # no document types: with them come entities, which inflate and fetch
    scan.StartDoctypeDeclHandler = scan.EntityDeclHandler = scan.ExternalEntityRefHandler = refuse
    return scan


def _element(element: str, attributes: dict[str, str]) -> None:
    if element in _RUNS or element.startswith(f"{_NS}script:1.0 "):
        raise Refused("odf_macro")
    if element in _HOLDS:
        raise Refused("odf_embedded")
    if element in _FETCHES or _XML_BASE in attributes:
        raise Refused("odf_outside")
    for name, value in attributes.items():
        if name.startswith("on") or re.match(
            r"\s*(?:vnd\.sun\.star\.|macro:|javascript:|service:)", value, re.IGNORECASE
        ):
            raise Refused("odf_macro")
        if name in (_HREF, "href") and value and not _allowed(element, value):
            raise Refused("odf_outside")
        if name == f"{_NS}table:1.0 formula" and re.search(
            r"\b(?:DDE|WEBSERVICE|FILTERXML)\s*\(", value, re.IGNORECASE
        ):
            raise Refused("odf_outside")


def _allowed(element: str, address: str) -> bool:
    plain = re.sub(r"[\x00-\x20]", "", address)
    if (
        element == f"{_NS}meta:1.0 template"
    ):  # where the author's template lay: named, never fetched from another machine
        return not re.match(r"(?!file:///[^/\\])[a-z][a-z0-9+.\-]*:|//|\\\\", plain, re.IGNORECASE)
    if element in _FOLLOWED:
        return bool(_SAFE.match(plain))
    return (bool(_INSIDE.match(address)) and ".." not in address) or plain.lower().startswith("data:image/")


def main(argv: list[str] | None = None) -> int:
    parser = arguments("Judge OpenDocument files by their parts; one JSON line each.")
    parser.add_argument("--max-inflated", type=int, default=200 * 1024 * 1024, metavar="BYTES")
    options = parser.parse_args(argv)
    confine(memory=options.max_memory, cpu=options.max_cpu)
    for path in options.paths:
        try:
            code, media = examine(path, options.max_inflated)
        except MemoryError:
            code, media = "too_heavy", ""
        sentence = SENTENCES.get(code, "").replace("PDF 的", "檔案的").replace("不屬於 PDF", "不屬於文件")
        say({"ok": code == OK, "pages": None, "reason_code": code, "sentence": sentence, "media_type": media})
    return 0


if __name__ == "__main__":
    sys.exit(main())

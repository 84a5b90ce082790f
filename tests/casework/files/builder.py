"""Writes small PDFs piece by piece, right or wrong, for the tests of judging uploads."""

from __future__ import annotations

import io
import zipfile
import zlib
from base64 import a85encode
from functools import cache

from casework.intake.sample import write_pdf

CATALOGUE = b"/Type/Catalog/Pages 2 0 R"
PAGE = b"/Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>"
ALERT = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"


def build(catalogue: bytes = b"", page: bytes = b"", more: dict[int, bytes] | None = None, **rest: bytes) -> bytes:
    """A one-page PDF with these entries added to the catalogue and the page, and further objects from number 4."""
    objects = {
        1: b"<<" + CATALOGUE + catalogue + b">>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<<" + PAGE + page + b">>",
    }
    return write_pdf(objects | (more or {}), trailer=rest.get("trailer", b"/Root 1 0 R"))


def annotation(entries: bytes, more: dict[int, bytes] | None = None) -> bytes:
    return build(page=b"/Annots[<</Type/Annot/Rect[0 0 9 9]" + entries + b">>]", more=more)


def link(action: bytes) -> bytes:
    return annotation(b"/Subtype/Link/A<<" + action + b">>")


def update(first: bytes, objects: dict[int, bytes], *, root: int = 1) -> bytes:
    """An incremental update: new objects behind the old file, which stays as it was."""
    out, rows = bytearray(first), b""
    for number, body in objects.items():
        rows += b"%d 1\n%010d 00000 n \n" % (number, len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start, before = len(out), int(first.rsplit(b"startxref", 1)[1].split()[0])
    out += b"xref\n%btrailer\n<</Size 20/Root %d 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (rows, root, before, start)
    return bytes(out)


def with_object_stream(hidden: bytes, *, armour: bool = False, megabytes: int = 0) -> bytes:
    """Catalogue and page lie in an object stream, with `hidden` as a fourth object: no text search sees them."""
    bodies = [b"<<" + CATALOGUE + b">>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<<" + PAGE + b">>", hidden]
    offsets, joined = [], b""
    for body in bodies:
        offsets.append(len(joined))
        joined += body + b"\n"
    heads = b" ".join(b"%d %d" % (number, offset) for number, offset in enumerate(offsets, start=1)) + b"\n"
    raw = bomb(megabytes, heads + joined, b" ")
    filters = b"/FlateDecode"
    if armour:
        raw, filters = a85encode(raw) + b"~>", b"[/ASCII85Decode/FlateDecode]"
    out = bytearray(b"%PDF-1.5\n")
    at = len(out)
    out += b"5 0 obj\n<</Type/ObjStm/N 4/First %d/Filter%b/Length %d>>stream\n%b\nendstream\nendobj\n" % (
        len(heads), filters, len(raw), raw,
    )  # fmt: skip
    start = len(out)
    rows = [(0, 0, 255)] + [(2, 5, i) for i in range(4)] + [(1, at, 0), (1, start, 0)]
    table = b"".join(bytes((a,)) + b.to_bytes(3, "big") + bytes((c,)) for a, b, c in rows)
    out += b"6 0 obj\n<</Type/XRef/Size 7/W[1 3 1]/Root 1 0 R/Length %d>>stream\n%b\nendstream\nendobj\n" % (
        len(table),
        table,
    )
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


@cache
def bomb(megabytes: int, head: bytes = b"", fill: bytes = b"\0") -> bytes:
    """A valid zlib stream of `head` and then so many megabytes of `fill`, made from one block repeated."""
    million = fill * (1 << 20)
    machine = zlib.compressobj(9)
    start = machine.compress(head) + machine.flush(zlib.Z_FULL_FLUSH)
    block = machine.compress(million) + machine.flush(zlib.Z_FULL_FLUSH)
    checksum = zlib.adler32(head)
    for _ in range(megabytes):
        checksum = zlib.adler32(million, checksum)
    return start + block * megabytes + b"\x03\x00" + checksum.to_bytes(4, "big")


def encrypted(user: str, owner: str) -> bytes:
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(build())) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(user=user, owner=owner))
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr("a.txt", "a")
    return out.getvalue()


def write_raw(data: bytes, entries: bytes) -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(data), data)

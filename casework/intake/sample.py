"""Writes small invented papers as PDF (示範文件): for the demonstration data and for tests, in about a millisecond.

The font is one of the CJK fonts every reader must know by name (PDF 32000-1, 9.7.5.2: MSung-Light with UniCNS-UTF16-H),
so no font file is needed and a page takes 2 KB. Standard library only. Papers that are issued are made by WeasyPrint.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

WIDTH, HEIGHT, MARGIN = 595, 842, 71
STAMP = ("與正本相符", "僅供申請本案使用")
TITLE_SIZE, TEXT_SIZE, LEADING, LINES_PER_PAGE = 22, 13, 24, 22


def write_pdf(objects: Mapping[int, bytes], *, version: str = "1.7", trailer: bytes = b"/Root 1 0 R") -> bytes:
    """The file holding these numbered objects, with its cross-reference table; object 1 is the catalogue."""
    out, offsets, size = bytearray(b"%PDF-" + version.encode() + b"\n%\xe2\xe3\xcf\xd3\n"), {}, max(objects) + 1
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % offsets[number] if number in offsets else b"0000000000 00001 f \n"
    out += b"trailer\n<</Size %d %b>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)
    return bytes(out)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(content, 9)
    return b"<<%b/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (entries, len(packed), packed)


def paper(
    title: str,
    lines: Sequence[str],
    pages: int = 1,
    *,
    organisation: str = "",
    number: str = "",
    on: str = "",
    stamp: bool = True,
) -> bytes:
    """A4 paper with title, issuing organisation, number (字號), date as printed (e.g. 中華民國113年12月12日) and lines.

    Lines go on overleaf by themselves; `pages` is the least number of pages. `stamp` puts the red 「與正本相符」 box
    on every page. The same arguments give the same bytes.
    """
    rows = [row for line in lines for row in wrap(line)]
    parts = [rows[at : at + LINES_PER_PAGE] for at in range(0, len(rows), LINES_PER_PAGE)] or [[]]
    parts += [[] for _ in range(pages - len(parts))]
    contents = [
        page_content(title, part, index + 1, len(parts), organisation, number, on, stamp)
        for index, part in enumerate(parts)
    ]
    used = sorted(
        set(title + organisation + number + on + "".join(lines) + "".join(STAMP) + "第頁，共字號：0123456789 續")
    )
    first = 8
    kids = b" ".join(b"%d 0 R" % (first + 2 * i) for i in range(len(parts)))
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R/Lang(zh-Hant-TW)>>",
        2: b"<</Type/Pages/Kids[%b]/Count %d/MediaBox[0 0 %d %d]/Resources<</Font<</F 3 0 R>>>>>>"
        % (kids, len(parts), WIDTH, HEIGHT),
        3: b"<</Type/Font/Subtype/Type0/BaseFont/MSung-Light-UniCNS-UTF16-H/Encoding/UniCNS-UTF16-H"
        b"/DescendantFonts[4 0 R]/ToUnicode 6 0 R>>",
        4: b"<</Type/Font/Subtype/CIDFontType0/BaseFont/MSung-Light/FontDescriptor 5 0 R/DW 1000/W[1 95 500]"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(CNS1)/Supplement 4>>>>",
        5: b"<</Type/FontDescriptor/FontName/MSung-Light/Flags 6/FontBBox[-160 -249 1015 888]/ItalicAngle 0"
        b"/Ascent 880/Descent -120/CapHeight 880/StemV 93>>",
        6: stream(to_unicode("".join(used))),
        7: b"<</Title%b/Producer(casework.intake.sample)>>" % text_string(title),
    }
    for index, content in enumerate(contents):
        objects[first + 2 * index] = b"<</Type/Page/Parent 2 0 R/Contents %d 0 R>>" % (first + 2 * index + 1)
        objects[first + 2 * index + 1] = stream(content)
    return write_pdf(objects, trailer=b"/Root 1 0 R/Info 7 0 R")


def width(text: str) -> float:
    """In ems: Latin letters and digits are half as wide as a character."""
    return sum(0.5 if character < "\x7f" else 1 for character in text)


def wrap(line: str) -> list[str]:
    room, rows = (WIDTH - 2 * MARGIN) / TEXT_SIZE, [""]
    for character in line:
        if width(rows[-1] + character) > room:
            rows.append("")
        rows[-1] += character
    return rows


def text_string(text: str) -> bytes:
    return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode() + b">"


def show(text: str, x: float, y: float, size: float) -> bytes:
    return b"BT /F %g Tf %g %g Td <%b> Tj ET\n" % (size, x, y, text.encode("utf-16-be").hex().upper().encode())


def centred(text: str, y: float, size: float) -> bytes:
    size = min(size, (WIDTH - 2 * MARGIN) / max(width(text), 1))
    return show(text, (WIDTH - width(text) * size) / 2, y, size)


def page_content(
    title: str, rows: Sequence[str], page: int, pages: int, organisation: str, number: str, on: str, stamp: bool
) -> bytes:
    out = b"1.5 w 42 42 %d %d re S 0.5 w 46 46 %d %d re S\n" % (WIDTH - 84, HEIGHT - 84, WIDTH - 92, HEIGHT - 92)
    y = HEIGHT - 100.0
    if organisation:
        out += centred(organisation, y, 16)
        y -= 34
    out += centred(title if page == 1 else f"{title}（續）", y, TITLE_SIZE)
    y -= 36
    if number:
        out += show(f"字號：{number}", MARGIN, y, 11)
    y -= 30
    for row in rows:
        out += show(row, MARGIN, y, TEXT_SIZE)
        y -= LEADING
    if stamp:
        out += b"q 0.78 0.1 0.1 RG 0.78 0.1 0.1 rg 2 w 372 112 152 58 re S 0.75 w 376 116 144 50 re S\n"
        out += show(STAMP[0], 393, 143, 22) + show(STAMP[1], 402, 124, 11.5) + b"Q\n"
    if on and page == pages:
        out += centred(on, 88, 14)
    return out + centred(f"第 {page} 頁，共 {pages} 頁", 56, 9)


def to_unicode(characters: str) -> bytes:
    codes = sorted({character.encode("utf-16-be").hex().upper() for character in characters + "（續）"})
    blocks = [codes[at : at + 100] for at in range(0, len(codes), 100)]
    body = "\n".join(
        f"{len(block)} beginbfchar\n" + "\n".join(f"<{code}> <{code}>" for code in block) + "\nendbfchar"
        for block in blocks
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n" + body + "\nendcmap end end"
    ).encode()

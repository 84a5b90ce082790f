"""GIF and OpenDocument files at the door: hostile ones refused with their reason, those of ordinary programs accepted."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from casework.intake import Limits, judge
from casework.intake.reasons import SENTENCES
from casework.sheets.writing import write

GOOD = Path(__file__).parent / "files" / "good"
ODT = "application/vnd.oasis.opendocument.text"
NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"), ("script", "script"), ("meta", "meta"),
        ("manifest", "manifest"), ("presentation", "presentation"), ("form", "form"),
    )
) + ' xmlns:xlink="http://www.w3.org/1999/xlink"'  # fmt: skip
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"


def put(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


def content(inside: str = "<text:p>課程簡章</text:p>", before: str = "") -> bytes:
    body = f"<office:body><office:text>{inside}</office:text></office:body>"
    return f'<?xml version="1.0"?>{before}<office:document-content {NAMES}>{body}</office:document-content>'.encode()


def odt(inside: str = "", *, mimetype: str = ODT, parts: dict[str, bytes] | None = None, before: str = "") -> bytes:
    """A small document; `inside` stands in its text, `parts` beside it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        given = {"content.xml": content(inside or "<text:p>課程簡章</text:p>", before), **(parts or {})}
        for name, data in given.items():
            packed.writestr(name, data)
    return out.getvalue()


def linked(element: str, address: str) -> bytes:
    return odt(f'<text:p><{element} xlink:href="{address}"/></text:p>')


def manifest(inside: str) -> bytes:
    return f"<manifest:manifest {NAMES}>{inside}</manifest:manifest>".encode()


def repacked(data: bytes, first: str) -> bytes:
    """The same parts in another order."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist(), key=lambda one: one != first):
            new.writestr(name, old.read(name))
    return out.getvalue()


def ten_times(entity: str) -> str:
    return f'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY {entity} "&a;&a;&a;&a;">]>'


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "no archive": ("odf_damaged", lambda: b"PK\x03\x04 and no more"),
    "a spreadsheet of another maker": ("not_odf", lambda: repacked(odt(), "content.xml")),
    "a template": ("not_odf", lambda: odt(mimetype=f"{ODT}-template")),
    "another kind": ("not_odf", lambda: odt(mimetype="application/zip")),
    "without content": ("odf_damaged", lambda: repacked(odt(), "mimetype").replace(b"content.xml", b"kontent.xml")),
    "content that is no XML": ("odf_damaged", lambda: odt("<text:p>")),
    "empty content": ("odf_damaged", lambda: odt(parts={"content.xml": b""})),
    "entities": ("odf_damaged", lambda: odt("<text:p>&b;</text:p>", before=ten_times("b"))),
    "an entity of a file": (
        "odf_damaged",
        lambda: odt(before='<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'),
    ),
    "deep elements": ("odf_damaged", lambda: odt("<text:span>" * 300 + "</text:span>" * 300)),
    "a part outside": ("odf_damaged", lambda: odt(parts={"../../etc/cron.d/x": b"x"})),
    "a part of another drive": ("odf_damaged", lambda: odt(parts={"C:/x": b"x"})),
    "half a file": ("odf_damaged", lambda: odt()[:200]),
    "a web page behind": ("polyglot", lambda: odt() + b"<script>alert(1)</script>"),
    "a program before": ("not_odf", lambda: b"MZ" + odt()),
    "basic": ("odf_macro", lambda: odt(parts={"Basic/Standard/Module1.xml": b"<a/>"})),
    "python": ("odf_macro", lambda: odt(parts={"Scripts/python/evil.py": b"import os"})),
    "a dialogue": ("odf_macro", lambda: odt(parts={"Dialogs/Standard/Dialog1.xml": b"<a/>"})),
    "macro in an object": ("odf_macro", lambda: odt(parts={"Object 1/Basic/x.xml": b"<a/>"})),
    "an event": (
        "odf_macro",
        lambda: odt(
            '<office:event-listeners><script:event-listener script:event-name="dom:load" '
            'xlink:href="vnd.sun.star.script:a.b?language=Basic"/></office:event-listeners>'
        ),
    ),
    "a script element": ("odf_macro", lambda: odt('<text:p><text:script script:language="x">a</text:script></text:p>')),
    "a macro by address": ("odf_macro", lambda: linked("text:a", "vnd.sun.star.script:x$y?language=Python")),
    "a macro field": ("odf_macro", lambda: odt('<text:p><text:execute-macro text:name="x"/></text:p>')),
    "javascript": ("odf_macro", lambda: linked("text:a", " javascript:alert(1)")),
    "a drawing with a script": (
        "odf_macro",
        lambda: odt(parts={"Pictures/a.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'}),
    ),
    "a drawing that acts": (
        "odf_macro",
        lambda: odt(parts={"Pictures/a.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'}),
    ),
    "a program inside": ("odf_embedded", lambda: odt(parts={"setup.exe": b"MZ"})),
    "a program as picture": ("odf_embedded", lambda: odt(parts={"Pictures/a.png": b"MZ\x90"})),
    "a program as replacement": ("odf_embedded", lambda: odt(parts={"ObjectReplacements/Object 1": b"\x7fELF"})),
    "an object of another program": ("odf_embedded", lambda: odt(parts={"Object 1": b"\xd0\xcf\x11\xe0"})),
    "an embedded object's frame": ("odf_embedded", lambda: linked("draw:object-ole", "./Object 1")),
    "an applet": ("odf_embedded", lambda: odt('<draw:applet draw:code="x"/>')),
    "a floating frame": ("odf_embedded", lambda: linked("draw:floating-frame", "https://example.org/")),
    "a film": ("odf_embedded", lambda: linked("draw:plugin", "Media/film.mp4")),
    "a picture from outside": ("odf_outside", lambda: linked("draw:image", "https://example.org/tracked.png")),
    "a picture from a share": ("odf_outside", lambda: linked("draw:image", "//host/share/a.png")),
    "a picture outside the parts": ("odf_outside", lambda: linked("draw:image", "Pictures/../../secret.png")),
    "a section from outside": ("odf_outside", lambda: linked("text:section-source", "https://example.org/x.odt")),
    "a link to the disk": ("odf_outside", lambda: linked("text:a", "file:///C:/Windows/System32/calc.exe")),
    "a template of another machine": (
        "odf_outside",
        lambda: odt(
            parts={"meta.xml": f'<office:document-meta {NAMES}><meta:template xlink:href="https://example.org/x.ott"/>'
                               "</office:document-meta>".encode()}
        ),
    ),
    "a link to other programs' data": ("odf_outside", lambda: odt("<office:dde-source/>")),
    "a formula that fetches": (
        "odf_outside",
        lambda: odt('<table:table-cell table:formula="of:=WEBSERVICE(&quot;https://example.org&quot;)"/>'),
    ),
    "another base": ("odf_outside", lambda: odt('<text:p xml:base="https://example.org/"/>')),
    "a password": (
        "odf_encrypted",
        lambda: odt(parts={"META-INF/manifest.xml": manifest("<manifest:encryption-data/>")}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_document_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    code, make = HOSTILE[name]
    verdict = judge(put(tmp_path, make()), kind="odf")
    assert (verdict.ok, verdict.code, verdict.media_type) == (False, code, "")
    assert "PDF 的" not in verdict.sentence and verdict.sentence.endswith("。")


def test_hostile_documents_cover_every_reason() -> None:
    codes = {code for code in SENTENCES if code.startswith("odf_") or code == "not_odf"} - {
        "odf_inflated",
        "odf_metafile",
    }
    assert codes <= {code for code, _ in HOSTILE.values()}


def test_a_bomb_is_stopped_where_it_inflates(tmp_path: Path) -> None:
    bomb = odt(parts={"styles.xml": b"<a>" + b" " * 30_000_000 + b"</a>"})
    assert len(bomb) < 100_000
    path = put(tmp_path, bomb)
    assert judge(path, kind="odf", limits=Limits(max_inflated=30_000_000)).code == "odf_inflated"
    assert judge(path, kind="odf", limits=Limits(max_inflated=31_000_000)).code == "ok"


def test_bytes_between_the_parts_are_no_document(tmp_path: Path) -> None:
    data = odt()
    at = data.index(b"PK\x01\x02")
    directory = bytearray(data[at:])
    end = directory.index(b"PK\x05\x06")
    directory[end + 16 : end + 20] = (at + 40).to_bytes(4, "little")
    assert (
        judge(put(tmp_path, data[:at] + b"#!/bin/sh\n" + b" " * 30 + bytes(directory)), kind="odf").code == "polyglot"
    )


@pytest.mark.parametrize(
    ("name", "media"),
    [("libreoffice-flyer.odt", ODT), ("libreoffice-list.ods", "application/vnd.oasis.opendocument.spreadsheet")],
)
def test_documents_of_ordinary_programs_are_accepted(name: str, media: str) -> None:
    verdict = judge(GOOD / name, kind="odf")
    assert (verdict.code, verdict.media_type, verdict.pages, verdict.sentence) == ("ok", media, None, "檔案可以使用。")


def test_our_own_lists_are_accepted(tmp_path: Path) -> None:
    out = io.BytesIO()
    write("ods", out, title="名冊", header=["姓名"], rows=[["王小明"]])
    assert judge(put(tmp_path, out.getvalue()), kind="odf").ok


@pytest.mark.parametrize(
    "inside",
    [
        '<text:p><text:a xlink:href="https://example.org/">報名</text:a></text:p>',
        '<text:p><text:a xlink:href="mailto:a@example.org">信箱</text:a><text:a xlink:href="#第一節">見</text:a></text:p>',
        '<text:p><draw:image xlink:href="Pictures/a.png"/></text:p>',
        '<draw:object xlink:href="./Object 1"/><draw:image xlink:href="./ObjectReplacements/Object 1"/>',
        "<office:scripts/>",
    ],
)
def test_what_only_looks_like_it_is_accepted(inside: str, tmp_path: Path) -> None:
    parts = {
        "Pictures/a.png": PNG, "Object 1/content.xml": content(), "ObjectReplacements/Object 1": PNG,
        "Configurations2/accelerator/current.xml": b"",
        "meta.xml": f'<office:document-meta {NAMES}><meta:template xlink:href="../Templates/a.ott"/></office:document-meta>'.encode(),
    }  # fmt: skip
    assert judge(put(tmp_path, odt(inside, parts=parts)), kind="odf").code == "ok"


# --- GIF -------------------------------------------------------------------------------------------------------------------


def gif(frames: int = 1, size: tuple[int, int] = (40, 30)) -> bytes:
    pictures = [Image.new("P", size, n % 250) for n in range(frames)]
    for n, one in enumerate(pictures):
        one.putpixel((n % size[0], 0), 255)
    out = io.BytesIO()
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:])
    return out.getvalue()


@pytest.mark.parametrize("frames", [1, 3])
def test_gif_is_accepted(frames: int, tmp_path: Path) -> None:
    verdict = judge(put(tmp_path, gif(frames)), kind="gif")
    assert (verdict.code, verdict.media_type, verdict.sentence) == ("ok", "image/gif", "圖片可以使用。")


BAD_GIFS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "half": ("damaged_image", lambda: gif()[: len(gif()) // 2]),
    "no end": ("damaged_image", lambda: gif()[:-1]),
    "an unknown block": ("damaged_image", lambda: gif()[:-1] + b"\x99\x00\x3b"),
    "no picture": ("damaged_image", lambda: b"GIF89a\x01\x00\x01\x00\x00\x00\x00\x3b"),
    "a picture that cannot be drawn": (
        "damaged_image",
        lambda: b"GIF89a\x05\x00\x05\x00\x00\x00\x00,\x00\x00\x00\x00\x05\x00\x05\x00\x00\x63\x01\xff\x00\x3b",
    ),
    "larger than its screen": ("huge_image", lambda: _declared(gif(), 20, 20)),
    "a huge screen": ("huge_image", lambda: _declared(gif(), 65_535, 65_535)),
    "another picture": ("damaged_image", lambda: _as("BMP")),
    "a zip behind": ("polyglot", lambda: gif() + odt()),
    "a page behind": ("polyglot", lambda: gif() + b"<script>"),
    "a zip in a comment": ("polyglot", lambda: gif()[:-1] + b"\x21\xfe\x16PK\x05\x06" + b"\0" * 18 + b"\0\x3b"),
    "many pictures": ("too_many_frames", lambda: gif(101)),
}


def _declared(data: bytes, wide: int, high: int) -> bytes:
    return data[:6] + wide.to_bytes(2, "little") + high.to_bytes(2, "little") + data[10:]


def _as(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, form)
    return out.getvalue()


@pytest.mark.parametrize("name", BAD_GIFS)
def test_bad_gif_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    code, make = BAD_GIFS[name]
    assert judge(put(tmp_path, make()), kind="gif").code == code


@pytest.mark.parametrize(("pixels", "code"), [(3600, "ok"), (3599, "huge_image")])
def test_all_pictures_of_an_animation_count(pixels: int, code: str, tmp_path: Path) -> None:
    path = put(tmp_path, gif(3))
    assert judge(path, kind="gif", limits=Limits(max_pixels=pixels)).code == code

"""Files as people have them: taken where they are harmless, refused with a true sentence where they are not."""

import io
import re
import zipfile
from pathlib import Path

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from casework.intake import Limits, judge
from casework.intake.judge_image import jpeg_end, png_end
from casework.intake.judge_pdf import framed
from casework.intake.reasons import not_pdf_sentence
from casework.intake.sample import paper
from tests.casework.test_intake_flyers import odt

PDF = paper("試", ["試"], 2)


def put(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


# --- PDF -------------------------------------------------------------------------------------------------------------------


def _saved(**how: object) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(PDF)) as pdf:
        pdf.save(out, **how)
    return out.getvalue()


def _locked(owner: str, user: str = "", **how: object) -> bytes:
    """Only the owner's password: opens without one, and may not be changed."""
    return _saved(encryption=pikepdf.Encryption(owner=owner, user=user, **how))


def _off(by: int, data: bytes = PDF) -> bytes:
    found = [*re.finditer(rb"startxref\s+(\d+)", data)][-1]
    return data[: found.start(1)] + str(int(found[1]) + by).encode() + data[found.end(1) :]


def _counted_with(before: bytes) -> bytes:
    """Places counted from the first byte of the file, not from the header."""
    moved = re.sub(
        rb"(?m)^(\d{10}) (\d{5}) n",
        lambda m: b"%010d %s n" % (int(m[1]) + len(before), m[2]),
        _saved(object_stream_mode=pikepdf.ObjectStreamMode.disable),
    )
    return before + _off(len(before), moved)


TAKEN = {
    "locked against changes, AES 256": lambda: _locked("x", R=6),
    "locked against changes, AES 128": lambda: _locked("x", R=4),
    "locked against changes, RC4": lambda: _locked("x", R=3, aes=False, metadata=False),
    "locked, with object streams": lambda: _saved(encryption=pikepdf.Encryption(owner="x", user=""), object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "a byte order mark before": lambda: b"\xef\xbb\xbf" + PDF,
    "blank lines before": lambda: b"\r\n\r\n \0" + PDF,
    "commands of a printer around": lambda: b"\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n" + PDF + b"\x1b%-12345X@PJL EOJ\r\n\x1b%-12345X",
    "places counted with what stands before": lambda: _counted_with(b"\r\n\r\n"),
    "zeros behind": lambda: PDF + bytes(2000),
    "blank lines behind": lambda: PDF + b"\r\n\r\n\x1a",
    "the boundary of a letter behind": lambda: PDF + b"\r\n--=_Part_123.456--\r\n",
    **{f"the table miscounted by {by}": (lambda by=by: _off(by)) for by in (-20, -5, -1, 1, 2, 5, 20)},
    "the table miscounted, as a stream": lambda: _off(3, _saved(object_stream_mode=pikepdf.ObjectStreamMode.generate)),
}  # fmt: skip


@pytest.mark.parametrize("name", TAKEN)
def test_a_pdf_that_people_have_is_taken(name: str, tmp_path: Path) -> None:
    verdict = judge(put(tmp_path, TAKEN[name]()))
    assert (verdict.code, verdict.pages) == ("ok", 2), verdict.sentence


def _with(key: str, value: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(PDF)) as pdf:
        pdf.Root[key] = pikepdf.Object.parse(value.encode())
        pdf.save(
            out, encryption=pikepdf.Encryption(owner="x", user=""), object_stream_mode=pikepdf.ObjectStreamMode.generate
        )
    return out.getvalue()


REFUSED = {
    "a password to open": (lambda: _locked("x", "y"), "encrypted", "開啟密碼"),
    "a script in a locked file": (lambda: _with("/OpenAction", "<< /S /JavaScript /JS (app.alert\\(1\\)) >>"), "javascript", "JavaScript"),
    "a program started by a locked file": (lambda: _with("/OpenAction", "<< /S /Launch /F (a.exe) >>"), "launch", "啟動"),
    "a form of its own in a locked file": (lambda: _with("/AcroForm", "<< /XFA (x) >>"), "xfa", "XFA"),
    "a page of the web before": (lambda: b"<html></html>\n" + PDF, "polyglot", "夾有"),
    "a script before": (lambda: b"#!/bin/sh\nexit\n" + PDF, "polyglot", "夾有"),
    "a zip behind": (lambda: PDF + odt(), "polyglot", "夾有"),
    "a page of the web behind": (lambda: PDF + b"\r\n<script>alert(1)</script>", "polyglot", "夾有"),
    "text behind": (lambda: PDF + b"\r\nhello", "polyglot", "夾有"),
    "much behind": (lambda: PDF + bytes(9000) + b"x", "polyglot", "夾有"),
    "the table far off": (lambda: _off(500), "damaged", "結構有誤"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_pdf_that_is_more_than_it_seems_is_refused(name: str, tmp_path: Path) -> None:
    make, code, word = REFUSED[name]
    verdict = judge(put(tmp_path, make()))
    assert verdict.code == code and word in verdict.sentence


def test_a_sound_file_is_judged_as_it_is() -> None:
    assert framed(PDF) == PDF


# --- OpenDocument ------------------------------------------------------------------------------------------------------------------


def _document(parts: dict[str, bytes], address: str) -> bytes:
    names = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        packed.writestr(
            "content.xml",
            f'<office:document-content {names}><draw:image xlink:href="{address}"/></office:document-content>',
        )
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def _picture(form: str, size: tuple[int, int] = (40, 30), **how: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, form, **how)
    return out.getvalue()


_EMF = b"\x01\0\0\0" + bytes(36) + b" EMF" + bytes(60)
ODF = {
    "Word's folder of pictures": ({"media/image1.png": _picture("PNG")}, "media/image1.png", "ok"),
    "with a point before": ({"media/image1.jpeg": _picture("JPEG")}, "./media/image1.jpeg", "ok"),
    "an EMF": ({"media/image1.emf": _EMF}, "media/image1.emf", "odf_metafile"),
    "an EMF under another name": ({"Pictures/a.png": _EMF}, "Pictures/a.png", "odf_metafile"),
    "a WMF": ({"media/image1.wmf": b"\xd7\xcd\xc6\x9a" + bytes(60)}, "media/image1.wmf", "odf_metafile"),
    "a WMF without its header": ({"media/image1.wmf": b"\x01\x00\x09\x00\x00\x03" + bytes(60)}, "media/image1.wmf", "odf_metafile"),
    "a film": ({"media/media1.mp4": b"\0\0\0\x18ftypmp42"}, "media/media1.mp4", "odf_embedded"),
    "a program": ({"media/a.png": b"MZ\x90\0"}, "media/a.png", "odf_embedded"),
    "a folder in the folder": ({"media/a/b.png": _picture("PNG")}, "media/a/b.png", "odf_embedded"),
    "out of the folder": ({}, "media/../../a.png", "odf_outside"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODF)
def test_documents_of_word_and_what_they_hold(name: str, tmp_path: Path) -> None:
    parts, address, code = ODF[name]
    verdict = judge(put(tmp_path, _document(parts, address)), kind="odf")
    assert verdict.code == code
    if code == "odf_metafile":
        assert "EMF 或 WMF" in verdict.sentence and "PNG" in verdict.sentence


# --- pictures -----------------------------------------------------------------------------------------------------------------------

JPEG, PNG = _picture("JPEG"), _picture("PNG")
FILM = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"<x>\xff\xd9PK\x05\x06" + bytes(200)
MOTION = {
    "of Google": JPEG + FILM,
    "of Samsung": JPEG + b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data" + FILM,
    "with notes of Samsung": JPEG + b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1600000000000SEFHe\0\0\0\x01\0\0\0SEFT",
    "progressive": _picture("JPEG", progressive=True) + FILM,
}


@pytest.mark.parametrize("name", MOTION)
def test_the_film_of_a_motion_photo_is_cut_off(name: str, tmp_path: Path) -> None:
    data = MOTION[name]
    verdict = judge(put(tmp_path, data), kind="image")
    assert verdict.ok, verdict.sentence
    assert verdict.size == jpeg_end(data) < len(data)
    assert judge(put(tmp_path, data[: verdict.size]), kind="image").sha256 == verdict.sha256


def test_two_pictures_in_one_file_are_one_photograph(tmp_path: Path) -> None:
    for data in (JPEG + JPEG, JPEG + bytes(20) + JPEG, JPEG + b"\r\n", PNG + bytes(4)):
        verdict = judge(put(tmp_path, data), kind="image")
        assert (verdict.code, verdict.size) == ("ok", len(data))


BEHIND = {
    "a zip": JPEG + odt(),
    "a page": JPEG + b"<script>alert(1)</script>",
    "text": JPEG + b"hello",
    "a zip with its end mark inside": JPEG + odt()[:-1],
    "a picture's end mark too": JPEG + b"<?php ?>\xff\xd9",
    "a page behind a PNG": PNG + b"<html>",
    "a film behind a PNG": PNG + FILM,
    "a PNG's end mark too": PNG + b"MZ" + PNG[-12:],
}


@pytest.mark.parametrize("name", BEHIND)
def test_what_stands_behind_the_real_end_is_refused(name: str, tmp_path: Path) -> None:
    verdict = judge(put(tmp_path, BEHIND[name]), kind="image")
    assert verdict.code == "behind_picture" and "結尾之後" in verdict.sentence


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"progressive": True},
        {"quality": 100},
        {"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"},
        {"comment": b"<x>\xff\xd9"},
    ],
)
def test_the_real_end(how: dict) -> None:
    data = _picture("JPEG", (333, 222), **how)
    assert jpeg_end(data) == len(data)
    assert png_end(PNG) == len(PNG)


@pytest.mark.parametrize("data", [b"", b"\xff", JPEG[:-2], JPEG[: len(JPEG) // 2]])
def test_a_picture_without_an_end(data: bytes) -> None:
    with pytest.raises((IndexError, ValueError)):
        if jpeg_end(data) == 0:
            raise ValueError


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"avif"])
def test_heic_is_called_by_its_name(brand: bytes, tmp_path: Path) -> None:
    data = b"\0\0\0\x18ftyp" + brand + bytes(100)
    verdict = judge(put(tmp_path, data), kind="image")
    assert verdict.code == "heic" and "HEIC" in verdict.sentence and "最相容" in verdict.sentence
    assert "HEIC" in not_pdf_sentence(data[:64])
    assert "HEIC" in judge(put(tmp_path, data)).sentence


def test_a_photograph_of_48_megapixels_is_taken_and_a_bomb_is_not(tmp_path: Path) -> None:
    large = put(tmp_path, _picture("JPEG", (8064, 6048), quality=20))
    assert judge(large, kind="image").ok
    assert judge(large, kind="image", limits=Limits(max_pixels=24_000_000)).ok
    bomb = re.sub(rb"\xff\xc0\x00\x11\x08....", b"\xff\xc0\x00\x11\x08\xff\xff\xff\xff", JPEG, flags=re.DOTALL)
    assert judge(put(tmp_path, bomb), kind="image").code == "huge_image"
    assert (
        judge(put(tmp_path, _picture("PNG", (3000, 2000))), kind="image", limits=Limits(max_pixels=5_999_999)).code
        == "huge_image"
    )


def test_a_photograph_of_48_megapixels_becomes_a_small_one() -> None:
    from ohs_training.services.roster import PHOTO_SIZE, small_photo
    from senior45.services.media import LONGEST, PICTURE, smaller

    data = _picture("JPEG", (8064, 6048), quality=20)
    with Image.open(io.BytesIO(small_photo(SimpleUploadedFile("a.jpg", data)))) as photo:
        assert photo.size == PHOTO_SIZE
    assert max(smaller(data)[2]) == LONGEST
    assert PICTURE.max_pixels < 8064 * 6048

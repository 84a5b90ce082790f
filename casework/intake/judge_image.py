"""Judges JPEG and PNG files, or GIF, by decoding them; meant to run alone: `python -m casework.intake.judge_image PATH`.

Prints one JSON line per file, like judge_pdf. Imports the standard library and Pillow only.
"""

from __future__ import annotations

import sys

from PIL import Image, ImageSequence, UnidentifiedImageError

from casework.intake.confine import arguments, confine, say
from casework.intake.reasons import OK, SENTENCES, is_heic

#: A telephone's JPEG with a second picture behind the first reads as MPO.
MEDIA_TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png"}
#: A JPEG of more pixels than the field takes is looked at as its decoder makes it smaller: what is kept of it is small.
MOST_JPEG_PIXELS = 240_000_000


def jpeg_end(data: bytes) -> int:
    """Where the last picture of a JPEG file really ends, walked marker by marker. Raises IndexError, ValueError."""
    at = end = 0
    while data[at : at + 2] == b"\xff\xd8":
        at += 2
        while True:
            if data[at] != 0xFF:
                raise ValueError("no marker")
            while data[at] == 0xFF:
                at += 1
            marker = data[at]
            at += 1
            if marker == 0xD9:
                break
            if marker in (0x01, *range(0xD0, 0xD8)):
                continue
            at += int.from_bytes(data[at : at + 2], "big")
            if marker == 0xDA:  # the drawn data go on to the next real marker
                while data[at] != 0xFF or data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
                    at = data.index(b"\xff", at + (data[at] == 0xFF))
        end = at
        while at < len(data) and data[at] == 0:  # a second picture of a telephone's file may stand behind padding
            at += 1
    return end


def png_end(data: bytes) -> int:
    """Where a PNG really ends. Raises IndexError, ValueError."""
    at = 8
    while (kind := data[at + 4 : at + 8]) != b"IEND":
        if len(kind) < 4:
            raise ValueError("no end")
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    return at + 12


def is_film(rest: bytes) -> bool:
    """The film of a motion photo (動態照片) behind the picture, or what a telephone notes there: both are cut off."""
    return b"ftyp" in rest[:160] or rest.endswith(b"SEFT")


def examine(path: str, max_pixels: int) -> tuple[str, str, int]:
    """Reason code, media type, and how many bytes of the file are the picture."""
    with open(path, "rb") as file:
        data = file.read()
    if is_heic(data[:16]):
        return "heic", "", 0
    code, media = _examine(path, max_pixels)
    if code != OK:
        return code, media, 0
    try:
        end = jpeg_end(data) if media == "image/jpeg" else png_end(data)
    except (IndexError, ValueError):
        return "damaged_image", "", 0
    rest = data[end:].strip(b"\0\t\r\n ")
    if rest and not (media == "image/jpeg" and is_film(rest)):
        return "behind_picture", media, 0
    if not rest and b"PK\x05\x06" in data[-65_557:]:  # inside its last part
        return "polyglot", media, 0
    return OK, media, end if rest else len(data)


def _examine(path: str, max_pixels: int) -> tuple[str, str]:
    Image.MAX_IMAGE_PIXELS = None  # our own limit, below, before anything is decoded
    try:
        with Image.open(path, formats=["JPEG", "PNG"]) as image:
            media = MEDIA_TYPES.get(image.format or "", "")
            pixels = image.width * image.height
            if pixels > (max(max_pixels, MOST_JPEG_PIXELS) if media == "image/jpeg" else max_pixels):
                return "huge_image", media
            image.verify()
    except UnidentifiedImageError:
        return "not_image", ""
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError):
        return "damaged_image", ""
    try:  # verify reads a PNG's checksums and next to nothing of a JPEG: only decoding shows a truncated one
        with Image.open(path, formats=["JPEG", "PNG"]) as image:
            if pixels > max_pixels:
                image.draft(image.mode, (image.width // 8, image.height // 8))
            image.load()
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError):
        return "damaged_image", ""
    return OK, media


#: Pictures of one animation; all of them together are bounded by the pixels too.
MOST_FRAMES = 100


def examine_gif(path: str, max_pixels: int) -> tuple[str, str]:
    """The same of a GIF. Its blocks are walked first: how many pictures there are and where the file ends, nothing decoded."""
    with open(path, "rb") as file:
        data = file.read()
    try:
        frames, end = gif_blocks(data)
    except (IndexError, ValueError):
        return "damaged_image", ""
    if len(frames) > MOST_FRAMES:
        return "too_many_frames", ""
    wide, high = (int.from_bytes(data[at : at + 2], "little") for at in (6, 8))
    # every frame is drawn on the whole screen, however small it is
    if wide * high * max(1, len(frames)) > max_pixels or any(w > wide or h > high for w, h in frames):
        return "huge_image", ""
    if data[end:].strip(b"\0") or b"PK\x05\x06" in data[-65_557:]:
        return "polyglot", ""
    try:
        with Image.open(path, formats=["GIF"]) as image:
            drawn = sum(1 for frame in ImageSequence.Iterator(image) if frame.load() is not None)
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError):
        return "damaged_image", ""
    return (OK, "image/gif") if drawn == len(frames) > 0 else ("damaged_image", "")


def gif_blocks(data: bytes) -> tuple[list[tuple[int, int]], int]:
    """Width and height of every picture, and where the file ends (GIF89a). Raises IndexError, ValueError."""
    if data[:6] not in (b"GIF87a", b"GIF89a"):
        raise ValueError("no GIF")
    frames, at = [], 13 + _colours(data[10])
    while data[at] != 0x3B:
        if data[at] == 0x2C:
            frames.append((data[at + 5] | data[at + 6] << 8, data[at + 7] | data[at + 8] << 8))
            at += 10 + _colours(data[at + 9]) + 1
        elif data[at] == 0x21:
            at += 2
        else:
            raise ValueError("unknown block")
        while data[at]:
            at += 1 + data[at]
        at += 1
    return frames, at + 1


def _colours(flags: int) -> int:
    """Bytes of the colour table that follows."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def main(argv: list[str] | None = None) -> int:
    parser = arguments("Judge pictures by content; one JSON line each.")
    parser.add_argument("--gif", action="store_true", help="the files are GIF")
    parser.add_argument("--max-pixels", type=int, default=40_000_000)
    options = parser.parse_args(argv)
    confine(memory=options.max_memory, cpu=options.max_cpu)
    for path in options.paths:
        try:
            if options.gif:
                (code, media), kept = examine_gif(path, options.max_pixels), 0
            else:
                code, media, kept = examine(path, options.max_pixels)
        except MemoryError:
            code, media, kept = "too_heavy", "", 0
        sentence = SENTENCES.get(code, "").replace("PDF", "檔案")
        say(
            {
                "ok": code == OK,
                "pages": None,
                "reason_code": code,
                "sentence": sentence,
                "media_type": media,
                "kept": kept,
            }
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())

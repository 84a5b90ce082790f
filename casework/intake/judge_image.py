"""Judges JPEG and PNG files by decoding them; meant to run alone: `python -m casework.intake.judge_image PATH`.

Prints one JSON line per file, like judge_pdf. Imports the standard library and Pillow only.
"""

from __future__ import annotations

import sys

from PIL import Image, UnidentifiedImageError

from casework.intake.confine import arguments, confine, say
from casework.intake.reasons import OK, SENTENCES

#: A telephone's JPEG with a second picture behind the first reads as MPO.
MEDIA_TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png"}
#: The last bytes of a picture; after them an archive or a page of script may hide.
ENDS = {"image/jpeg": b"\xff\xd9", "image/png": b"IEND\xaeB`\x82"}


def examine(path: str, max_pixels: int) -> tuple[str, str]:
    """Reason code and media type."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit, below, before anything is decoded
    try:
        with Image.open(path, formats=["JPEG", "PNG"]) as image:
            media = MEDIA_TYPES.get(image.format or "", "")
            if image.width * image.height > max_pixels:
                return "huge_image", media
            image.verify()
    except UnidentifiedImageError:
        return "not_image", ""
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError):
        return "damaged_image", ""
    try:  # verify reads a PNG's checksums and next to nothing of a JPEG: only decoding shows a truncated one
        with Image.open(path, formats=["JPEG", "PNG"]) as image:
            image.load()
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError):
        return "damaged_image", ""
    with open(path, "rb") as file:
        data = file.read()
    rest = data[data.rfind(ENDS[media]) + len(ENDS[media]) :].strip(b"\0")
    if (media == "image/png" and rest) or b"PK\x05\x06" in data[-65_557:] or b"<" in rest:
        return "polyglot", media
    return OK, media


def main(argv: list[str] | None = None) -> int:
    parser = arguments("Judge JPEG and PNG files by content; one JSON line each.")
    parser.add_argument("--max-pixels", type=int, default=40_000_000)
    options = parser.parse_args(argv)
    confine(memory=options.max_memory, cpu=options.max_cpu)
    for path in options.paths:
        try:
            code, media = examine(path, options.max_pixels)
        except MemoryError:
            code, media = "too_heavy", ""
        sentence = SENTENCES.get(code, "").replace("PDF", "檔案")
        say({"ok": code == OK, "pages": None, "reason_code": code, "sentence": sentence, "media_type": media})
    return 0


if __name__ == "__main__":
    sys.exit(main())

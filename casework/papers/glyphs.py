"""Which characters the papers can print: the fonts are asked, through fontconfig, as the drawing of papers asks them (缺字).

The families of `static/css/paper.css` hold most ideographs that stand in names; what they lack would be an empty box on a
certificate. A machine without them (or without fontconfig) prints no papers and is asked nothing.
"""

import ctypes
import functools
from collections.abc import Sequence

#: As in static/css/paper.css.
FAMILIES = ("TW-Kai", "TW-Kai-Ext-B", "TW-Kai-Plus")
_IDEOGRAPHS = (range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x40000), range(0xE000, 0xF900), range(0xF0000, 0x110000))  # fmt: skip


class _Fonts(ctypes.Structure):
    _fields_ = (("count", ctypes.c_int), ("room", ctypes.c_int), ("fonts", ctypes.POINTER(ctypes.c_void_p)))


@functools.cache
def _charsets() -> tuple[tuple[str, int], ...]:
    """(family, set of its characters) of every installed font; the sets live as long as the process."""
    try:
        library = _library()
    except OSError:
        return ()
    found = []
    fonts = library.FcConfigGetFonts(library.FcInitLoadConfigAndFonts(), 0).contents
    for number in range(fonts.count):
        family, charset = ctypes.c_char_p(), ctypes.c_void_p()
        library.FcPatternGetString(fonts.fonts[number], b"family", 0, ctypes.byref(family))
        library.FcPatternGetCharSet(fonts.fonts[number], b"charset", 0, ctypes.byref(charset))
        if family.value and charset.value:
            found.append((family.value.decode(errors="replace"), charset.value))
    return tuple(found)


@functools.cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL("libfontconfig.so.1")
    library.FcInitLoadConfigAndFonts.restype = ctypes.c_void_p
    library.FcConfigGetFonts.restype = ctypes.POINTER(_Fonts)
    library.FcConfigGetFonts.argtypes = [ctypes.c_void_p, ctypes.c_int]
    for name, kind in (("FcPatternGetString", ctypes.c_char_p), ("FcPatternGetCharSet", ctypes.c_void_p)):
        getattr(library, name).argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(kind)]
    library.FcCharSetHasChar.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
    return library


def _has(char: str, charsets: Sequence[int]) -> bool:
    return any(_library().FcCharSetHasChar(charset, ord(char)) for charset in charsets)


def missing(text: str) -> list[str]:
    """Characters that would print as boxes, in their order, each once. Ideographs are asked of the papers' own fonts."""
    own = [charset for family, charset in _charsets() if family in FAMILIES]
    if text.isascii() or not own:
        return []
    every = [charset for _, charset in _charsets()]
    return [
        char
        for char in dict.fromkeys(text)
        if not char.isspace() and not _has(char, own if any(ord(char) in some for some in _IDEOGRAPHS) else every)
    ]


def missing_sentence(text: str) -> str:
    """What a person is told whose name cannot be printed, and what they can do; empty where it can."""
    if not (found := missing(text)):
        return ""
    told = "、".join(f"「{char}」（U+{ord(char):04X}）" for char in found)
    return (
        f"證書及公文的字型沒有{told}，印出會成為空白方框（缺字）。請改填戶籍登記的通用字，"
        "或以〔〕描述字形，例：王〔火华〕明，由承辦人員核對證件後補字。"
    )

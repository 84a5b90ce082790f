"""Characters as people bring them: what nobody sees, one put in another's place, and when two spellings are one name.

What was typed is kept. Only what nobody sees is taken off, and what a machine put in place of a character (a radical for the
ideograph) is put back. Every comparison and every search folds both sides by `fold`; the database does the same by the function
`fold_text`, which is made of the same two tables (accounts.folding).
"""

from __future__ import annotations

import unicodedata

# --- what nobody sees -------------------------------------------------------------------------------------------------

#: Invisible, though their category is not Cf: fillers of Hangul, the blank of Braille, the joiner of graphemes, and variation
#: selectors (which drawing of a character is meant: no name differs by one).
_ALSO_UNSEEN = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10)}
#: Zero-width characters, marks of direction, byte order marks, soft hyphens, tags (隱形字元).
UNSEEN = frozenset(
    chr(code)
    for some in (range(0x3200), range(0xFE00, 0x10000), range(0xE0000, 0xE01F0))
    for code in some
    if unicodedata.category(chr(code)) == "Cf" or code in _ALSO_UNSEEN or code >= 0xE0100
)


def visible(text: str) -> str:
    """The text without what nobody sees: pasted along from web pages, PDFs and messages."""
    return text if text.isascii() else "".join(char for char in text if char not in UNSEEN)


def ascii_digits(text: str) -> str:
    """Digits of every script as 0–9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if unicodedata.category(c) == "Nd" else c for c in text)


def half_width(text: str) -> str:
    """Full-width letters, digits and signs as half-width ones, nothing invisible. For codes, numbers and days, never for names.

    ², ① and ½ stay what they are: they are no digits, and whoever reads a number in what is left refuses them.
    """
    if text.isascii():
        return text
    kept = (c if unicodedata.category(c) == "No" else unicodedata.normalize("NFKC", c) for c in visible(text))
    return ascii_digits("".join(kept))


# --- one character for another ----------------------------------------------------------------------------------------

#: Radicals 部首 of U+2E80…2EF3 that a PDF puts in an ideograph's place; those of U+2F00…2FD5 Unicode itself decomposes. Radicals
#: that are only part of a character have nothing to be read as.
_RADICALS = {
    **dict(zip("⺃⺅⺉⺊⺌⺏⺒⺓⺖⺘⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺦⺨⺪⺫⺬⺭⺯⺰⺲⺼⺾⻁⻂⻃⻄", "乚亻刂卜小尣巳幺忄扌旡日月歺母民氵氺灬爫丬犭疋目示礻糹纟罒肀艹虎衤覀西", strict=True)),
    **dict(zip("⻅⻆⻈⻉⻋⻌⻑⻓⻔⻖⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻨⻩⻫⻬⻮⻰⻲⻳", "见角讠贝车辶長长门阝青韦页风飞食飠饣马骨鬼鱼鸟麦黄斉齐齿龙亀龟", strict=True)),
}  # fmt: skip
_PUT_BACK = {ord(char): to for char, to in _RADICALS.items()}
_RADICAL_BLOCKS = range(0x2E80, 0x2FE0)


def is_radical(char: str) -> bool:
    return ord(char) in _RADICAL_BLOCKS


def without_radicals(text: str) -> str:
    """Radicals as the ideographs they stand for, ⼀ → 一, ⻄ → 西; compatibility ideographs as NFC composes them."""
    plain = "".join(unicodedata.normalize("NFKC", c) if is_radical(c) else c for c in text)
    return unicodedata.normalize("NFC", plain.translate(_PUT_BACK))


#: 異體字: first what is folded to, then what people write for it. Only spellings of one character: 凃 and 涂, 邱 and 丘, 游 and
#: 遊, 杰 and 傑 are names of different people and stay so.
VARIANTS = (
    "臺台", "啟啓", "峰峯", "裡裏", "群羣", "眾衆", "為爲", "真眞", "溫温", "黃黄", "恆恒", "強强", "衛衞", "晉晋", "吳吴呉", "戶户戸",
    "說説", "鉤鈎", "床牀", "秘祕", "鑑鑒", "污汙", "著着", "妝粧", "雞鷄", "跡蹟", "涼凉", "減减", "決决", "況况", "沖冲", "淨净", "兔兎",
    "兌兑", "銳鋭", "脫脱", "稅税", "悅悦", "閱閲", "產産", "彥彦", "顏顔", "青靑", "清淸", "靜静", "即卽", "既旣", "郎郞", "朗朖", "鄉鄕",
    "教敎", "絕絶", "綠緑", "錄録", "祿禄", "呂吕", "宮宫", "內内", "刊刋", "姍姗", "鄰隣", "廚厨", "廈厦", "廁厠", "塚冢", "線綫", "館舘",
    "麵麪", "豔艷", "焰燄", "舉擧", "鬥鬪", "滾滚", "煙烟", "嘆歎", "咒呪", "葱蔥", "窗窓", "刪删", "冊册", "別别", "告吿", "鏽銹", "鐵鉄",
    "關関", "學学", "國国", "會会", "體体", "德徳", "瀨瀬", "惠恵", "龜亀", "齊斉", "廣広", "澤沢", "櫻桜",
)  # fmt: skip
#: What stands between the parts of a name, in all its kinds: dots, hyphens, quotation marks, commas.
DOTS = "‧·・•.．･∙⋅﹒˙ᐧ⸱"
HYPHENS = "-‐‑‒–—―−﹣－"
QUOTES = "'’‘ʼ＇′`´‛ʻʽ^"
COMMAS = ",，﹐"
BETWEEN = DOTS + HYPHENS + QUOTES + COMMAS
_BLANKS = "".join(c for c in map(chr, range(0x3001)) if c.isspace())
_UPPER = "".join(c for c in map(chr, (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00))) if c.isupper())

#: The two tables of `fold`: character → character, or nothing. Between them NFKC is applied.
FOLDED_FIRST: dict[str, str] = {
    **dict.fromkeys(UNSEEN, ""),
    **dict.fromkeys(BETWEEN + _BLANKS, ""),
    **_RADICALS,
}
FOLDED_LAST: dict[str, str] = {
    **dict.fromkeys(BETWEEN + _BLANKS, ""),
    **{upper: upper.lower() for upper in _UPPER if len(upper.lower()) == 1},
    **{other: variants[0] for variants in VARIANTS for other in variants[1:]},
}
_FIRST = {ord(char): to for char, to in FOLDED_FIRST.items()}
_LAST = {ord(char): to for char, to in FOLDED_LAST.items()}


def fold(text: str) -> str:
    """What all spellings of a name have in common: width, case, variants, blanks, dots and invisible characters do not count.

    For comparing and searching only, never for keeping.
    """
    # once more at the end: what stood between two signs is gone, and they may be one now
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text.translate(_FIRST)).translate(_LAST))


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are one name."""
    return fold(one) == fold(other)

"""下載專區: empty forms, as PDF and as ODT to type in. Both say what one context says."""

from datetime import date
from typing import Any

from casework.papers import rendering
from casework.papers.odt import Block, Cell, Line, Table, odt
from vrs_credentials.documents import pledge_context
from vrs_credentials.params.clauses import KINDS
from vrs_credentials.params.figures import OWN_WAYS
from vrs_credentials.wordings import PLEDGES

PDF, ODT = "pdf", "odt"
#: 捌、二: where papers go by post.
ADDRESSEE = (
    "中華民國全國工業總會　轉",
    "「勞動部勞動力發展署委託辦理身心障礙者職業重建服務專業人員資格審查、專業訓練及繼續教育時數抵免、認定作業」計畫案　收",
)
ADDRESS = "106　臺北市大安區復興南路一段390號12樓"
BLANKS = {
    "vrs.hours_form": "時數認定申請表",
    "vrs.core_courses": "核心課程對照表",
    "vrs.education_form": "繼續教育個人申請表",
    "vrs.extension_form": "資格展延申請表",
    **dict(PLEDGES.values()),
    "vrs.envelope": "郵寄信封封面（範例）",
}


def _boxes(labels: Any) -> str:
    return "　".join(f"□{label}" for label in labels)


_ROWS: dict[str, list[tuple[str, str]]] = {
    "vrs.hours_form": [("訓練性質", _boxes(("遴用前", "進用後"))), ("資格名稱", ""), ("遴用條款", "")],
    "vrs.core_courses": [("申請資格", ""), ("畢業學校及科、系、所", ""), ("畢業年月", "")],
    "vrs.education_form": [
        ("實施方式", _boxes(OWN_WAYS.values())), ("辦理單位", ""), ("課程名稱", ""), ("身份", ""),
        ("課程類別", _boxes(("專業課程", "專業相關法規", "專業倫理", "專業品質"))), ("核心能力", ""), ("課程領域", ""),
        ("上課日期", "民國　　年　　月　　日　至　　　年　　月　　日"), ("申請時數", "　　　　小時"),
        ("加倍計算", _boxes(("離島地區", "國際性質", "授課者"))), ("資格名稱", _boxes(dict.fromkeys(KINDS.values()))),
    ],
    "vrs.extension_form": [
        ("資格名稱", ""), ("資格效期", "民國　　年　　月　　日　至　　　年　　月　　日"),
        ("事由", _boxes(("育嬰留職停薪", "職業災害", "其他不可歸責個人之事由"))), ("留職停薪起日", "民國　　年　　月　　日"),
        ("留職停薪迄日", "民國　　年　　月　　日"),
    ],
}  # fmt: skip
_LISTS = {
    "vrs.hours_form": ["課程名稱", "時數", "訓練機關／班名", "期間", "障別", "對應課程"],
    "vrs.core_courses": ["核心課程", "修習科目名稱", "學分數", "成績", "對應說明"],
}
_EMPTY = dict.fromkeys(
    ("case_number", "name", "national_id", "birth_on", "address", "phone", "email", "filed_on", "unit"), ""
)


def context(code: str, *, on: date) -> tuple[str, dict[str, Any]]:
    """Paper and context of a blank form. Raises KeyError for a code that is none."""
    for thing, (pledge, _) in PLEDGES.items():
        if pledge == code:
            return "vrs.pledge", pledge_context(thing, on=on)
    if code == "vrs.envelope":
        return code, {"addressee": ADDRESSEE, "address": ADDRESS}
    head = _LISTS.get(code)
    table = {"head": head, "body": [[""] * len(head) for _ in range(10)]} if head else None
    return "vrs.sheet", {**_EMPTY, "sheet_title": BLANKS[code], "rows": _ROWS[code], "table": table}


def blank(code: str, *, on: date, form: str = PDF) -> bytes:
    """An empty form of the code."""
    paper, given = context(code, on=on)
    if form == PDF:
        return rendering.render(paper, given)
    blocks = {"vrs.pledge": _pledge, "vrs.sheet": _sheet, "vrs.envelope": _envelope}[paper](given)
    return odt(BLANKS[code], blocks)


def _pledge(given: dict[str, Any]) -> list[Block]:
    signed = [
        ("立切結書人", "（請親自簽名，不得使用電子簽名）"),
        ("身分證字號", ""),
        ("通訊地址", ""),
        ("聯絡電話", ""),
    ]
    return [
        Line(given["pledge_title"], "title"),
        Line("立切結書人　　　　　　　　切結如下："),
        *(Line(article, "article") for article in given["articles"]),
        Line("　　此致"),
        Line("勞動部勞動力發展署"),
        Table((3, 9), [[Cell(label, label=True), Cell(value)] for label, value in signed], tall=frozenset({0})),
        Line("中華民國　　　年　　　月　　　日", "centre"),
        Line(f"文字版本 {given['version']}", "end"),
    ]


def _sheet(given: dict[str, Any]) -> list[Block]:
    def label(text: str) -> Cell:
        return Cell(text, label=True)

    about = [
        [label("申請人"), Cell(), label("身分證字號"), Cell()],
        [label("出生日期"), Cell(), label("聯絡電話"), Cell()],
        [label("通訊地址"), Cell(span=3)],
        *([label(name), Cell(value, span=3)] for name, value in given["rows"]),
    ]
    blocks: list[Block] = [
        Line("勞動部勞動力發展署", "agency"),
        Line(f"身心障礙者職業重建服務{given['sheet_title']}", "title"),
        Line("申請日期：　　年　　月　　日", "end"),
        Table((2, 4, 2, 4), about),
    ]
    if given["table"]:
        head, body = given["table"]["head"], given["table"]["body"]
        rows = [[label(one) for one in head], *([Cell(cell) for cell in row] for row in body)]
        blocks.append(Table((1,) * len(head), rows, headed=True))
    signs = [[label("申請人（簽章）"), label("承辦單位（核章）")], [Cell(), Cell()]]
    return [*blocks, Line("", "small"), Table((1, 1), signs, tall=frozenset({1}))]


def _envelope(given: dict[str, Any]) -> list[Block]:
    who = [(label, "") for label in ("寄件人（機構全名，含分支機構）", "聯絡人", "聯絡電話", "寄件地址")]
    kinds = _boxes(("資格審查", "專業訓練時數抵免、認定", "繼續教育課程", "資格更新", "資格展延"))
    return [
        Line(given["address"], "text"),
        *(Line(line, "title") for line in given["addressee"]),
        Table((1, 3), [[Cell(label, label=True), Cell(value)] for label, value in [*who, ("內附文件", kinds)]]),
    ]

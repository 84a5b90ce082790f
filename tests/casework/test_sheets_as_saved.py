"""Sheets as people save them: what was read, what was left out and why is told; every wrong file has its own true sentence."""

import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter

from casework.intake import read_sheet
from casework.intake.sheet_csv import decode
from casework.intake.sheet_table import NOT_COMPUTED, SheetError, heading_key, heading_keys, trouble
from casework.sheets import reading, records
from casework.sheets.reading import read
from casework.sheets.records import Column, read_records, template
from tests.casework.test_sheets_from_people import ods, xlsx
from tests.casework.workbooks import repacked, sheet, unaccounted, workbook

COLUMNS = (
    Column("name", "姓名", ("受訓人員姓名",), "王範例"),
    Column("born_on", "出生年月日", ("生日",), "民國75年3月21日"),
    Column("number", "身分證字號", (), "A100000001"),
    Column("phone", "電話", (), "0912-345-678"),
)
HEAD = [column.label for column in COLUMNS]
ROW = ["王小明", "75/3/4", "A123456789", "0912345678"]


def here(data: bytes, heading: str = "") -> read_sheet.Sheet:
    """As `read`, without a process of its own."""
    found = read_sheet.read(data, heading=heading)
    return reading.Sheet(reading._unguarded(data, found), name=found.name, told=found.told, dated=found.dated)


@pytest.fixture(autouse=True)
def _no_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "read", lambda data, *, heading="": here(data, heading))


# --- headings -------------------------------------------------------------------------------------------------------------

WRITTEN = {
    "姓名": ["姓　名", "*姓名", "姓名*", "＊姓名", "姓名：", " 姓 名 ", "姓\n名", "1.姓名", "(一)姓名", "一、姓名", "姓名（中文）", "姓名(必填)", "※姓名", "\ufeff姓名", "受訓人員姓名"],
    "出生年月日": ["出生年月日\n（民國）", "出生年月日(例:75/3/4)", "生日", "出生年月日：", "＊出生年月日"],
    "身分證字號": ["身份證字號", "身分證字號（居留證號）", "身 分 證 字 號", "*身份證字號*", "3、身分證字號"],
    "電話": ["電話（手機）", "電　話"],
}  # fmt: skip


@pytest.mark.parametrize(("label", "written"), [(label, one) for label, ones in WRITTEN.items() for one in ones])
def test_headings_as_people_write_them(label: str, written: str) -> None:
    head = [written if one == label else one for one in HEAD]
    found = read_records(sheet([head, ROW]), COLUMNS, key="name")
    assert found.told == []
    assert found.rows[0].values == dict(zip(("name", "born_on", "number", "phone"), ROW, strict=True))


@pytest.mark.parametrize(
    ("one", "other"), [("姓名", "姓氏"), ("電話", "電子郵件"), ("證書字號", "身分證字號"), ("", "姓名")]
)
def test_headings_that_are_not_alike(one: str, other: str) -> None:
    assert not set(heading_keys(one)) & set(heading_keys(other))
    assert heading_key(f"（{one}）") != heading_key(other)


def test_a_heading_over_two_rows() -> None:
    def build(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        page.merge_range("A1:A2", "姓名")
        page.merge_range("B1:C1", "身分")
        page.write_row(1, 1, HEAD[1:3])
        page.merge_range("D1:D2", "電話")
        page.write_row(2, 0, ROW)

    found = read_records(workbook(build), COLUMNS, key="name")
    assert [row.values["number"] for row in found.rows] == ["A123456789"]
    assert found.found == {"name", "born_on", "number", "phone"}


# --- what is told -----------------------------------------------------------------------------------------------------------

TOLD = {
    "a title above": ([["受訓人員名冊"], HEAD, ROW], "欄名列（第 2 列）之前的 1 列沒有讀取"),
    "a sum below": ([HEAD, ROW, ["合計 1 人"]], "第 3 列「合計 1 人」不是資料列"),
    "a remark below": ([HEAD, ROW, [], ["※ 本表請用正楷"]], "第 4 列「※ 本表請用正楷」不是資料列"),
    "who made it": ([HEAD, ROW, ["製表：", "王承辦"]], "不是資料列"),
    "the example": ([HEAD, [column.example for column in COLUMNS], ROW], "第 2 列是範例，沒有讀取"),
    "a column nobody knows": ([[*HEAD, "血型"], [*ROW, "O"]], "不認得的欄名，沒有讀取：E 欄「血型」"),
    "a column twice": ([[*HEAD, "電話"], [*ROW, "02-23456789"]], "欄名「電話」重複，E 欄沒有讀取"),
    "a cell beside": ([HEAD, [*ROW, None, "舊名單"]], "欄名以外的儲存格沒有讀取：F2「舊名單」"),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_is_left_out_is_told(name: str) -> None:
    rows, said = TOLD[name]
    found = read_records(sheet(rows), COLUMNS, key="name")
    assert any(said in one for one in found.told), found.told
    assert [row.values["name"] for row in found.rows] == ["王小明"]


@pytest.mark.parametrize("name", ["合計小姐", "註明", "人豪"])
def test_a_persons_name_is_no_footer(name: str) -> None:
    found = read_records(sheet([HEAD, [name, *ROW[1:]]]), COLUMNS, key="name")
    assert [row.values["name"] for row in found.rows] == [name]


def test_of_several_sheets_the_one_with_the_headings_is_read_and_the_others_are_told() -> None:
    def build(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("填寫說明").write_column(0, 0, ["請填寫名冊", "第二點"])
        page = book.add_worksheet("名冊")
        page.write_row(0, 0, HEAD)
        page.write_row(1, 0, ROW)
        hidden = book.add_worksheet("選單")
        hidden.write(0, 0, "大學")
        hidden.hide()

    data = workbook(build)
    found = read_records(data, COLUMNS, key="name")
    assert found.told == ["讀取的是工作表「名冊」；「填寫說明」（2 列）、隱藏的「選單」（1 列）沒有讀取。"]
    assert len(found.rows) == 1
    with pytest.raises(SheetError, match="2 張工作表有資料"):
        here(data)
    confined = read(data, heading="姓名")
    assert (confined, confined.name, confined.told) == ([HEAD, ROW], "名冊", found.told)


def test_two_sheets_with_the_same_headings_are_asked_about() -> None:
    def build(book: xlsxwriter.Workbook) -> None:
        for name in ("第一期", "第二期"):
            page = book.add_worksheet(name)
            page.write_row(0, 0, HEAD)
            page.write_row(1, 0, ROW)

    with pytest.raises(SheetError, match="2 張工作表有資料（「第一期」、「第二期」）"):
        read_records(workbook(build), COLUMNS, key="name")


def test_a_file_whose_sheets_are_all_hidden_says_so() -> None:
    def build(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("空白")
        page = book.add_worksheet("名冊")
        page.write_row(0, 0, HEAD)
        page.hide()

    with pytest.raises(SheetError, match="都是隱藏的"):
        here(workbook(build))


def test_hidden_columns_are_read_and_told() -> None:
    def build(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        page.set_column(2, 3, None, None, {"hidden": True})
        page.write_row(0, 0, ["a", "b", "c"])

    assert here(workbook(build)).told == ["隱藏的 C 欄有內容，也讀取了。"]


# --- merged cells -----------------------------------------------------------------------------------------------------------


def test_a_merged_cell_holds_for_each_of_its_rows() -> None:
    def build(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        page.write_row(0, 0, ["姓名", "服務單位"])
        page.write_column(1, 0, ["甲", "乙", "丙"])
        page.merge_range("B2:B4", "南方醫院")

    found = here(workbook(build))
    assert found == [["姓名", "服務單位"], ["甲", "南方醫院"], ["乙", "南方醫院"], ["丙", "南方醫院"]]
    assert found.told == ["合併儲存格的內容已帶入各列：B2:B4「南方醫院」，請核對。"]


def test_the_same_in_ods() -> None:
    rows = (
        '<table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>甲公司</text:p></table:table-cell>'
        "<table:table-cell><text:p>一</text:p></table:table-cell></table:table-row>"
        "<table:table-row><table:covered-table-cell/><table:table-cell><text:p>二</text:p></table:table-cell></table:table-row>"
    )
    found = here(ods(rows))
    assert found == [["甲公司", "一"], ["甲公司", "二"]]
    assert "A1:A2「甲公司」" in found.told[0]


def test_a_merged_title_is_no_row_more_and_a_merge_to_the_end_of_the_sheet_costs_nothing() -> None:
    rows = b'<row r="1"><c r="A1" t="str"><v>x</v></c></row><row r="2"><c r="A2" t="str"><v>y</v></c></row>'
    merged = (
        b'</sheetData><mergeCells><mergeCell ref="A1:XFD1"/><mergeCell ref="A2:XFD1048576"/></mergeCells><sheetData>'
    )
    found = here(xlsx(rows + merged))
    assert (found, found.told) == ([["x"], ["y"]], [])


# --- cells that say something else --------------------------------------------------------------------------------------------

ERRORS = ["#DIV/0!", "#N/A", "#REF!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!", "#SPILL!", "Err:502", NOT_COMPUTED]
TROUBLE = [*ERRORS, "9.12346E+11", "1.2e+15", "王\ue000明", "王\uf8ff", "王\ufffd明"]
FINE = ["", "#1", "# 備註", "1e5", "E+3", "王\U000f0001", "C++", "3E8", "#標籤", "N/A"]


@pytest.mark.parametrize("text", TROUBLE)
def test_what_nobody_typed_is_an_error_of_its_row(text: str) -> None:
    rows = [HEAD, ROW, [*ROW[:3], text], ROW]
    found = read_records(sheet(rows), COLUMNS, key="name")
    assert [bool(row.errors) for row in found.rows] == [False, True, False]
    assert found.rows[1].errors[0].startswith("電話")


@pytest.mark.parametrize("text", FINE)
def test_what_somebody_may_have_typed(text: str) -> None:
    assert trouble(text) == ""


@pytest.mark.parametrize("error", ["#DIV/0!", "#N/A", "#NAME?"])
def test_an_error_of_a_formula_is_no_empty_cell(error: str) -> None:
    def build(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        page.write(0, 0, "a")
        page.write_formula(1, 0, "=1/0", None, error)

    assert here(workbook(build)) == [["a"], [error]]


def test_a_formula_nobody_has_computed_is_no_empty_cell() -> None:
    assert here(
        xlsx(b'<row r="1"><c r="A1"><f>B1</f></c><c r="B1" t="str"><f>C1</f><v></v></c><c r="C1"><v>1</v></c></row>')
    ) == [[NOT_COMPUTED, "", "1"]]


def test_user_made_characters_of_big5_are_no_other_characters() -> None:
    """0xFA40 is somebody's own 自造字; as Hong Kong's Big5 it would be another character without a word."""
    assert decode("王".encode("cp950") + b"\xfa\x40" + "明".encode("cp950")) == "王\ue000明"
    assert (
        decode(b"\xfe\xfe\x8e\x40\xa0\xfe\x81\x40\x8d\xfe\xc6\xa1\xc8\xfe")
        == "\ue310\ue311\ueeb7\ueeb8\uf6b0\uf6b1\uf848"
    )
    data = ",".join(HEAD).encode("cp950") + b"\r\n" + "王".encode("cp950") + b"\xfa\x40,75/3/4,A123456789,1955\r\n"
    (row,) = read_records(data, COLUMNS, key="name").rows
    assert row.errors == ["姓名有自造字（U+E000），無法判斷是哪一個字，請改用標準字"]


@pytest.mark.parametrize("data", [b"\xfa", b"\xfa\x39", b"\xff\x40", b"\x80\x80"])
def test_what_is_no_big5_at_all(data: bytes) -> None:
    with pytest.raises(SheetError, match="編碼"):
        decode(data)


# --- numbers and days -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shows", "text"),
    [
        (4595257, "00000000", "04595257"),
        (912345678, "0000-000-000", "0912-345-678"),
        (7, "00", "07"),
        (12345678, "0000", "12345678"),
        (4595257, "General", "4595257"),
        (12, "0", "12"),
        (912345678901, "0", "912345678901"),
        (1e16, "0", "1.00000000000000E+16"),
        (1234567890123456, "General", "1.23456789012346E+15"),
        (0.5, "0.00", "0.5"),
    ],
)
def test_numbers_as_they_are_seen_and_those_that_were_cut(value: float, shows: str, text: str) -> None:
    def build(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet().write_number(0, 0, value, book.add_format({"num_format": shows}))

    assert here(workbook(build)) == [[text]]


def test_zeros_before_a_number_in_ods() -> None:
    cell = '<table:table-cell office:value-type="float" office:value="{}"><text:p>{}</text:p></table:table-cell>'
    cells = "".join(
        cell.format(*one) for one in ((4595257, "04595257"), (912345678, "0912-345-678"), (1200, "1,200"), (5, "5 人"))
    )
    assert here(ods(f"<table:table-row>{cells}</table:table-row>")) == [["04595257", "0912-345-678", "1200", "5"]]


@pytest.mark.parametrize(
    ("shows", "dated"),
    [("yyyy/m/d", True), ("[$-404]e/mm/dd", False), ('[$-404]gge"年"m"月"d"日"', False), ("yyyy-mm-dd", True)],
)
def test_a_real_day_is_known_from_a_typed_one(shows: str, dated: bool) -> None:
    found = here(sheet([["生日"], [dt.date(1975, 3, 4)], ["1975-03-04"]], day_format=shows))
    assert found == [["生日"], ["1975-03-04"], ["1975-03-04"]]
    assert found.dated == ({(2, 0)} if dated else set())


# --- blanks ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("blank", [" ", "　", "\u200b", "\xa0", "\t", "\n"])
def test_blanks_far_away_are_no_cells(blank: str) -> None:
    def build(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        page.write(0, 0, "a")
        page.write(0, 16_383, blank)
        page.write(1_048_575, 0, blank)

    assert here(workbook(build)) == [["a"]]


# --- text files -----------------------------------------------------------------------------------------------------------------------

TEXTS = {
    "tabs": "姓名\t電話\r\n王,小明\t1955\r\n",
    "tabs of Excel in UTF-16": "姓名\t電話\r\n王,小明\t1955\r\n".encode("utf-16"),
    "semicolons": '姓名;電話\r\n"王,小明";1955\r\n',
    "a first line that names the sign": 'sep=;\r\n姓名;電話\r\n"王,小明";1955\r\n',
    "quoted": '"姓名","電話"\r\n"王,小明","1955"\r\n',
    "numbers kept as text": '姓名,電話\r\n"王,小明",="1955"\r\n',
    "two byte order marks": '\ufeff\ufeff姓名,電話\r\n"王,小明",1955\r\n',
    "old line ends": '姓名,電話\r"王,小明",1955\r',
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_files_of_every_kind(name: str) -> None:
    text = TEXTS[name]
    found = here(text if isinstance(text, bytes) else text.encode())
    assert [row for row in found if row] == [["姓名", "電話"], ["王,小明", "1955"]]


# --- files that are something else ----------------------------------------------------------------------------------------------------


def packed(*parts: str, **contents: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in parts:
            archive.writestr(part, b"")
        for part, content in contents.items():
            archive.writestr(part.replace("__", "/"), content)
    return out.getvalue()


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
OTHERS = {
    "old Excel": (_OLE + "Workbook".encode("utf-16-le"), "舊版 Excel 檔（.xls）", "另存新檔"),
    "a workbook with a password": (_OLE + "EncryptedPackage".encode("utf-16-le"), "設有開啟密碼", "取消密碼"),
    "an ODS with a password": (
        packed(**{"content.xml": b"x", "META-INF__manifest.xml": b"<manifest:encryption-data/>"}), "設有開啟密碼", "取消密碼"
    ),
    "a page named .xls": (b"<html xmlns:o='x'><table><tr><td>a</td></tr></table></html>", "網頁", "另存新檔"),
    "a page with a mark": (b"\xef\xbb\xbf\r\n<!DOCTYPE html><table>", "網頁", "另存新檔"),
    "a page in UTF-16": ("<table><tr><td>a</td></tr></table>".encode("utf-16"), "網頁", "另存新檔"),
    "a table alone": (b"<table border=1><tr><td>a</td></tr></table>", "網頁", "另存新檔"),
    "a sheet of 2003": (
        b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "2003 年版的 XML 試算表", "另存新檔",
    ),
    "a page in one file": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "MHTML", "另存新檔"),
    "another XML": (b'<?xml version="1.0"?><a/>', "XML 檔", "另存新檔"),
    "SYLK": (b"ID;PWXL;N;E\r\nC;Y1;X1", "SYLK", "另存新檔"),
    "Numbers": (packed("Index/Document.iwa", "Metadata/Properties.plist"), "Apple Numbers", "輸出至"),
    "old Numbers": (packed("Index.zip", "QuickLook/Preview.pdf"), "Apple Numbers", "輸出至"),
    "a binary workbook": (packed("[Content_Types].xml", "xl/workbook.bin"), ".xlsb", "另存新檔"),
    "Word": (packed("[Content_Types].xml", "word/document.xml"), "Word 文件", "貼到試算表"),
    "PowerPoint": (packed("[Content_Types].xml", "ppt/presentation.xml"), "PowerPoint", "貼到試算表"),
    "a zip": (packed("名冊.xlsx"), "壓縮檔", "解壓縮"),
    "7z": (b"7z\xbc\xaf\x27\x1c", "壓縮檔", "解壓縮"),
    "rar": (b"Rar!\x1a\x07", "壓縮檔", "解壓縮"),
    "PDF": (b"%PDF-1.7\n", "這是 PDF", "原來的 XLSX"),
    "a picture": (b"\xff\xd8\xff\xe0", "圖片", "XLSX"),
    "RTF": (b"{\\rtf1", "RTF", "貼到試算表"),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_each_other_kind_of_file_has_its_own_true_sentence_and_the_way_out(name: str) -> None:
    data, what, way = OTHERS[name]
    with pytest.raises(SheetError) as refused:
        here(data)
    assert what in str(refused.value) and way in str(refused.value)
    assert str(refused.value).endswith("。")


@pytest.mark.parametrize("text", ["id,姓名\r\n1,王", "ID;姓名\r\n1;王", "MIME,姓名\r\n1,王", "<5,姓名\r\n1,王"])
def test_text_that_only_looks_like_another_kind_is_read(text: str) -> None:
    assert here(text.encode())[1] == ["1", "王"]


# --- templates --------------------------------------------------------------------------------------------------------------------------


def test_a_template_is_read_back_with_its_example_left_out() -> None:
    data = template(COLUMNS, "名冊")
    assert read_records(data, COLUMNS, key="name").rows == []
    filled = repacked(
        sheet([HEAD, [column.example for column in COLUMNS], ROW]), "xl/workbook.xml", "名冊".encode(), b"A"
    )
    found = read_records(filled, COLUMNS, key="name")
    assert [row.number for row in found.rows] == [3]


# --- what was read and what was told is what was there -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_dropped_without_a_word(seed: int) -> None:
    """Two hundred of them: `./dev drill sheets_whole`."""
    assert unaccounted(seed, COLUMNS) == []

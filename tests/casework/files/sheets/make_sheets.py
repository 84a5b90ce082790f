"""Makes the sheets of this folder with LibreOffice itself, days typed as a person types them. Run by hand, never by the tests:

    apt-get install libreoffice-calc python3-uno libreoffice-l10n-zh-tw
    /usr/bin/python3 make_sheets.py

A cell that begins with ' is text; every other is typed, under the locale of Taiwan (工具→選項→語言設定: 中文（正體）).
"""

import pathlib
import subprocess
import tempfile
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

HERE = pathlib.Path(__file__).resolve().parent
FILTERS = {"ods": "calc8", "xlsx": "Calc MS Excel 2007 XML", "csv": "Text - txt - csv (StarCalc)"}
CSV = "44,34,76,1,,0,false,true,false"  # UTF-8, cells as shown

DAYS = ["115/11/27", "115/11/30", "113/12/12", "100/1/1", "100/3/1", "99/12/31", "75/3/4", "96/2/29", "2026/11/30"]
ATTENDANCE = ["上課日期", "學員姓名", "學員身分證字號(或居留證號)", "時數", "離島地區", "國際性質", "授課者"]
EXCHANGE = ["編號", "身分證字號", "出生日期", "比對日", "結果", "保險別", "加保日", "退保日", "註記"]
SHEETS = {
    "days": [["'打的字", "儲存格"], *([f"'{one}", one] for one in DAYS), ["'115/11/30 14:05", "115/11/30 14:05"]],
    # each kind of file that the portal takes in
    "attendance": [
        ATTENDANCE,
        ["'2015/1/1", "王小明", "A100000001", "2", "是", "是", "否"],
        ["115/11/30", "黃淑惠", "A123456789", "2", "否", "否", "否"],
        ["115/11/27", "黃淑惠", "A123456789", "1", "否", "否", "否"],
    ],
    "roster": [
        [
            "姓名",
            "出生年月日",
            "身分證字號",
            "資格證書字號",
            "學歷",
            "服務單位",
            "職稱",
            "聯絡地址",
            "電子郵件地址",
            "電話",
        ],
        [
            "林雅婷",
            "100/1/1",
            "A223456781",
            "護字1",
            "大學",
            "甲公司",
            "護理師",
            "臺南市",
            "a@example.com",
            "'0912345678",
        ],
    ],
    "insurance": [
        EXCHANGE,
        ["{code}", "A123456789", "100/1/1", "113/12/12", "有", "就業保險", "113/11/1", "113/12/1", ""],
        ["合計", "1"],
    ],
    "calendar": [["西元日期", "星期", "是否放假", "備註"], ["2027/1/1", "五", "2", "開國紀念日"]],
    "calendar-roc": [["西元日期", "星期", "是否放假", "備註"], ["116/1/1", "五", "2", "開國紀念日"]],
    "formula-error": [["姓名", "時數"], ["王小明", "=1/0"], ["李小華", "=NA()"]],
    "short-year": [["姓名", "出生日期"], ["王小明", "75/3/4"]],
    "hidden-row": [["姓名", "時數"], ["王小明", "1"], ["退訓者", "2"], ["李小華", "3"]],
    "filtered": [["姓名", "時數"], ["王小明", "1"], ["退訓者", "2"], ["李小華", "3"]],
    "two-sheets": [["姓名"], ["王小明"]],
    "hidden-sheet": [["姓名"], ["王小明"]],
    "notes": [["姓名", "說明"], ["王小明", "兩  個 空格"]],
}


def prop(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def fill(sheet, rows):
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            cell = sheet.getCellByPosition(x, y)
            if text.startswith("'"):
                cell.String = text[1:]
            else:
                cell.FormulaLocal = text


def touch(name, book):
    """What makes the file of this name special."""
    sheet = book.Sheets.getByIndex(0)
    if name == "short-year":
        numbers, locale = book.NumberFormats, uno.createUnoStruct("com.sun.star.lang.Locale", "zh", "TW", "")
        key = numbers.queryKey("YY/M/D", locale, False)
        sheet.getCellByPosition(1, 1).NumberFormat = numbers.addNew("YY/M/D", locale) if key == -1 else key
    elif name == "hidden-row":
        sheet.Rows.getByIndex(2).IsVisible = False
    elif name == "filtered":
        made = sheet.createFilterDescriptor(True)
        condition = uno.createUnoStruct("com.sun.star.sheet.TableFilterField")
        condition.Field, condition.Operator, condition.IsNumeric, condition.StringValue = (
            0,
            uno.Enum("com.sun.star.sheet.FilterOperator", "NOT_EQUAL"),
            False,
            "退訓者",
        )
        made.FilterFields, made.ContainsHeader = (condition,), True
        sheet.getCellRangeByName("A1:B4").filter(made)
    elif name in ("two-sheets", "hidden-sheet"):
        book.Sheets.insertNewByName("另一張", 1)
        fill(book.Sheets.getByIndex(1), [["姓名"], ["李小華"]])
        book.Sheets.getByIndex(1).IsVisible = name == "two-sheets"
        book.Sheets.insertNewByName("空的", 2)
    elif name == "notes":
        sheet.Annotations.insertNew(sheet.getCellByPosition(0, 1).CellAddress, "這是註解")


def main():
    with tempfile.TemporaryDirectory() as profile:
        user = pathlib.Path(profile) / "user"
        user.mkdir()
        (user / "registrymodifications.xcu").write_text(
            '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
            '<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">'
            "<value>zh-TW</value></prop></item></oor:items>",
            encoding="utf-8",
        )
        where = f"pipe,name=sheets{time.time_ns()};urp"
        office = subprocess.Popen(
            ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--norestore", f"--accept={where}"]
        )
        try:
            here = uno.getComponentContext()
            resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
            for _ in range(120):
                try:
                    context = resolver.resolve(f"uno:{where};StarOffice.ComponentContext")
                    break
                except NoConnectException:
                    time.sleep(0.5)
            desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
            for name, rows in SHEETS.items():
                book = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, (prop("Hidden", True),))
                fill(book.Sheets.getByIndex(0), rows)
                touch(name, book)
                for ending, kind in FILTERS.items():
                    if ending != "csv" or name in ("days", "attendance"):
                        options = [prop("FilterName", kind)] + ([prop("FilterOptions", CSV)] if ending == "csv" else [])
                        book.storeToURL((HERE / f"{name}.{ending}").as_uri(), tuple(options))
                book.close(True)
            desktop.terminate()
        finally:
            office.wait(timeout=60)


if __name__ == "__main__":
    main()

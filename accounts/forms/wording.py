"""欄位錯誤的用語: what a field says when it refuses. Django's own sentences are translated word by word (「輸入整數」,
「請確認這個值小於或等於 5」) and name neither the field's form nor an example; ours do. A message a form gives itself stays.
"""

import re
from typing import Any
from unicodedata import normalize

from django import forms
from django.core.exceptions import ValidationError

from kernel.characters import half_width, visible
from kernel.lines import broken, hidden

#: Fields whose `invalid` means one thing; the more particular class first.
INVALID: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.EmailField, "電子郵件格式不正確，例：wang@example.gov.tw。"),
    (forms.URLField, "網址格式不正確，例：https://www.example.gov.tw/。"),
    (forms.FloatField, "請填寫數字，例：12.5。"),
    (forms.DecimalField, "請填寫數字，例：12.5。"),
    (forms.IntegerField, "請填寫整數，例：12。"),
    (forms.TimeField, "時間格式不正確，請以 24 小時制填寫，例：09:00。"),
    (forms.DateTimeField, "日期與時間格式不正確，例：2024-12-12 09:00。"),
    (forms.DateField, "日期格式不正確，例：2024-12-12。"),
    (forms.UUIDField, "表單已失效，請重新開啟本頁再送出。"),
    (forms.FileField, "檔案沒有送達，請重新選擇檔案再送出。"),
)
_LIST = "請從列出的項目中選擇。"
REFUSED: dict[str, str] = {
    "max_value": "不得大於 %(limit_value)s。",
    "min_value": "不得小於 %(limit_value)s。",
    "step_size": "須為 %(limit_value)s 的倍數。",
    "max_length": "最多 %(limit_value)d 字，目前 %(show_value)d 字，請刪減。",
    "min_length": "至少 %(limit_value)d 字，目前 %(show_value)d 字，請補充。",
    "max_digits": "最多 %(max)s 位數。",
    "max_decimal_places": "小數最多 %(max)s 位。",
    "max_whole_digits": "整數部分最多 %(max)s 位。",
    "invalid_choice": _LIST,
    "invalid_list": _LIST,
    "invalid_pk_value": _LIST,
    "missing": "沒有收到檔案，請重新選擇。",
    "empty": "這個檔案是空的，請重新選擇。",
    "contradiction": "請擇一辦理：上傳新的檔案，或移除原檔案。",
    "null_characters_not_allowed": "內容含有無法辨識的字元，請重新輸入。",
}
FILE_NAME = "檔名太長，請縮短至 %(max)d 字以內。"
_CHOOSING = (forms.ChoiceField, forms.MultipleChoiceField, forms.ModelChoiceField, forms.FileField)


def required(field: forms.Field, label: str) -> str:
    """「請填寫「聯絡人」。」"""
    verb = "請勾選" if isinstance(field, forms.BooleanField) else "請選擇" if isinstance(field, _CHOOSING) else "請填寫"
    return f"{verb}「{label}」。"


def _is_djangos(field: forms.Field, code: str) -> bool:
    """Whether nobody but Django has said what `code` means for this field."""
    said = field.error_messages.get(code)
    for one in type(field).__mro__:
        of_class = vars(one).get("default_error_messages", {})
        if code in of_class:
            return said is of_class[code] and one.__module__.startswith("django.")
    return said is None


def one_line(value: str) -> None:
    """A field of one line takes one (kernel.lines)."""
    if broken(value):
        raise ValidationError("這一欄只能填寫一行，請刪除換行。", code="one_line")
    readable(value)


def readable(value: str) -> None:
    """A text of several lines may hold line breaks and tabs, and no other control character."""
    if code := hidden(value):
        raise ValidationError(f"內容含有看不見的控制字元（{code}），請刪除後重新輸入。", code="control")


def _of_text(field: forms.Field) -> bool:
    """Fields that clean to a text: others are built on one and clean to a day, a key, a structure."""
    return isinstance(field, forms.CharField) and not isinstance(field, forms.JSONField | forms.UUIDField)


def speak(form: forms.BaseForm) -> None:
    for name, field in form.fields.items():
        if _of_text(field):
            asked = readable if isinstance(field.widget, forms.Textarea) else one_line
            field.validators = [*(one for one in field.validators if one not in (readable, one_line)), asked]
        words = {**REFUSED, "required": required(field, str(field.label or name))}
        if isinstance(field, forms.FileField):
            words["max_length"] = FILE_NAME
        if invalid := next((said for kind, said in INVALID if isinstance(field, kind)), None):
            words["invalid"] = invalid
        for code, said in words.items():
            if _is_djangos(field, code):
                field.error_messages[code] = said


def pasted(field: forms.Field, value: Any) -> Any:
    """What was typed, without what came along: invisible characters in a line, full-width signs and blanks in an address of mail
    or the web, full-width digits and thousands separators in a number. A password and a text of several lines stay as they are."""
    if not isinstance(value, str) or isinstance(field.widget, forms.PasswordInput | forms.Textarea | forms.HiddenInput):
        return value
    if isinstance(field, forms.EmailField | forms.URLField):
        return "".join(normalize("NFKC", visible(value)).split())
    if isinstance(field, forms.IntegerField):  # with those of decimals
        return re.sub(r"^(?:NT\$|\$)|(?<=[0-9]),(?=[0-9]{3}(?![0-9]))|\s|元$", "", half_width(value))
    return visible(value) if _of_text(field) else value


class Spoken:
    """A form whose refusals are worded here. Asked when it is judged, so that fields added by its __init__ are worded too."""

    def _widget_data_value(self, widget: forms.Widget, html_name: str) -> Any:
        """Django's one way from what was sent to a field, for judging and for showing it back."""
        value = super()._widget_data_value(widget, html_name)  # type: ignore[misc]
        field = next((one for one in self.fields.values() if one.widget is widget), None)  # type: ignore[attr-defined]
        return value if field is None else pasted(field, value)

    def full_clean(self) -> Any:
        speak(self)  # type: ignore[arg-type]
        return super().full_clean()  # type: ignore[misc]

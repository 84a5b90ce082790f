"""Fields: what they read, what they say, and what stays typed."""

from datetime import date
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string

from casework.forms import (
    ActForm,
    NameField,
    PdfField,
    PersonIdField,
    PhoneField,
    PortalForm,
    PostalCodeField,
    RocDateField,
    UnifiedNumberField,
)


class Sample(ActForm):
    day = RocDateField(label="發文日期", earliest=date(2024, 1, 1), latest=date(2024, 12, 31))
    person = PersonIdField(label="身分證字號", required=False)
    unit = UnifiedNumberField(label="統一編號", required=False)
    phone = PhoneField(label="電話", required=False)
    mobile = PhoneField(label="行動電話", mobile=True, required=False)
    name = NameField(label="姓名", required=False)
    postal = PostalCodeField(label="郵遞區號", required=False)


def filled(**data: str) -> Sample:
    return Sample({"day": "113/12/12", **data})


@pytest.mark.parametrize(
    "typed", ["113/12/12", "1131212", "中華民國113年12月12日", "2024-12-12", "１１３／１２／１２", " 113.12.12 "]
)
def test_day_is_read_and_shown_back(typed):
    form = filled(day=typed)
    assert form.is_valid()
    assert form.cleaned_data["day"] == date(2024, 12, 12)
    assert 'value="113/12/12"' in str(form["day"])
    assert "中華民國113年12月12日（星期四）" in form["day"].help_text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("113/02/30", "這一天不存在"),
        ("明天", "看不懂日期"),
        ("", "請填寫「發文日期」。"),
        ("112/12/31", "日期不得早於 113/01/01。"),
        ("114/01/01", "日期不得晚於 113/12/31。"),
    ],
)
def test_day_refused_with_a_sentence(typed, sentence):
    form = filled(day=typed)
    assert not form.is_valid()
    assert sentence in form.errors["day"][0]


def test_wrong_day_stays_as_typed():
    assert 'value="113/02/30"' in str(filled(day="113/02/30")["day"])


def test_edges_of_the_allowed_days():
    assert filled(day="113/01/01").is_valid()
    assert filled(day="113/12/31").is_valid()


def test_initial_day_is_shown_in_roc_years_and_is_not_a_change():
    form = Sample({"day": "1131212"}, initial={"day": date(2024, 12, 12)})
    assert 'value="113/12/12"' in str(Sample(initial={"day": date(2024, 12, 12)})["day"])
    assert "day" not in form.changed_data


@pytest.mark.parametrize(
    ("field", "typed", "canonical"),
    [
        ("person", "ａ１２３４５６７８９", "A123456789"),
        ("unit", " 04595257 ", "04595257"),
        ("phone", "06-6985945 分機 123", "06-698-5945#123"),
        ("mobile", "0912345678", "0912-345-678"),
        ("name", "  王　小明 ", "王 小明"),
        ("postal", "720-201", "720201"),
    ],
)
def test_identifier_is_canonical(field, typed, canonical):
    form = filled(**{field: typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data[field] == canonical


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("person", "A123456788", "檢查碼不符"),
        ("unit", "12345678", "統一編號"),
        ("phone", "12", "電話號碼"),
        ("mobile", "06-6985945", "行動電話應為 09"),
        ("name", "王<b>", "不能使用的字元"),
        ("postal", "12", "郵遞區號應為"),
    ],
)
def test_identifier_says_what_is_wrong_and_keeps_what_was_typed(field, typed, sentence):
    form = filled(**{field: typed})
    assert not form.is_valid()
    assert sentence in form.errors[field][0]
    assert form[field].value() == typed


def test_envelope():
    case = type("Case", (), {"version": 7})()
    shown = Sample(case=case)
    assert shown["version"].value() == 7
    assert shown["key"].value() != Sample(case=case)["key"].value()
    posted = Sample({"day": "113/12/12", "version": "7", "key": str(shown["key"].value())}, case=case)
    assert posted.is_valid()
    assert posted.posted_version == 7
    assert str(posted.posted_key) == shown["key"].value()
    assert not {"version", "key"} & set(posted.answers)


def test_missing_choice_is_asked_for_in_its_own_words():
    class Choosing(PortalForm):
        kind = forms.ChoiceField(label="類別", choices=[("a", "A")])
        agree = forms.BooleanField(label="同意")

    form = Choosing({})
    assert form.errors["kind"] == ["請選擇「類別」。"]
    assert form.errors["agree"] == ["請勾選「同意」。"]


class Upload(PortalForm):
    letter = PdfField(label="公文")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "空的"),
        (b"\xff\xd8\xff rest", "JPEG 圖片"),
        (b"%PDF-1.7\n" + b"0" * (10 * 2**20), "超過上限"),
    ],
)
def test_paper_refused_at_once(body, sentence):
    form = Upload({}, {"letter": SimpleUploadedFile("公文.pdf", body)})
    assert not form.is_valid()
    assert sentence in form.errors["letter"][0]


def test_paper_of_exactly_the_limit_is_taken_and_unread():
    body = b"%PDF-1.7\n".ljust(10 * 2**20, b"0")
    form = Upload({}, {"letter": SimpleUploadedFile("公文.pdf", body)})
    assert form.is_valid()
    assert form.cleaned_data["letter"].read(5) == b"%PDF-"
    assert form["letter"].help_text == "PDF，單檔 10 MB 以內、500 頁以內"


def test_paper_missing():
    assert Upload({}, {}).errors["letter"] == ["請選擇「公文」。"]


class Odd(PortalForm):
    number = forms.IntegerField(label="人數", min_value=1, max_value=30)
    fee = forms.DecimalField(label="費用", max_digits=6, decimal_places=1)
    mail = forms.EmailField(label="信箱")
    text = forms.CharField(label="說明", max_length=3)
    kind = forms.ChoiceField(label="類別", choices=[("a", "甲")])
    own = forms.IntegerField(label="自訂", error_messages={"invalid": "這裡要填張數。"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["late"] = forms.IntegerField(label="後加")


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("number", "十", "請填寫整數，例：12。"),
        ("number", "31", "不得大於 30。"),
        ("number", "0", "不得小於 1。"),
        ("fee", "1.25", "小數最多 1 位。"),
        ("mail", "wang", "電子郵件格式不正確，例：wang@example.gov.tw。"),
        ("text", "四個字嗎", "最多 3 字，目前 4 字，請刪減。"),
        ("kind", "z", "請從列出的項目中選擇。"),
        ("kind", "", "請選擇「類別」。"),
        ("own", "x", "這裡要填張數。"),
        ("late", "x", "請填寫整數，例：12。"),
        ("late", "", "請填寫「後加」。"),
    ],
)
def test_refusals_are_worded_as_an_office_words_them(field: str, typed: str, said: str) -> None:
    assert Odd({field: typed}).errors[field] == [said]


def test_the_error_summary_names_fields_in_the_order_of_the_page() -> None:
    class Grouped(Odd):
        @property
        def groups(self) -> list[tuple[str, list[BoundField]]]:
            return [("一", [self["kind"], self["text"]])]

    assert [one.name for one in Grouped({}).fields_as_shown][:3] == ["kind", "text", "number"]
    page = render_to_string("components/error_summary.html", {"form": Grouped({})})
    assert page.index("類別") < page.index("說明") < page.index("人數")

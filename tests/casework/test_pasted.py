"""Fields take what people paste: nothing is cut before it is judged, and nothing invisible is kept."""

import re
from typing import Any

import pytest
from django import forms

from accounts.forms.wording import pasted
from casework.forms import (
    BirthdayField,
    NameField,
    PersonIdField,
    PhoneField,
    PortalForm,
    PostalCodeField,
    RocDateField,
    UnifiedNumberField,
)
from ohs_training.forms.classes import TraineeForm
from ohs_training.forms.running import TimeField
from ojt_subsidy.forms.trainee import BankAccountField, BankCodeField, HolderField
from vrs_credentials.forms.applying import JoinForm

FIELDS = [
    BankAccountField, BankCodeField, BirthdayField, HolderField, NameField, PersonIdField, PhoneField, PostalCodeField,
    RocDateField, TimeField, UnifiedNumberField,
]  # fmt: skip


@pytest.mark.parametrize("kind", FIELDS)
def test_no_browser_cuts_off_what_is_pasted(kind: type[forms.Field]) -> None:
    field = kind(label="欄")
    most = field.widget_attrs(field.widget).get("maxlength")
    assert most is None or int(most) >= 100


def test_what_a_browser_may_cut_is_what_no_number_has() -> None:
    """A control: with the column's length the pasted account would become another, valid one."""
    assert BankAccountField().clean("0041234-0123456") == "00412340123456"
    with pytest.raises(forms.ValidationError):
        BankAccountField().clean("0041234-0123456-789-000")


class Everything(PortalForm):
    line = forms.CharField()
    lines = forms.CharField(widget=forms.Textarea)
    mail = forms.EmailField()
    count = forms.IntegerField()
    share = forms.DecimalField()
    word = forms.CharField(widget=forms.PasswordInput, strip=False)
    hidden = forms.CharField(widget=forms.HiddenInput)


GIVEN = {
    "line": ("甲\u200b公司\ufeff", "甲公司"),
    "lines": ("第一行\r\n👨\u200d👩", "第一行\r\n👨\u200d👩"),
    "mail": ("ｗａｎｇ＠example.com \u200b", "wang@example.com"),
    "count": ("１２,３４５ 元", 12345),
    "share": ("１．５", 1.5),
    "word": ("p\u200bw ", "p\u200bw "),
    "hidden": ("a\u200bb", "a\u200bb"),
}


def test_what_came_along_is_taken_off_before_it_is_judged() -> None:
    form = Everything({name: given for name, (given, _) in GIVEN.items()})
    assert form.is_valid(), form.errors
    assert {name: form.cleaned_data[name] for name in GIVEN} == {name: kept for name, (_, kept) in GIVEN.items()}


@pytest.mark.parametrize("value", ["1,23", "12,34", "1.234,5", "十二", "12個", "--1", "²", "5²", "①"])
def test_what_is_no_number_is_still_refused(value: str) -> None:
    assert Everything({"count": value}).errors["count"] == ["請填寫整數，例：12。"]


@pytest.mark.parametrize("value", [None, 3, ["a"]])
def test_what_is_no_text_is_left_alone(value: Any) -> None:
    assert pasted(forms.CharField(), value) is value


# --- whose field it is -------------------------------------------------------------------------------------------------------


def _autocomplete(form: forms.Form, name: str) -> str:
    found = re.search(r'autocomplete="([^"]*)"', str(form[name]))
    return found[1] if found else ""


def test_the_browser_fills_in_what_is_about_the_person_at_it() -> None:
    form = JoinForm()
    wanted = {
        "account_name": "username", "name": "name", "email": "email", "birth_on": "bday", "postal_code": "postal-code",
        "address": "street-address", "mobile": "tel", "national_id": "off",
    }  # fmt: skip
    assert {name: _autocomplete(form, name) for name in wanted} == wanted


def test_the_browser_fills_in_nothing_about_somebody_else() -> None:
    form = TraineeForm(case=None)
    assert {_autocomplete(form, name) for name in ("name", "born_on", "national_id", "phone")} == {"off"}


# --- birthdays ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "word"), [("200/1/1", "晚於今天"), ("110/1/1", "未滿 15 歲"), ("1870/1/1", "合理範圍")]
)
def test_a_trainee_is_no_child_and_no_ghost(typed: str, word: str) -> None:
    form = TraineeForm({"name": "林雅婷", "born_on": typed, "national_id": "A223456781"}, case=None)
    assert word in form.errors["born_on"][0]


def test_a_radical_is_said_at_the_field() -> None:
    form = TraineeForm({"name": "王小⼀", "born_on": "", "national_id": "A223456781"}, case=None)
    assert form.errors.keys() == {"born_on"}
    assert form.cleaned_data["name"] == "王小一"
    assert "「⼀」（U+2F00）改為「一」" in form["name"].help_text

"""What nobody types and anybody can send: zero bytes, digits of other scripts, numbers of twenty places, lines within a line, a key
that belongs to another act. Each ends in a page with a sentence; nothing of it ends in an error of ours, and nothing is kept."""

import ast
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.forms.wording import Spoken
from casework.cases.receipts import once
from casework.errors import Refused
from casework.forms import PortalForm
from casework.models import Draft, Receipt
from casework.views import bulk_acts
from casework.views.acting import _posted
from kernel.asked import whole_number
from tests.factories import AT, OrganisationFactory, UserFactory
from tests.ojt_accounts import world as w
from tests.ojt_accounts.faces import signed_in

ROOT = Path(__file__).resolve().parents[2]
OURS = ("accounts", "casework", "config", "kernel", *settings.SCHEMES)
NUL = "a\0b"
#: What `int()` and `isdigit()` disagree about, what no integer of the database holds, what is no number.
ODD_NUMBERS = ("²", "9" * 20, "9" * 4301, "-1", "1e3", "१", "")


def sources() -> Iterator[Path]:
    for app in OURS:
        yield from (path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


# --- numbers -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("7", 7), ("007", 7), ("9" * 9, 999_999_999), ("9" * 10, None), (" 7", None), (None, None)],
)
def test_a_whole_number(text: str | None, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ODD_NUMBERS)
def test_no_whole_number(text: str) -> None:
    assert whole_number(text) is None
    assert bulk_acts.chosen([f"{text}:1", f"1:{text}"]) == []


def numbers_read_by_hand(source: str) -> list[int]:
    """Lines where a text is said to be digits before `int()` is asked of the same text: `"²".isdigit()` holds and `int("²")` fails,
    `("9" * 4301).isdecimal()` holds and `int()` of it fails too."""
    found = set()
    for home in ast.walk(ast.parse(source)):
        if not isinstance(home, ast.Module | ast.FunctionDef | ast.Lambda):
            continue
        calls = [node for node in ast.walk(home) if isinstance(node, ast.Call)]
        turned = {ast.unparse(c.args[0]) for c in calls if ast.unparse(c.func) == "int" and c.args}
        for judge in (one for one in calls if isinstance(one.func, ast.Attribute)):
            by_hand = judge.func.attr in ("isdecimal", "isnumeric") and ast.unparse(judge.func.value) in turned
            if judge.func.attr == "isdigit" or (by_hand and not isinstance(home, ast.Module)):
                found.add(judge.lineno)
    return sorted(found)


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("def f(a):\n    return a.isdigit()", [2]),
        ("def f(a):\n    return int(a) if a.isdecimal() else 0", [2]),
        ("def f(a):\n    return [int(one) for one in a if one.isnumeric()]", [2]),
        ("def f(a, b):\n    return int(b) if a.isdecimal() else 0", []),
    ],
)
def test_what_is_found(source: str, lines: list[int]) -> None:
    assert numbers_read_by_hand(source) == lines


def test_numbers_of_addresses_are_read_in_one_place() -> None:
    """The kernel's readers of identifiers fold and judge each character."""
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources()
        if "kernel" not in path.parts
        for line in numbers_read_by_hand(path.read_text())
    }
    assert found == set()


@pytest.fixture
def people(db: None) -> dict[str, Client]:
    here = w.world()
    return {
        "visitor": Client(raise_request_exception=False),
        "contact": signed_in(here.contact),
        "officer": signed_in(here.officer),
        "administrator": signed_in(here.admin),
    }


#: The addresses of finding F22, and their kin: who, where, which parameter.
ASKED = (
    ("visitor", "/45plus/", "q"),
    ("visitor", "/45plus/", "page"),
    ("visitor", "/vrs/courses/", "q"),
    ("visitor", "/vrs/jobs/", "q"),
    ("visitor", "/vrs/lecturers/approved/", "q"),
    ("visitor", "/courses/", "q"),
    ("contact", "/cases/", "q"),
    ("contact", "/subsidy/complaints/new/", "course"),
    ("officer", "/admin/work/", "q"),
    ("officer", "/admin/calendar/", "year"),
    ("officer", "/admin/ojt/rollover/", "year"),
    ("administrator", "/admin/accounts/accesslog/", "action__exact"),
)


@pytest.mark.parametrize(
    "text", [*ODD_NUMBERS, NUL, "\r\n", "%", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")]
)
def test_an_odd_query_is_answered(people: dict[str, Client], text: str) -> None:
    wrong = []
    for who, address, name in ASKED:
        answer = people[who].get(address, {name: text})
        if answer.status_code >= 500 or (text == NUL and answer.status_code != 400):
            wrong.append(f"{who} {address}?{name}: {answer.status_code}")
    assert wrong == []


def test_a_zero_byte_is_refused_in_address_query_and_post(people: dict[str, Client]) -> None:
    contact = people["contact"]
    assert contact.get("/cases/OA-115-0000%001/").status_code == 404  # no such number
    answers = [
        Client().get("/set-password/a%00b/"),
        contact.get("/cases/", {"a\0": "1"}),
        contact.post(reverse("casework:autosave"), {"draft_key": "k", "text": NUL}),
        contact.post(reverse("casework:autosave"), {"draft_key": NUL, "text": "x"}),
    ]
    assert [one.status_code for one in answers] == [400] * 4
    assert "格式系統無法辨識" in answers[0].content.decode()
    assert not Draft.objects.exists()


@pytest.mark.parametrize("text", ODD_NUMBERS)
def test_an_odd_number_in_a_post_is_answered(people: dict[str, Client], text: str) -> None:
    officer = people["officer"]
    answers = [
        officer.post(reverse("admin:bulk"), {"act": "reassign", "to": text, "case": f"{text}:{text}"}),
        officer.post(reverse("admin:ojt_rollover"), {"unit": text, "year": text}),
    ]
    assert [one.status_code for one in answers if one.status_code >= 500] == []


# --- a field of one line -------------------------------------------------------------------------------------------------------


class Sample(PortalForm):
    holder = forms.CharField(label="戶名", max_length=50)
    story = forms.CharField(label="說明", widget=forms.Textarea)


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_a_field_of_one_line_takes_one(line_end: str) -> None:
    form = Sample({"holder": f"別人{line_end}D,00099,壞人,700,123456789,99999,X", "story": "甲\n乙"})
    assert not form.is_valid()
    assert form.errors["holder"] == ["這一欄只能填寫一行，請刪除換行。"]
    assert "story" not in form.errors
    assert "壞人" in str(form["holder"])  # what was typed stays


def test_control_characters_are_named_and_line_ends_around_a_text_taken_off() -> None:
    form = Sample({"holder": "王\x1b小明", "story": "甲\x07乙"})
    assert form.errors["holder"] == ["內容含有看不見的控制字元（U+001B），請刪除後重新輸入。"]
    assert form.errors["story"] == ["內容含有看不見的控制字元（U+0007），請刪除後重新輸入。"]
    pasted = Sample({"holder": "\t王小明\r\n", "story": "第一行\r\n\t第二行"})
    assert pasted.is_valid()
    assert pasted.cleaned_data["holder"] == "王小明"


def test_every_form_of_ours_asks_it() -> None:
    """A form that takes text is `Spoken`, where the fields of one line are judged."""
    found = [
        f"{kind.__module__}.{kind.__qualname__}"
        for kind in _kinds(forms.BaseForm)
        if kind.__module__.split(".")[0] in OURS and not issubclass(kind, Spoken)
    ]
    assert found == []


def _kinds(base: type) -> Iterator[type]:
    for one in base.__subclasses__():
        yield one
        yield from _kinds(one)


# --- a key of another act ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_key_used_for_one_act_does_nothing_and_says_nothing_for_another() -> None:
    user, key, done = UserFactory(), uuid.uuid4(), []
    assert once(user=user, key=key, act="a", thing="1", at=AT, do=lambda: {"next": "/"}) == ({"next": "/"}, True)
    with pytest.raises(Refused, match="這個畫面已經送出過"):
        once(user=user, key=key, act="b", thing="1", at=AT, do=lambda: done.append("b") or {})
    assert done == []
    assert once(user=user, key=key, act="a", thing="1", at=AT, do=lambda: done.append("a") or {}) == (
        {"next": "/"},
        False,
    )
    assert done == []
    assert Receipt.objects.get().act == "a"


@pytest.mark.django_db
def test_a_page_posts_the_key_of_another_case_and_is_told() -> None:
    """The act of one case pressed with the key that another one was withdrawn with."""
    here = w.world()
    contact, key = signed_in(here.contact), str(uuid.uuid4())
    first = w.drafted(here)
    for number in (1, 2):
        case = first if number == 1 else w.drafted(here, numbers=(2,))
        answer = contact.post(
            reverse("casework:act", args=[case.number, "withdraw"]),
            {"key": key, "version": case.version, "reason": "不辦了"},
        )
        case.refresh_from_db()
    first.refresh_from_db()
    assert (first.state, case.state) == ("withdrawn", "draft")
    assert re.search("這個畫面已經送出過", answer.content.decode())


def test_no_page_asks_for_an_act_once_but_with_all_that_was_sent_to_it() -> None:
    """The thing is no word of a string that somebody may forget: `once` is asked by one function of the pages and by one service."""
    askers = {
        f"{path.relative_to(ROOT)}: {ast.unparse(next(one.value for one in call.keywords if one.arg == 'thing'))}"
        for path in sources()
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] == "once"
    }
    assert askers == {
        "casework/views/acting.py: _posted(request)",
        "ojt_subsidy/services/enrolling.py: course.code",
    }


def test_what_is_posted_is_the_address_the_fields_and_the_files() -> None:
    def about(address: str = "/a/", file: str = "", **fields: str) -> str:
        files = {"paper": SimpleUploadedFile(file, b"x")} if file else {}
        return _posted(RequestFactory().post(address, {**fields, **files}))

    plain = about(held="1")
    assert about(held="1", csrfmiddlewaretoken="another") == plain
    assert (
        len({plain, about("/b/", held="1"), about(held="2"), about(held="1", file="a"), about(held="1", file="b")}) == 5
    )


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["abc", "²", "9" * 20])
def test_an_odd_key_of_a_register_is_answered(key: str) -> None:
    """The package that shows former states asks the database whatever the address says."""
    keeper = UserFactory(is_staff=True, roles=[("casework.administrator", OrganisationFactory())])
    browser = signed_in(keeper)
    browser.raise_request_exception = False
    for register in ("accounts/user", "accounts/organisation"):
        for address in (f"{key}/history/", f"1/history/{key}/", f"{key}/history/1/"):
            assert browser.get(f"/admin/{register}/{address}").status_code == 404, address


def test_an_address_of_forms_opened_as_a_page_says_so(people: dict[str, Client]) -> None:
    answer = people["administrator"].get("/admin/people/add/")
    assert answer.status_code == 405 and answer["Allow"] == "POST"
    assert "這個網址只接收表單送出的資料" in answer.content.decode()

"""A new version of a figure looks like the versions before it; whatever a rule could not read is refused at its place."""

from datetime import date

import pytest

from kernel import shape
from kernel.law import Figure, Value, WatchedLaw
from kernel.shape import Kind

WORDS = {"a": "甲", "b": "乙", "gold": "金牌", "pass": "通過"}


def figure(*values: object, unit: str = "日", words: dict[str, str] | None = None, span: bool = False) -> Figure:
    starts = [None, date(2020, 1, 1), date(2021, 1, 1)]
    dated = tuple(Value(value, "條", start) for value, start in zip(values, starts, strict=False))
    return Figure("t.x", "測試", unit, dated, words or {}, span)


REFUSED = [
    (figure(20), "二十", (), "整數"),
    (figure(20), True, (), "整數"),
    (figure(20), 20.5, (), "整數"),
    (figure(20), -1, (), "不得小於 0"),
    (figure(20), None, (), "不得空白"),
    (figure(20, unit="%"), 101, (), "0 至 100"),
    (figure(True), 1, (), "是"),
    (figure("a", words=WORDS), "c", (), "不是可選的項目"),
    (figure("2017-01-01"), "106年", (), "日期"),
    (figure("1"), "多", (), "數字"),
    (figure("1"), "-1", (), "數字"),
    (figure("文字"), "　", (), "請填寫內容"),
    (figure([5, 15], span=True), [15, 5], (), "由小到大"),
    (figure([5, 15], span=True), [5, 10, 15], (), "兩個數字"),
    (figure([30, 14]), [30, "14"], (), "整數"),
    (figure([30, 14]), [30, 30], (), "重複"),
    (figure([30, 14]), [], (), "至少一項"),
    (figure(["a"], words=WORDS), ["a", "zz"], (), "不是可選的項目"),
    (figure([["a", "gold"], ["b", "pass"]], words=WORDS), [["gold", "a"]], (), "不能放在這個位置"),
    (figure([["a", "gold"]], words=WORDS), [["a"]], (), "2 個項目"),
    (figure({"k": 1}), {}, ("k",), "不得刪除"),
    (figure({"k": 1}), {"k": 1, "other": 2}, ("other",), "不是規則認得"),
    (figure({"k": 1}), {"k": "1"}, ("k",), "整數"),
    (figure({"k": "文"}), {"k": "文", "新 的": "字"}, ("新 的",), "不是規則認得"),
    (figure({"k": 1}), [1], (), "對照"),
    (figure([{"years": 1}]), [{"years": "x"}], (0, "years"), "整數"),
    (figure({"k": {"papers": ["x"]}}), {"k": {"papers": [""]}}, ("k", "papers"), "空白"),
]


@pytest.mark.parametrize(("about", "proposed", "path", "words"), REFUSED)
def test_what_a_rule_could_not_read_is_refused_at_its_place(about, proposed, path, words):
    problems = shape.check(about, proposed)
    assert [one.path for one in problems] == [path]
    assert words in problems[0].sentence


TAKEN = [
    (figure(20), 0),
    (figure(None, 20), None),
    (figure(20, unit="%"), 100),
    (figure("1"), "1.5"),
    (figure([5, 15], span=True), [6, 6]),
    (figure([30, 14]), [60]),
    (figure([["a", "gold"], ["b", "pass"]], words=WORDS), [["b", "gold"]]),
    (figure({"k": "文"}), {"k": "字", "added_one": "新"}),
    (figure({"k": "文", "l": "文"}, {"k": "文"}), {"k": "字"}),
    (figure([{"years": 1, "after": ""}]), [{"years": 2, "after": ""}]),
]


@pytest.mark.parametrize(("about", "proposed"), TAKEN)
def test_what_rules_can_read_is_taken(about, proposed):
    assert shape.check(about, proposed) == []


def test_a_value_is_cut_into_what_a_person_can_type_and_put_together_again():
    value = {"k": {"label": "文", "papers": ["x", "y"]}, "l": {"label": "字", "papers": ["z"]}}
    about = figure(value)
    cut = list(shape.leaves(about, value))
    assert [(one.path, one.kind) for one in cut] == [
        (("k", "label"), Kind.TEXT),
        (("k", "papers"), Kind.TEXTS),
        (("l", "label"), Kind.TEXT),
        (("l", "papers"), Kind.TEXTS),
    ]
    changed = shape.put(value, ("l", "papers"), ["z", "w"])
    assert changed == {"k": {"label": "文", "papers": ["x", "y"]}, "l": {"label": "字", "papers": ["z", "w"]}}
    assert value["l"]["papers"] == ["z"]


def test_every_version_in_the_code_has_the_form_of_its_figure():
    """Every declared version of every scheme could have been entered as an amendment."""
    from kernel.law import declared_law

    law = declared_law()
    assert len(law) > 150
    wrong = {
        one.code: found for one in law.values() for value in one.values if (found := shape.check(one, value.value))
    }
    assert wrong == {}


def test_a_watched_law_remembers_what_was_asked():
    law = WatchedLaw({"t.x": figure(20)})
    assert law.at("t.x", date(2026, 1, 1)).value == 20
    assert law.asked == {("t.x", date(2026, 1, 1))}

"""The typed editor of a figure: one field per part of its value, by the kind of the part; wrong input is named at its field."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from casework.forms import PortalForm, RocDateField
from kernel import shape
from kernel.law import Figure
from kernel.shape import Kind, Leaf, Path

#: More parts than this are edited one at a time.
AT_ONCE = 14
JOIN = "／"


def parts(figure: Figure, value: Any) -> list[tuple[str, str]]:
    """(key, label) of the parts of a large value, empty for one that fits on a page."""
    if len(list(shape.leaves(figure, value))) <= AT_ONCE or not isinstance(value, Mapping | list):
        return []
    rows = value.items() if isinstance(value, Mapping) else enumerate(value)
    return [(str(key), _name(figure, key, one)) for key, one in rows]


def _name(figure: Figure, key: Any, one: Any) -> str:
    words = [text for text in one.values() if isinstance(text, str) and text] if isinstance(one, Mapping) else []
    named = f"（{'　'.join(words[:3])}）" if words else ""
    return f"{figure.words.get(str(key), '第 ' + str(key + 1) + ' 列' if isinstance(key, int) else key)}{named}"


class ValueForm(PortalForm):
    """Bound or not, over the value as it is drafted or in force. `new_value` is what was understood."""

    def __init__(self, data: Any = None, *, figure: Figure, value: Any, part: str = "", **given: Any) -> None:
        super().__init__(data, **given)
        self.figure = figure
        self.base = shape.example(figure) if value is None else value
        self.leaves: dict[str, Leaf] = {}
        optional = self._optional_keys()
        for number, leaf in enumerate(shape.leaves(figure, self.base)):
            if part and str(leaf.path[0]) != part:
                continue
            name = f"leaf_{number}"
            self.leaves[name] = leaf
            self.fields[name] = _field(figure, leaf, may_go=bool(leaf.path) and leaf.path[0] in optional)
        if shape.may_be_nothing(figure):
            self.fields["nothing"] = forms.BooleanField(
                label="自生效日起無此規定", required=False, initial=value is None, help_text="勾選後，上方內容不採用。"
            )
        if self._is_labels() and not part:
            self.fields["added"] = forms.CharField(
                label="新增項目", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
                help_text="每行一項：英文代碼、全形冒號、文字，例：new_item：新項目。代碼以小寫英文字母開頭。",
            )  # fmt: skip
        self.fields["citation"] = forms.CharField(
            label="依據", required=False, max_length=300, help_text="條次；留白採修正案的依據。"
        )
        self.fields["note"] = forms.CharField(label="備註", required=False, max_length=500)
        for field in self.fields.values():
            if field.required:
                field.error_messages["required"] = f"請填寫「{field.label}」。"

    def _is_labels(self) -> bool:
        return isinstance(self.base, Mapping) and all(isinstance(one, str) for one in self.base.values())

    def _optional_keys(self) -> set[Any]:
        """Keys some version of the figure goes without: the rules can do without them."""
        if not self._is_labels():
            return set()
        known = [set(one.value) for one in self.figure.values if isinstance(one.value, Mapping)]
        return set(self.base) - set.intersection(*known)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.new_value = None
        if cleaned.get("nothing"):
            for name in self.leaves:  # what stands in them is not taken
                self.errors.pop(name, None)
            return cleaned
        if self.errors:
            return cleaned
        value, gone = self.base, []
        for name, leaf in self.leaves.items():
            typed = cleaned[name]
            if leaf.kind is Kind.DAY and isinstance(typed, date):
                typed = typed.isoformat()
            if typed == "" and not self.fields[name].required and isinstance(self.base, Mapping) and self._is_labels():
                gone.append(leaf.path[0])
            value = shape.put(value, leaf.path, typed)
        if gone or cleaned.get("added"):
            value = {key: one for key, one in value.items() if key not in gone} | self._added(cleaned.get("added", ""))
        for problem in shape.check(self.figure, value):
            self.add_error(self._field_at(problem.path), problem.sentence)
        self.new_value = value
        return cleaned

    def _added(self, text: str) -> dict[str, str]:
        found = {}
        for number, line in enumerate(filter(None, map(str.strip, text.splitlines())), start=1):
            code, colon, words = line.replace(":", "：", 1).partition("：")
            if not colon or not words.strip():
                self.add_error("added", f"第 {number} 行「{line}」應為「代碼：文字」。")
                continue
            found[code.strip()] = words.strip()
        return found

    def _field_at(self, path: Path) -> str | None:
        if not self.leaves:
            return None
        exact = [name for name, leaf in self.leaves.items() if path[: len(leaf.path)] == leaf.path]
        return exact[0] if exact else ("added" if "added" in self.fields else None)


# --- fields by kind --------------------------------------------------------------------------------------------------


def _field(figure: Figure, leaf: Leaf, *, may_go: bool) -> forms.Field:
    label = " › ".join(_step(figure, one) for one in leaf.path) or "數值"
    unit = f"（{figure.unit}）" if figure.unit and leaf.kind in (Kind.NUMBER, Kind.NUMBERS, Kind.DECIMAL) else ""
    given: dict[str, Any] = {"label": label + unit, "required": not may_go and leaf.value != "" and leaf.value != []}
    if may_go:
        given["help_text"] = "留白即刪除本項。"
    options = list(figure.words.items())
    match leaf.kind:
        case Kind.FLAG:
            return forms.TypedChoiceField(
                choices=[("1", "是"), ("0", "否")], coerce=lambda one: one == "1", widget=forms.RadioSelect,
                initial="1" if leaf.value else "0", **given,
            )  # fmt: skip
        case Kind.NUMBER:
            wrong = {"invalid": "請填寫整數，例：20。", "min_value": "不得小於 0。", "max_value": "數字過大。"}
            return forms.IntegerField(
                min_value=0, max_value=10**9, initial=leaf.value, error_messages=wrong, localize=False, **given
            )
        case Kind.DAY:
            return RocDateField(initial=date.fromisoformat(leaf.value), **given)
        case Kind.CHOICE:
            wrong = {"invalid_choice": "這不是可選的項目。"}
            return forms.ChoiceField(choices=options, initial=leaf.value, error_messages=wrong, **given)
        case Kind.CHOICES:
            wrong = {"invalid_choice": "「%(value)s」不是可選的項目。"}
            return forms.MultipleChoiceField(
                choices=options, initial=leaf.value, widget=forms.CheckboxSelectMultiple, error_messages=wrong, **given
            )
        case Kind.NUMBERS:
            return LinesField(_whole, initial=leaf.value, **{**given, "help_text": "每行一個數字。"})
        case Kind.PAIRS:
            back = {word: code for code, word in figure.words.items()}
            shown = [JOIN.join(figure.words.get(one, one) for one in pair) for pair in leaf.value]
            return LinesField(
                lambda line: [back.get(one.strip(), one.strip()) for one in line.split(JOIN)],
                initial=shown, **{**given, "help_text": f"每行一組，以「{JOIN}」分隔。可用：{'、'.join(figure.words.values())}"},
            )  # fmt: skip
        case Kind.TEXTS:
            return LinesField(str, initial=leaf.value, **{**given, "help_text": "每行一項。"})
        case _:
            widget = forms.Textarea(attrs={"rows": 3}) if len(str(leaf.value)) > 40 else forms.TextInput()
            return forms.CharField(max_length=shape.LONGEST, initial=leaf.value, widget=widget, **given)


def _step(figure: Figure, step: str | int) -> str:
    return f"第 {step + 1} 列" if isinstance(step, int) else figure.words.get(step, step)


def _whole(line: str) -> int:
    try:
        return int(line)
    except ValueError:
        raise forms.ValidationError(f"「{line}」不是整數。") from None


class LinesField(forms.CharField):
    """A list typed one item a line."""

    def __init__(self, read: Any, **given: Any) -> None:
        self.read = read
        super().__init__(max_length=8000, widget=forms.Textarea(attrs={"rows": 6}), **given)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return [self.read(line) for line in filter(None, map(str.strip, text.splitlines()))]

"""Fields and forms every scheme uses: days of the Republic, identifiers, papers, and the envelope of an act.

A field says what it understood (RocDateField) and what is wrong with an example; what was typed stays in the form.
"""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from accounts.clock import today
from accounts.forms.wording import Spoken
from accounts.models import User
from casework.cases.casetypes import casetype
from casework.cases.changing import seen
from casework.intake import DEFAULT, Limits
from casework.intake.judge import too_big_sentence
from casework.intake.reasons import SENTENCES, not_pdf_sentence
from casework.models import Message
from casework.papers.glyphs import missing_sentence
from kernel import identifiers
from kernel.dates import WEEKDAYS, WORKING_AGE, DateError, parse_day, roc, roc_long, wrong_birthday


class PortalForm(Spoken, forms.Form):
    """A form whose missing fields are named: 「請填寫聯絡人。」"""

    @property
    def groups(self) -> list[tuple[str, list[BoundField]]]:
        """(heading, fields) where the page prints the fields under headings."""
        return []

    @property
    def fields_as_shown(self) -> list[BoundField]:
        """The order of the page, in which the error summary names them too."""
        grouped = [field for _, fields in self.groups for field in fields]
        names = {field.name for field in grouped}
        return [*grouped, *(field for field in self.visible_fields() if field.name not in names)]


#: What a form carries along that nobody types.
ENVELOPE = ("version", "key", "seen")


class ActForm(PortalForm):
    """The envelope of an act: the version the page was drawn from, and a key by which a second press is recognised. `row` is what
    a form edits that is no case: the form carries how it stood.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, label="版本")
    key = forms.UUIDField(widget=forms.HiddenInput, required=False, label="送出識別碼")
    seen = forms.CharField(widget=forms.HiddenInput, required=False, label="開啟時的資料")

    def __init__(
        self, *args: Any, case: Any = None, row: Any = None, initial: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        self.case = case
        given = {"key": uuid.uuid4(), **({"version": case.version} if case is not None else {}), **(initial or {})}
        given["seen"] = seen(row)
        super().__init__(*args, initial=given, **kwargs)  # type: ignore[misc]
        if not given["seen"]:
            del self.fields["seen"]

    @property
    def posted_seen(self) -> str | None:
        """How the row stood when the form was drawn; None where it edits none."""
        return self.cleaned_data.get("seen")

    @property
    def posted_version(self) -> int | None:
        """What the page was drawn from; None for a page that had no case yet."""
        return self.cleaned_data.get("version")

    @property
    def posted_key(self) -> uuid.UUID:
        """The press's key; a page without one (an old bookmark) counts as a press of its own."""
        return self.cleaned_data.get("key") or uuid.uuid4()

    @property
    def answers(self) -> dict[str, Any]:
        """cleaned_data without the envelope: the keyword arguments of the act."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ENVELOPE}


# --- days ----------------------------------------------------------------------------------------------------------


class RocDateBound(BoundField):
    """Shows back the day that was understood, in words."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        if form.is_bound and (day := understood(self.data)):
            read = f"系統讀到的日期：{roc_long(day)}（星期{WEEKDAYS[day.weekday()]}）"
            self.help_text = f"{self.help_text}　{read}" if self.help_text else read


def understood(text: Any) -> date | None:
    """The day in a text, or None."""
    try:
        return parse_day(text) if text else None
    except DateError:
        return None


class RocDateField(forms.CharField):
    """A day typed as 113/12/12, 1131212, 中華民國113年12月12日 or 2024-12-12. Cleans to `datetime.date` or None."""

    def __init__(
        self,
        *,
        earliest: date | None = None,
        latest: date | None = None,
        help_text: str = "例：113/12/12",
        **kwargs: Any,
    ) -> None:
        self.earliest, self.latest = earliest, latest
        super().__init__(max_length=100, help_text=help_text, empty_value=None, **kwargs)
        self.widget.attrs.setdefault("autocomplete", "off")

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        return RocDateBound(form, self, field_name)

    def prepare_value(self, value: Any) -> Any:
        day = value if isinstance(value, date) else understood(value)
        return roc(day) if day else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, date):
            return value
        text = super().to_python(value)
        if text is None:
            return None
        try:
            return parse_day(text)
        except DateError as error:
            raise ValidationError(str(error), code="invalid") from None

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and self.earliest and value < self.earliest:
            raise ValidationError(f"日期不得早於 {roc(self.earliest)}。", code="early")
        if value and self.latest and value > self.latest:
            raise ValidationError(f"日期不得晚於 {roc(self.latest)}。", code="late")

    def run_validators(self, value: Any) -> None:
        """The length of the text was judged by the reader; the validators of a text do not apply to a day."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = initial if isinstance(initial, date) else understood(initial) or initial
        return (understood(data) or data or None) != (before or None)


class BirthdayField(RocDateField):
    """出生日期 of somebody of at least `least` years; `own` as for the fields below."""

    def __init__(
        self, *, least: int = WORKING_AGE, own: bool = False, help_text: str = "例：75/03/21", **kwargs: Any
    ) -> None:
        self.least = least
        super().__init__(help_text=help_text, **kwargs)
        self.widget.attrs["autocomplete"] = "bday" if own else "off"

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and (wrong := wrong_birthday(value, today(), least=self.least)):
            raise ValidationError(f"{wrong}。", code="birthday")


# --- identifiers ---------------------------------------------------------------------------------------------------


class ReadField(forms.CharField):
    """A text with a spelling of its own; `read` returns the canonical form or says what is wrong.

    What is typed may be longer than what is kept: blanks and hyphens are pasted along, and a browser that cuts them off makes
    another number. `own`: about the person who types, whose browser may know it.
    """

    attrs: Mapping[str, str] = {}
    #: What the browser may fill in where the field is about the person at the keyboard.
    own_autocomplete = "off"

    def __init__(self, *, own: bool = False, **kwargs: Any) -> None:
        super().__init__(max_length=300, **kwargs)
        known = {"autocomplete": self.own_autocomplete if own else "off", **self.attrs}
        for name, value in known.items():
            self.widget.attrs.setdefault(name, value)

    def read(self, text: str) -> str:
        raise TypeError(f"{type(self).__name__} does not say how it reads")

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text in self.empty_values:
            return text
        try:
            return self.read(text)
        except identifiers.IdentifierError as error:
            raise ValidationError(str(error), code="invalid") from None


class PersonIdField(ReadField):
    """身分證字號 or 統一證號, entered now. `on_record=True`: of somebody known already, only looked up (ID-2)."""

    attrs = {"autocapitalize": "characters", "spellcheck": "false"}

    def __init__(self, *, on_record: bool = False, **kwargs: Any) -> None:
        self.on_record = on_record
        super().__init__(**kwargs)

    def read(self, text: str) -> str:
        return identifiers.read_person_id(text, entered_on=None if self.on_record else today())


class UnifiedNumberField(ReadField):
    """統一編號."""

    attrs = {"inputmode": "numeric"}

    def read(self, text: str) -> str:
        return identifiers.read_unified_number(text)


class PhoneField(ReadField):
    """A telephone number of Taiwan; `mobile=True` wants 09…"""

    attrs = {"inputmode": "tel"}
    own_autocomplete = "tel"

    def __init__(self, *, mobile: bool = False, **kwargs: Any) -> None:
        self.mobile = mobile
        super().__init__(**kwargs)

    def read(self, text: str) -> str:
        return identifiers.read_phone(text, mobile=self.mobile)


class NameBound(BoundField):
    """Says which characters were put back: a radical pasted from a PDF is not what is kept."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        if form.is_bound and isinstance(self.data, str) and (said := identifiers.replaced_in_name(self.data)):
            self.help_text = f"{self.help_text}　{said}" if self.help_text else said


class NameField(ReadField):
    """A person's name, in any script that the papers can print."""

    own_autocomplete = "name"

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        return NameBound(form, self, field_name)

    def read(self, text: str) -> str:
        name = identifiers.read_name(text)
        if said := missing_sentence(name):
            raise identifiers.IdentifierError(said)
        return name


class PostalCodeField(ReadField):
    """郵遞區號: 3, 5 or 6 digits."""

    attrs = {"inputmode": "numeric"}
    own_autocomplete = "postal-code"

    def read(self, text: str) -> str:
        return identifiers.read_postal_code(text)


# --- papers --------------------------------------------------------------------------------------------------------


class PdfField(forms.FileField):
    """A PDF: what can be told at once (empty, too big, another kind of file). The whole judgement is the service's."""

    widget = forms.FileInput
    default_error_messages = {"empty": SENTENCES["empty"], "max_length": "檔名太長，請縮短後再上傳（最多 200 字）。"}

    def __init__(self, *, limits: Limits = DEFAULT, help_text: str = "", **kwargs: Any) -> None:
        self.limits = limits
        shown = help_text or f"PDF，單檔 {limits.max_bytes // 2**20} MB 以內、{limits.max_pages} 頁以內"
        super().__init__(max_length=200, help_text=shown, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": "application/pdf,.pdf"}

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not data or not file:
            return file
        if file.size > self.limits.max_bytes:
            raise ValidationError(too_big_sentence(file.size, self.limits.max_bytes), code="too_big")
        head = file.read(1024)
        file.seek(0)
        if b"%PDF-" not in head:
            raise ValidationError(not_pdf_sentence(head), code="not_pdf")
        return file


class ReasonForm(PortalForm):
    """An act that wants a reason."""

    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class CorrectionForm(PortalForm):
    """通知補正, item by item: what a correction can ask for comes from the case type. Cleans to items and message."""

    layout = "casework/forms/correction.html"

    message = forms.CharField(
        label="整體說明",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="會連同各項目一併通知申請人，可不填。",
    )

    def __init__(self, *args: Any, case: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets = list(casetype(case.kind).targets(case))
        for number, target in enumerate(self.targets):
            self.fields[f"problem_{number}"] = forms.CharField(
                label=target.label.partition("：")[2] or target.label,
                required=False,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def groups(self) -> list[tuple[str, list[BoundField]]]:
        """The items by the form they belong to (「機構申請表：統一編號」), each form where its first item stands."""
        found: dict[str, list[BoundField]] = {}
        for number, target in enumerate(self.targets):
            heading, divided, _ = target.label.partition("：")
            found.setdefault(heading if divided else "文件及其他", []).append(self[f"problem_{number}"])
        return list(found.items())

    def rest(self) -> list[BoundField]:
        return [field for field in self.visible_fields() if not field.name.startswith("problem_")]

    def clean(self) -> dict[str, Any]:
        typed = [(target, self.cleaned_data.pop(f"problem_{n}", "")) for n, target in enumerate(self.targets)]
        items = [{"target": t.code, "label": t.label, "problem": problem} for t, problem in typed if problem]
        if not items:
            raise ValidationError("請至少填寫一項應補正事項。", code="nothing")
        return {**self.cleaned_data, "items": items}


class DatedCorrectionForm(CorrectionForm):
    """Where the officer sets the day and no rule computes it."""

    due_on = RocDateField(label="補正期限")

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day < today():
            raise ValidationError("補正期限不得早於今天。", code="past")
        return day


class MessageForm(ActForm):
    body = forms.CharField(label="內容", max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))


class OfficeMessageForm(MessageForm):
    """From the office: to the applicant, or for colleagues only."""

    kind = forms.ChoiceField(
        label="對象",
        choices=[(Message.Kind.NOTE, "內部註記（申請人看不到）"), (Message.Kind.TO_APPLICANT, "給申請人（會寄通知）")],
        initial=Message.Kind.NOTE,
    )
    field_order = ("version", "key", "kind", "body")


class AnswerForm(ActForm):
    text = forms.CharField(label="補正說明", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class ReassignForm(ActForm):
    to = forms.ModelChoiceField(User.objects.none(), label="改分給")

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]

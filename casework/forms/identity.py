"""更名、更正字號: what the person asks for, what an officer types from the document."""

from typing import Any

from django import forms

from accounts.models import IdentityChange
from casework.forms import ActForm, NameField, PdfField, PersonIdField, RocDateField

#: 附照片的證件.
DOCUMENTS = ("國民身分證", "居留證", "駕駛執照", "全民健康保險卡")
#: What says that somebody is called or numbered otherwise than before.
OF_CHANGES = ("國民身分證", "戶籍謄本", "居留證", "移民署統一證號更換證明")


def choices(documents: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name, name) for name in documents]


class _ChangeForm(ActForm):
    name = NameField(label="更正後的姓名", required=False, help_text="不更正姓名者免填")
    national_id = PersonIdField(
        label="更正後的身分證字號或統一證號", required=False, help_text="不更正字號者免填；請依證件完整輸入"
    )
    kind = forms.ChoiceField(
        label="原來登錄的字號",
        choices=[("", "不更正字號"), *IdentityChange.Kind.choices],
        required=False,
        help_text="換發新號者，以原字號登錄的紀錄仍找得到本人",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["name"] and not cleaned["national_id"]:
            self.add_error("name", "請填寫更正後的姓名或字號。")
        return cleaned


class AskChangeForm(_ChangeForm):
    """The person, on their own page."""

    reason = forms.CharField(label="理由", max_length=300, help_text="例：115 年 11 月 2 日更名；換發新式統一證號")
    proof = PdfField(label="證明文件", help_text="國民身分證或居留證正反面、戶籍謄本等，掃描成一個 PDF")


class CheckChangeForm(_ChangeForm):
    """An officer, from the document in hand. Where the person asked, it must say the same."""

    document = forms.ChoiceField(label="核對的證件", choices=choices(OF_CHANGES))
    seen_on = RocDateField(label="核對日期")
    reason = forms.CharField(
        label="理由及收文號", max_length=200, help_text="例：109 年更名，本人臨櫃；收文號 1150001234"
    )
    proof = PdfField(label="證明文件掃描檔", required=False)


class AnswerChangeForm(ActForm):
    change = forms.IntegerField(widget=forms.HiddenInput, label="更正")


class RefuseChangeForm(AnswerChangeForm):
    reason = forms.CharField(
        label="不予更正的理由",
        max_length=300,
        help_text="例：證明文件看不清楚，請重新掃描",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

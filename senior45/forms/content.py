"""Forms of the content board."""

from typing import Any

from django import forms

from accounts.clock import today
from casework.forms import ActForm, PortalForm, RocDateField
from kernel.dates import ONE_DAY
from senior45.forms.requests import CaseForm
from senior45.models import Article, ArticleVersion, SiteOffice
from senior45.models.content import CATEGORY_CHOICES
from senior45.params import CATEGORY_LABELS, Category


class ArticleForm(ActForm):
    """The text. Categories of the office's column come first; another one is refused with its clause by the service."""

    office = forms.ModelChoiceField(SiteOffice.objects.none(), label="上稿機關", empty_label=None)
    category = forms.ChoiceField(label="類別")
    title = forms.CharField(label="標題", max_length=120)
    summary = forms.CharField(
        label="摘要",
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="列表與訂閱顯示，200 字以內",
    )
    body = forms.CharField(
        label="內文",
        max_length=50_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text="可用簡單標記：# 標題、**粗體**、- 項目、1. 編號、[文字](網址)、> 引言；空一行分段。",
    )
    starts_on = RocDateField(label="刊登起日", help_text="例：115/11/20")
    until_on = RocDateField(label="刊登迄日", required=False, help_text="當日仍刊登；不填為不限期")

    def __init__(
        self,
        *args: Any,
        offices: Any,
        version: ArticleVersion | None = None,
        article: Article | None = None,
        **kwargs: Any,
    ) -> None:
        initial: dict[str, Any] = {"starts_on": today()}
        if version is not None and article is not None:
            initial = {name: getattr(version, name) for name in ArticleVersion.FIELDS}
            initial["until_on"] = version.ends_before - ONE_DAY if version.ends_before else None
            initial["office"] = article.office_id
        super().__init__(*args, initial={**initial, **(kwargs.pop("initial", None) or {})}, **kwargs)
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]
        self.fields["category"].choices = [("", "請選擇"), *CATEGORY_CHOICES]  # type: ignore[attr-defined]
        if article is not None:
            self.fields["office"].disabled = True

    def offer(self, allowed: list[Category]) -> None:
        """Only what the office may publish is offered; the service judges whatever is posted."""
        if not self.is_bound:
            self.fields["category"].choices = [("", "請選擇"), *((one.value, CATEGORY_LABELS[one]) for one in allowed)]  # type: ignore[attr-defined]

    @property
    def data_for_service(self) -> dict[str, Any]:
        data = {name: self.cleaned_data[name] for name in ("category", "title", "summary", "body", "starts_on")}
        until = self.cleaned_data["until_on"]
        return {**data, "ends_before": until + ONE_DAY if until else None}


class PictureForm(PortalForm):
    picture = forms.FileField(
        label="圖片", help_text="JPEG 或 PNG，15 MB 以內、2,400 萬像素以內；系統會縮小並移除拍攝資訊"
    )
    alt = forms.CharField(label="替代文字", max_length=200, help_text="用一句話說明圖片內容，給看不見圖片的人")


class FileForm(PortalForm):
    file = forms.FileField(label="附件", help_text="PDF 或 ODF（odt、ods、odp），20 MB 以內")
    label = forms.CharField(label="檔案名稱", max_length=120, help_text="例：活動報名表")


class RemarkForm(CaseForm):
    """What the reviewer says to the writer."""

    reason = forms.CharField(label="說明", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

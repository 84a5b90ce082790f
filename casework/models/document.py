from django.db import models

from accounts.fields import EncryptedJSONField
from casework.models.case import Case
from casework.stores import kept_in


@kept_in("documents")
def document_path(instance: "Document", filename: str) -> str:
    return f"documents/{instance.number}.pdf"


class Document(models.Model):
    """An issued paper 文件: frozen context, kept bytes. To print again is not to make again."""

    class State(models.TextChoices):
        ISSUED = "issued", "有效"
        REPLACED = "replaced", "已換發"
        REVOKED = "revoked", "已撤銷"
        #: 稿: a letter without its number; never in force, whatever it says.
        DRAFT = "draft", "稿"

    number = models.CharField("文件編號", max_length=24, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="documents", verbose_name="案件")
    paper = models.CharField("種類", max_length=60)
    subject = models.CharField("對象", max_length=60, blank=True)
    title = models.CharField("名稱", max_length=120)
    template_version = models.CharField(max_length=64)
    #: Everything the paper prints, identifiers among it: sealed.
    context = EncryptedJSONField()
    #: What the public check page shows, without identifiers: [["欄位", "內容"], …].
    public = models.JSONField(default=list)
    #: Part of the QR, so that numbers cannot be walked.
    check_code = models.CharField(max_length=12)
    file = models.FileField(upload_to=document_path, max_length=200)
    sha256 = models.CharField("檔案摘要（SHA-256）", max_length=64)
    pages = models.PositiveIntegerField("頁數", default=0)
    state = models.CharField("狀態", max_length=10, choices=State, default=State.ISSUED)
    state_reason = models.CharField("狀態說明", max_length=200, blank=True)
    state_at = models.DateTimeField(null=True)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaces")
    issued_at = models.DateTimeField("製發時間")
    issued_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="製發人")

    class Meta:
        verbose_name = verbose_name_plural = "文件"
        ordering = ("-issued_at", "-pk")
        indexes = [models.Index(fields=["case", "paper"])]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "paper", "subject"],
                condition=models.Q(state="issued"),
                name="document_in_force_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Wording(models.Model):
    """A dated version of a text the agency words itself (a pledge, a notice of purpose). Acceptances name the version."""

    code = models.CharField("文字代碼", max_length=60)
    title = models.CharField("標題", max_length=120)
    body = models.TextField("內容")
    in_force_from = models.DateField("生效日")
    set_at = models.DateTimeField("設定時間")
    set_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="設定人")

    class Meta:
        verbose_name = verbose_name_plural = "範本文字"
        ordering = ("code", "-in_force_from")
        constraints = [models.UniqueConstraint(fields=["code", "in_force_from"], name="wording_version_once")]

"""What an applicant hands in: papers, answers to corrections, drafts, and the receipt of a press."""

from django.db import models

from casework.models.case import Case
from casework.stores import kept_in


@kept_in("attachments")
def attachment_path(instance: "Attachment", filename: str) -> str:
    """Private storage; the person's file name is kept in the row, never in the path."""
    return f"attachments/{instance.case_id}/{instance.sha256[:2]}/{instance.sha256}.{instance.extension}"


class Attachment(models.Model):
    """An uploaded paper 附件, judged by content. `field` is the checklist code, `subject` the form it belongs to."""

    class State(models.TextChoices):
        SCANNING = "scanning", "檢查中"
        CLEAN = "clean", "檢查通過"
        REFUSED = "refused", "不接受"

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    field = models.CharField("文件", max_length=60)
    subject = models.CharField("所屬表單", max_length=60, blank=True)
    label = models.CharField("文件名稱", max_length=120)
    file = models.FileField(upload_to=attachment_path, max_length=200)
    extension = models.CharField(max_length=5, default="pdf")
    original_name = models.CharField("原檔名", max_length=200)
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField("大小")
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveIntegerField("頁數", default=0)
    state = models.CharField("狀態", max_length=10, choices=State, default=State.SCANNING)
    verdict = models.CharField("檢查結果", max_length=300, blank=True)
    uploaded_at = models.DateTimeField("上傳時間")
    uploaded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="上傳人")
    #: The uploader attests 「與正本相符」; the officer confirms it per document.
    attested_at = models.DateTimeField("聲明與正本相符", null=True)
    confirmed_at = models.DateTimeField("承辦人確認", null=True)
    confirmed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="確認人"
    )
    removed_at = models.DateTimeField("移除時間", null=True)
    #: Number of the letter, address and the like, where the field asks for it.
    details = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ("case", "field", "uploaded_at")
        indexes = [models.Index(fields=["case", "field"])]

    def __str__(self) -> str:
        return f"{self.label}（{self.original_name}）"


class CorrectionRequest(models.Model):
    """The office asks for corrections 補正, item by item."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="correction_requests")
    opened_at = models.DateTimeField("通知時間")
    opened_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="通知人")
    message = models.TextField("說明", blank=True)
    due_on = models.DateField("補正期限", null=True)
    closed_at = models.DateTimeField("補正完成", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "補正通知"
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=models.Q(closed_at=None), name="correction_open_once")
        ]


class CorrectionItem(models.Model):
    """One thing to correct and what was answered to it."""

    request = models.ForeignKey(CorrectionRequest, models.CASCADE, related_name="items")
    #: Where it belongs: "unit.address", "paper.ttqs", "account.3.email" – the applicant's form links to it.
    target = models.CharField("欄位", max_length=120)
    label = models.CharField("項目", max_length=120)
    problem = models.TextField("應補正事項")
    answer = models.TextField("補正說明", blank=True)
    answered_at = models.DateTimeField("補正時間", null=True)
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField("承辦人確認", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "補正項目"
        ordering = ("pk",)


class Draft(models.Model):
    """What somebody typed and has not saved: kept per person and form, so that nothing is lost."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=120)
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="draft_once")]


class Receipt(models.Model):
    """A submit's key and its first answer: a second press gets the same answer, and no second record."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    key = models.UUIDField()
    act = models.CharField(max_length=60)
    #: Digest of what it is done to.
    thing = models.CharField(max_length=64, default="", db_default="")
    answer = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="receipt_once")]

from django.db import models

from accounts.fields import EncryptedTextField
from accounts.folding import folded
from kernel.identifiers import NAME_LENGTH, mask_person_id


class IdentityChange(models.Model):
    """更名、更正字號: another name or number of a person. They or an officer ask, an officer checks it against the document, a second
    one confirms it.

    `former_…` is what stood before, kept for good once it is confirmed. A number the person had (換發新號) goes on to find them; one
    that was never theirs (登錄有誤) is history alone (accounts/identity.py).
    """

    class Kind(models.TextChoices):
        RENEWED = "renewed", "換發新號：原字號也是本人的"
        MISTAKEN = "mistaken", "登錄有誤：原字號不是本人的"

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="identity_changes")
    name = models.CharField("新姓名", max_length=NAME_LENGTH, blank=True)
    national_id = EncryptedTextField("新字號", blank=True)
    kind = models.CharField("原字號", max_length=8, choices=Kind, blank=True)
    reason = models.CharField("理由", max_length=300)
    proof = models.FileField("證明文件", upload_to="identity/%Y/%m", max_length=200, blank=True)
    asked_at = models.DateTimeField("申請時間")
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="申請人員")
    #: Which document the first officer saw, when, and where it is on file.
    document = models.CharField("核對的證件", max_length=300, blank=True)
    checked_at = models.DateTimeField("核對時間", null=True)
    checked_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="核對人員"
    )
    confirmed_at = models.DateTimeField("確認時間", null=True)
    confirmed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="確認人員"
    )
    refused_at = models.DateTimeField("不予更正時間", null=True)
    refused_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="退回人員"
    )
    refused_reason = models.CharField("不予更正的理由", max_length=300, blank=True)
    former_name = models.CharField("原姓名", max_length=NAME_LENGTH, blank=True)
    former_national_id = EncryptedTextField("原字號", blank=True)
    former_id_index = models.CharField(max_length=64, blank=True)
    former_proven_at = models.DateTimeField("原字號確認時間", null=True)
    former_proof = models.CharField("原字號確認方式", max_length=330, blank=True)
    #: Released (釋出) since: the former number finds nobody any more.
    withdrawn_at = models.DateTimeField("釋出時間", null=True)
    withdrawn_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="釋出人員"
    )

    class Meta:
        verbose_name = verbose_name_plural = "姓名及字號更正"
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(confirmed_at=None, refused_at=None),
                name="identity_change_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None) | models.Q(refused_at=None), name="identity_change_answered_once"
            ),
            # of the person, who checks and who confirms no two are one
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None, confirmed_by=None)
                | models.Q(confirmed_at__isnull=False, checked_at__isnull=False)
                & ~models.Q(confirmed_by=models.F("checked_by"))
                & ~models.Q(confirmed_by=models.F("user")),
                name="identity_change_second_person",
            ),
            models.CheckConstraint(
                condition=models.Q(checked_at=None, checked_by=None)
                | models.Q(checked_at__isnull=False, checked_by__isnull=False)
                & ~models.Q(checked_by=models.F("user"))
                & ~models.Q(document=""),
                name="identity_change_checked_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["former_id_index"], name="identity_former_number"),
            models.Index(folded("former_name"), name="identity_former_name"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.said}"

    @property
    def said(self) -> str:
        """What changes, without the number."""
        return "、".join([*(["姓名"] if self.name else []), *(["字號"] if self.national_id else [])])

    @property
    def masked_national_id(self) -> str:
        return mask_person_id(self.national_id) if self.national_id else ""

    @property
    def masked_former_id(self) -> str:
        return mask_person_id(self.former_national_id) if self.former_national_id else ""

    @property
    def stage(self) -> str:
        if self.confirmed_at:
            return "已更正"
        if self.refused_at:
            return "不予更正"
        return "待第二人確認" if self.checked_at else "待核對證件"

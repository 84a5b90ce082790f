from django.db import models


class CardChallenge(models.Model):
    """A nonce given out to be signed by a card: usable once, in the session that asked, for a few minutes.

    It stands in the database so that of two answers with the same nonce one wins whichever process they reach.
    """

    nonce_digest = models.CharField(max_length=64, unique=True)
    session_digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField("發出時間")
    expires_at = models.DateTimeField("有效期限", db_index=True)
    consumed_at = models.DateTimeField("使用時間", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "憑證登入挑戰碼"


class CertificateBinding(models.Model):
    """The card a person signs in with, bound at first use (OA-12). Another card only after an officer released this one."""

    class Kind(models.TextChoices):
        CITIZEN = "citizen", "自然人憑證"
        UNIT = "unit", "單位憑證"

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="certificates", verbose_name="人員")
    kind = models.CharField("種類", max_length=10, choices=Kind)
    issuer = models.CharField("簽發者", max_length=300)
    serial = models.CharField("憑證序號", max_length=40)
    fingerprint = models.CharField("指紋（SHA-256）", max_length=64)
    valid_until = models.DateTimeField("憑證有效期限")
    bound_at = models.DateTimeField("綁定時間")
    released_at = models.DateTimeField("解除時間", null=True, blank=True)
    released_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="解除人員"
    )
    release_reason = models.CharField("解除理由", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "憑證綁定"
        ordering = ("-bound_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(released_at=None), name="certificate_one_per_person"
            ),
            # a unit's card may serve several of its accounts; a citizen's card is one person's
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=models.Q(released_at=None, kind="citizen"),
                name="certificate_of_one_person",
            ),
            models.CheckConstraint(
                condition=models.Q(released_at=None, released_by=None, release_reason="")
                | models.Q(released_at__isnull=False, released_by__isnull=False) & ~models.Q(release_reason=""),
                name="certificate_released_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.serial}"

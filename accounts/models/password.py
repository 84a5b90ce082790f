from django.db import models


class PasswordHistory(models.Model):
    """Former passwords (hashes) of a person; the last three may not be used again."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="password_history")
    encoded = models.CharField(max_length=256)
    set_at = models.DateTimeField()

    class Meta:
        ordering = ("-set_at", "-pk")


class SetPasswordLink(models.Model):
    """A mailed link to set a password (OA-11): usable once, until it expires. Only a digest of the token is kept."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="password_links")
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField("寄出時間")
    created_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField("有效期限")
    used_at = models.DateTimeField("使用時間", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "設定密碼連結"


class PasswordOpening(models.Model):
    """Password sign-in opened for one person for a stated special case (OA-12); matters once certificates are required."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="password_openings")
    reason = models.CharField("理由", max_length=300)
    opened_at = models.DateTimeField("開放時間")
    opened_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="開放人員")
    until = models.DateField("開放至")
    withdrawn_at = models.DateTimeField("收回時間", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "密碼登入開放"

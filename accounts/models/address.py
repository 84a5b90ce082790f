from django.db import models


class AddressChange(models.Model):
    """A change of the sign-in address 電子郵件 that somebody's paper asked for: nothing is written before the person agrees.

    Only a digest of the token is kept; the link goes to the address that stands, never to the one asked for.
    """

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="address_changes")
    address = models.EmailField("新電子郵件", max_length=254)
    #: The paper it comes from, as the person reads it.
    source = models.CharField("來源", max_length=200)
    asked_at = models.DateTimeField("申請時間")
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="申請人員")
    token_digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField("確認期限")
    confirmed_at = models.DateTimeField("確認時間", null=True)
    refused_at = models.DateTimeField("不同意時間", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "電子郵件變更"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None) | models.Q(refused_at=None), name="address_change_answered_once"
            )
        ]

from django.db import models


class AccessLog(models.Model):
    """Who did what with access and personal data, when, from where. Append-only: a trigger refuses UPDATE and DELETE."""

    class Action(models.TextChoices):
        SIGN_IN = "sign_in", "登入"
        SIGN_IN_REFUSED = "sign_in_refused", "登入被拒"
        SIGN_OUT = "sign_out", "登出"
        REFUSED = "refused", "存取被拒"
        REVEAL = "reveal", "檢視完整身分證字號"
        EXPORT = "export", "匯出"
        DOWNLOAD = "download", "下載附件或文件"
        ROLE_GRANTED = "role_granted", "授予角色"
        ROLE_REVOKED = "role_revoked", "收回角色"
        PASSWORD_SET = "password_set", "設定密碼"
        PASSWORD_LINK = "password_link", "寄送設定密碼連結"
        PASSWORD_OPENED = "password_opened", "開放密碼登入"
        CERTIFICATE_BOUND = "certificate_bound", "綁定憑證"
        CERTIFICATE_FREED = "certificate_freed", "解除憑證綁定"
        ID_PROVEN = "id_proven", "確認身分證字號"
        ID_RELEASED = "id_released", "釋出身分證字號"
        IDENTITY_ASKED = "identity_asked", "申請更正姓名、字號"
        IDENTITY_CHECKED = "identity_checked", "核對更正的證件"
        IDENTITY_CHANGED = "identity_changed", "更正姓名、字號"
        IDENTITY_REFUSED = "identity_refused", "不予更正姓名、字號"
        USER_CLOSED = "user_closed", "停用使用者"
        USER_OPENED = "user_opened", "啟用使用者"
        ADDRESS_ASKED = "address_asked", "申請變更電子郵件"
        ADDRESS_CHANGED = "address_changed", "變更電子郵件"
        ADDRESS_REFUSED = "address_refused", "不同意變更電子郵件"
        OVERRIDE = "override", "例外處理"

    at = models.DateTimeField("時間", db_index=True)
    action = models.CharField("動作", max_length=20, choices=Action)
    user = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="access_log", verbose_name="人員")
    #: What was typed when nobody is signed in (an account name), never an identifier or password.
    attempted = models.CharField("嘗試的帳號", max_length=150, blank=True)
    subject = models.CharField("對象", max_length=200, blank=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    address = models.GenericIPAddressField("來源位址", null=True)
    path = models.CharField("網址", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "存取紀錄"
        ordering = ("-at", "-pk")
        indexes = [
            models.Index(fields=["user", "-at"]),
            # whose number was looked at: shown to that person
            models.Index(fields=["subject", "-at"], condition=models.Q(action="reveal"), name="access_reveal_of"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.subject}"

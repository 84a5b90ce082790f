from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from accounts import crypto
from accounts.fields import EncryptedTextField
from casework.kernel.identifiers import mask_person_id


class UserManager(BaseUserManager["User"]):
    def create_user(self, account_name: str, *, password: str | None = None, **fields: Any) -> "User":
        user = self.model(account_name=account_name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, account_name: str, **fields: Any) -> "User":
        return self.create_user(account_name, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(account_name__iexact=username)

    def with_national_id(self, number: str) -> models.QuerySet["User"]:
        """Everybody whose canonical national ID or residence number is `number`."""
        return self.filter(national_id_index=crypto.index(number))


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in by account name or e-mail; what they may do comes from roles held in organisations."""

    account_name = models.CharField("帳號", max_length=150)
    email = models.EmailField("電子郵件", max_length=254)
    name = models.CharField("姓名", max_length=100)
    phone = models.CharField("聯絡電話", max_length=40, blank=True)
    national_id = EncryptedTextField("身分證字號", null=True, blank=True, editable=False)
    national_id_index = models.CharField(max_length=64, null=True, blank=True, editable=False)
    is_active = models.BooleanField("啟用", default=True)
    is_staff = models.BooleanField("機關人員", default=False, help_text="可進入審查後臺")
    must_change_password = models.BooleanField("須先變更密碼", default=False)
    closed_at = models.DateTimeField("停用時間", null=True, blank=True)
    closed_reason = models.CharField("停用原因", max_length=200, blank=True)
    created_at = models.DateTimeField("建立時間", auto_now_add=True)

    history = HistoricalRecords(excluded_fields=["password", "last_login"])
    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "account_name"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "name"]

    class Meta:
        verbose_name = verbose_name_plural = "使用者"
        constraints = [
            models.UniqueConstraint(
                Lower("account_name"), name="user_account_name_once", violation_error_message="這個帳號已有人使用。"
            ),
            models.UniqueConstraint(
                Lower("email"), name="user_email_once", violation_error_message="這個電子郵件已有人使用。"
            ),
            models.UniqueConstraint(
                "national_id_index", name="user_national_id_once", violation_error_message="這個身分證字號已有帳號。"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.account_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Django writes last_login at each sign-in; history does not keep that column and needs no row for it.
        if set(kwargs.get("update_fields") or ()) == {"last_login"}:
            self.skip_history_when_saving = True
            try:
                super().save(*args, **kwargs)
            finally:
                del self.skip_history_when_saving
        else:
            super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def set_national_id(self, number: str | None) -> None:
        """Take a canonical number; keeps the index in step. Call save() afterwards."""
        self.national_id = number or None
        self.national_id_index = crypto.index(number) if number else None

    @property
    def masked_national_id(self) -> str:
        return mask_person_id(self.national_id) if self.national_id else ""

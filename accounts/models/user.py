from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from accounts import crypto
from accounts.fields import EncryptedTextField
from accounts.folding import folded
from kernel.identifiers import NAME_LENGTH, mask_person_id


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


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in by account name or e-mail; what they may do comes from roles held in organisations.

    The national ID is a claim until a card or an officer proves it (身分確認, accounts/identity.py).
    """

    class Proof(models.TextChoices):
        CARD = "card", "自然人憑證"
        OFFICE = "office", "核對證件正本"
        DECISION = "decision", "核定案件時審核"

    account_name = models.CharField("帳號", max_length=150)
    email = models.EmailField("電子郵件", max_length=254)
    name = models.CharField("姓名", max_length=NAME_LENGTH)
    phone = models.CharField("聯絡電話", max_length=40, blank=True)
    national_id = EncryptedTextField("身分證字號", null=True, blank=True, editable=False)
    #: Digest of the number for exact look-up, proven or not: read in accounts/identity.py only.
    claimed_id_index = models.CharField(
        max_length=64, null=True, blank=True, editable=False, db_column="national_id_index"
    )
    national_id_proven_at = models.DateTimeField("身分確認時間", null=True, blank=True, editable=False)
    national_id_proof = models.CharField(
        "身分確認方式", max_length=8, choices=Proof, blank=True, default="", db_default="", editable=False
    )
    national_id_proven_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name="身分確認人員"
    )
    #: Which document an officer saw, when, and where it is on file; the number of the case that was decided.
    national_id_proof_note = models.CharField(
        "身分確認依據", max_length=300, blank=True, default="", db_default="", editable=False
    )
    is_active = models.BooleanField("啟用", default=True)
    is_staff = models.BooleanField("機關人員", default=False, help_text="可進入審查後臺")
    must_change_password = models.BooleanField("須先變更密碼", default=False)
    closed_at = models.DateTimeField("停用時間", null=True, blank=True)
    closed_reason = models.CharField("停用原因", max_length=200, blank=True)
    #: The scheme whose act closed the sign-in, and may open it again; empty where a person decided it.
    closed_by_scheme = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False)
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
            # anybody may claim a number; of one person only it is proven
            models.UniqueConstraint(
                fields=["claimed_id_index"],
                condition=models.Q(national_id_proven_at__isnull=False),
                name="user_national_id_proven_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    national_id_proven_at=None,
                    national_id_proof="",
                    national_id_proven_by=None,
                    national_id_proof_note="",
                )
                | models.Q(national_id_proven_at__isnull=False, claimed_id_index__isnull=False)
                & (
                    models.Q(national_id_proof="card", national_id_proven_by=None)
                    | models.Q(national_id_proof__in=["office", "decision"], national_id_proven_by__isnull=False)
                    & ~models.Q(national_id_proof_note="")
                ),
                name="user_national_id_proof_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["claimed_id_index"], name="user_claimed_id_index"),
            models.Index(folded("name"), name="user_name_folded"),
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
        """Take a canonical number as a claim; another number than before is no longer proven. Call save() afterwards."""
        index = crypto.index(number) if number else None
        if index != self.claimed_id_index:
            self.national_id_proven_at, self.national_id_proven_by = None, None
            self.national_id_proof = self.national_id_proof_note = ""
        self.national_id, self.claimed_id_index = number or None, index

    @property
    def masked_national_id(self) -> str:
        return mask_person_id(self.national_id) if self.national_id else ""

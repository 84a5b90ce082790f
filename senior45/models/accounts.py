"""Accounts of the 45+ site, the rights in them, what happened to them, and the applications they come from."""

from datetime import date
from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords

from kernel.identifiers import NAME_LENGTH
from senior45.models.offices import SiteOffice
from senior45.params import RIGHT_LABELS, ROLE_LABELS, AccountRole, Right

ROLE_CHOICES = [(role.value, ROLE_LABELS[role]) for role in AccountRole]
RIGHT_CHOICES = [(right.value, RIGHT_LABELS[right]) for right in Right]
#: 「設置1人」: at most one holder per office at any moment.
SINGLE = (Right.SYSTEM_ADMIN.value, Right.OPENER.value, Right.REVIEWER.value)


class SiteAccount(models.Model):
    """A person's account for one office 網站帳號. Closing keeps the row; 恢復使用 opens the same one again."""

    class State(models.TextChoices):
        OPEN = "open", "使用中"
        CLOSED = "closed", "已停用"

    class Closing(models.TextChoices):
        REQUEST = "request", "申請停止使用"
        LEAVER = "leaver", "離職逾期未申請停用，依職權停用"
        IDLE = "idle", "長期未登入，系統自動關閉"
        INVENTORY = "inventory", "清查結果停用"

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="site_accounts", verbose_name="使用者")
    office = models.ForeignKey(SiteOffice, models.PROTECT, related_name="accounts", verbose_name="機關")
    role = models.CharField("帳號角色", max_length=20, choices=ROLE_CHOICES)
    role_text = models.CharField("其他角色說明", max_length=60, blank=True)
    title = models.CharField("職稱", max_length=60, blank=True)
    state = models.CharField("狀態", max_length=8, choices=State, default=State.OPEN)
    opened_on = models.DateField("開通日")
    resumed_on = models.DateField("恢復使用日", null=True, blank=True)
    #: The last day on which the person signed in anywhere in the portal.
    last_sign_in_on = models.DateField("最近登入", null=True, blank=True)
    #: The later of the three: where the 180 days are counted from (S45-09).
    idle_from = models.DateField("閒置起算日")
    #: 離職生效日, as the window reported it (S45-05).
    leaves_on = models.DateField("離職生效日", null=True, blank=True)
    leaving_reported_at = models.DateTimeField(null=True, blank=True)
    leaving_reported_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    closed_on = models.DateField("停用日", null=True, blank=True)
    closing = models.CharField("停用方式", max_length=10, choices=Closing, blank=True)
    closed_reason = models.CharField("停用原因", max_length=300, blank=True)
    closed_clause = models.CharField("停用依據", max_length=120, blank=True)
    opened_by_case = models.ForeignKey("casework.Case", models.PROTECT, null=True, blank=True, related_name="+")
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "45+ 網站帳號"
        ordering = ("office", "pk")
        constraints = [
            models.UniqueConstraint(fields=["user", "office"], name="s45_account_once"),
            models.CheckConstraint(
                condition=models.Q(state="open", closed_on=None) | models.Q(state="closed", closed_on__isnull=False),
                name="s45_account_closed_day",
            ),
        ]
        indexes = [
            models.Index(fields=["office", "state"], name="s45_account_office"),
            models.Index(fields=["idle_from"], condition=models.Q(state="open"), name="s45_account_idle"),
        ]

    def __str__(self) -> str:
        return f"{self.user.name}（{self.user.account_name}）"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    def idle_days(self, on: date) -> int:
        return max(0, (on - self.idle_from).days)


class AccountRight(models.Model):
    """A right in an account, from a day until another (half-open). One holder at a time where 附件1 says 限定1人.

    Kept three ways: the service locks the office, a trigger refuses overlapping days, a partial unique index two open rows.
    """

    account = models.ForeignKey(SiteAccount, models.PROTECT, related_name="rights")
    office = models.ForeignKey(SiteOffice, models.PROTECT, related_name="rights")
    right = models.CharField("權限", max_length=15, choices=RIGHT_CHOICES)
    starts_on = models.DateField("起日")
    ends_before = models.DateField("終止日（不含）", null=True, blank=True)
    granted_by_case = models.ForeignKey("casework.Case", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "帳號權限"
        ordering = ("account", "right", "starts_on")
        constraints = [
            models.UniqueConstraint(
                fields=["office", "right"],
                condition=models.Q(ends_before=None, right__in=SINGLE),
                name="s45_single_holder",
            ),
            models.UniqueConstraint(
                fields=["account", "right"], condition=models.Q(ends_before=None), name="s45_right_once"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_before=None) | models.Q(ends_before__gte=models.F("starts_on")),
                name="s45_right_order",
            ),
        ]
        indexes = [models.Index(fields=["office", "right", "starts_on"], name="s45_right_seat")]

    def __str__(self) -> str:
        return f"{self.get_right_display()} {self.account}"

    def in_force(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_before is None or on < self.ends_before)


class AccountEvent(models.Model):
    """What happened to an account: who, when, under which clause. Append-only (trigger)."""

    account = models.ForeignKey(SiteAccount, models.PROTECT, related_name="events")
    at = models.DateTimeField("時間")
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="人員")
    by_name = models.CharField("姓名", max_length=120)
    code = models.CharField(max_length=30)
    label = models.CharField("事項", max_length=200)
    clause = models.CharField("依據", max_length=120, blank=True)
    reason = models.CharField("說明", max_length=500, blank=True)
    case = models.ForeignKey("casework.Case", models.PROTECT, null=True, related_name="+")
    outcome = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "帳號歷程"
        ordering = ("account", "-at", "-pk")
        indexes = [models.Index(fields=["account", "-at"], name="s45_account_event")]


class AccountRequest(models.Model):
    """帳號使用（停用）申請表 (附件1), as far as it is filled in by the applicant's side."""

    class Change(models.TextChoices):
        NEW = "new", "新增"
        RESUME = "resume", "恢復使用"
        STOP = "stop", "停止使用"

    class Duty(models.TextChoices):
        HEAD = "head", "主管"
        OFFICER = "officer", "業務承辦人員"
        SERVICE_STAFF = "service_staff", "就業服務員"
        OTHER = "other", "其他人員"

    FIELDS = (
        "change", "account_name", "role", "role_text", "duty", "business", "rights", "name", "title", "phone", "email",
        "leaves_on", "stop_reason", "hand_over",
    )  # fmt: skip

    case = models.OneToOneField("casework.Case", models.PROTECT, related_name="account_request")
    office = models.ForeignKey(SiteOffice, models.PROTECT, related_name="requests", verbose_name="申請單位")
    account = models.ForeignKey(SiteAccount, models.PROTECT, null=True, blank=True, related_name="requests")
    change = models.CharField("帳號異動類型", max_length=8, choices=Change)
    account_name = models.CharField("帳號名稱", max_length=40)
    role = models.CharField("使用者帳號角色", max_length=20, choices=ROLE_CHOICES)
    role_text = models.CharField("其他角色說明", max_length=60, blank=True)
    duty = models.CharField("職務", max_length=15, choices=Duty)
    #: 業務涉及中高齡者及高齡者（含銀髮）就業、職業訓練、創業或其他相關業務 (第2點).
    business = models.BooleanField("業務涉及中高齡者及高齡者就業", default=False)
    rights = models.JSONField("使用者權限", default=list)
    #: The present holder of a single seat is to be relieved: their right ends as this one begins.
    hand_over = models.BooleanField("接替現任人員", default=False)
    name = models.CharField("姓名", max_length=NAME_LENGTH)
    title = models.CharField("職稱", max_length=60)
    phone = models.CharField("電話", max_length=40)
    email = models.EmailField("電子信箱")
    leaves_on = models.DateField("離職生效日", null=True, blank=True)
    stop_reason = models.CharField("停用原因", max_length=300, blank=True)
    window = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    terms = models.ForeignKey("casework.Wording", models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField("使用者簽名", null=True, blank=True)
    answered_on = models.DateField("回覆日期", null=True, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    result_text = models.CharField("處理結果", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "帳號使用（停用）申請表"

    def __str__(self) -> str:
        return f"{self.get_change_display()}：{self.name}"

    @property
    def right_labels(self) -> str:
        return "、".join(RIGHT_LABELS[Right(code)] for code in self.rights)

    @property
    def role_label(self) -> str:
        label = self.get_role_display()
        return f"{label}（{self.role_text}）" if self.role_text else label

    def content(self) -> dict[str, Any]:
        """What the head signs."""
        return {name: getattr(self, name) for name in self.FIELDS}

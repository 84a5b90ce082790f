"""帳號清查: a campaign per half-year, a line per open account, and every answer given to a line."""

from django.db import models

from senior45.models.accounts import SiteAccount
from senior45.models.offices import SiteOffice
from senior45.states import INVENTORY_LINE

STATE_CHOICES = [(one.code, one.label) for one in INVENTORY_LINE.states]


class Campaign(models.Model):
    """One half-year's inventory 清查. One per half-year whatever opens it, however often (unique)."""

    case = models.OneToOneField("casework.Case", models.PROTECT, related_name="campaign")
    period_starts_on = models.DateField("清查期間起日", unique=True)
    period_ends_before = models.DateField("清查期間終止日（不含）")
    opened_at = models.DateTimeField("開始時間")
    answer_by = models.DateField("回覆期限")
    #: What unanswered lines lead to, as it was when the campaign began.
    unanswered = models.CharField("逾期未回覆", max_length=10)
    escalated_at = models.DateTimeField("陳報時間", null=True, blank=True)
    closed_at = models.DateTimeField("結束時間", null=True, blank=True)
    #: When the accounts had been stopped and the result issued; the job's own moment.
    carried_out_at = models.DateTimeField("辦理完成時間", null=True, blank=True)
    closed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "帳號清查"
        ordering = ("-period_starts_on",)

    def __str__(self) -> str:
        half = "上" if self.period_starts_on.month == 1 else "下"
        return f"{self.period_starts_on.year - 1911}年{half}半年帳號清查"


class InventoryLine(models.Model):
    """One account as the campaign found it, and what became of it."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="lines")
    account = models.ForeignKey(SiteAccount, models.PROTECT, related_name="inventory_lines")
    office = models.ForeignKey(SiteOffice, models.PROTECT, related_name="inventory_lines")
    rights = models.CharField("權限", max_length=120)
    last_sign_in_on = models.DateField("最近登入", null=True)
    idle_days = models.PositiveIntegerField("未登入日數")
    leaves_on = models.DateField("離職生效日", null=True)
    state = models.CharField("狀態", max_length=10, choices=STATE_CHOICES, default=INVENTORY_LINE.initial)
    #: The answer that stands; all of them are in `answers`.
    reason = models.CharField("說明", max_length=300, blank=True)
    answered_at = models.DateTimeField("回覆時間", null=True)
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "清查明細"
        ordering = ("office", "pk")
        constraints = [models.UniqueConstraint(fields=["campaign", "account"], name="s45_line_once")]
        indexes = [models.Index(fields=["campaign", "office", "state"], name="s45_line_office")]

    @property
    def badge(self) -> dict[str, str]:
        state = INVENTORY_LINE.state(self.state)
        return {"label": state.label, "tone": state.tone}


class LineAnswer(models.Model):
    """A fact: this person gave this answer to this line at this moment. Append-only (trigger)."""

    line = models.ForeignKey(InventoryLine, models.PROTECT, related_name="answers")
    act = models.CharField("回覆", max_length=10)
    reason = models.CharField("說明", max_length=300, blank=True)
    at = models.DateTimeField("時間")
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    by_name = models.CharField("姓名", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "清查回覆"
        ordering = ("line", "pk")

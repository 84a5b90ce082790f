"""What stands in the branch's register: units, their accounts, and rights by year and plan."""

from datetime import date

from django.db import models
from simple_history.models import HistoricalRecords

from kernel.identifiers import NAME_LENGTH
from ojt_accounts.params import PLANS


class Registration(models.Model):
    """A unit's record at one branch 單位登錄; the row lock on it orders everything that takes a seat (OA-07, OA-17)."""

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="ojt_registrations")
    branch = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    #: None until the first unit form is approved: a unit that has only filed.
    registered_on = models.DateField("登錄日", null=True, blank=True)
    #: The last approved unit form, field by field: what a renewal is prefilled from and compared with (OA-02).
    form = models.JSONField("最近核定表單", default=dict)
    form_case = models.ForeignKey("casework.Case", models.PROTECT, null=True, blank=True, related_name="+")
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "訓練單位登錄"
        constraints = [models.UniqueConstraint(fields=["organisation", "branch"], name="registration_once")]

    def __str__(self) -> str:
        return f"{self.organisation}＠{self.branch}"


class TrainingAccount(models.Model):
    """An account of a person for a unit at a branch. It holds one of the unit's numbered seats until it is closed."""

    class State(models.TextChoices):
        OPENING = "opening", "開通中"
        OPEN = "open", "使用中"
        CLOSED = "closed", "已註銷"

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="accounts")
    user = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="training_accounts", verbose_name="使用者"
    )
    name = models.CharField("姓名", max_length=NAME_LENGTH)
    account_name = models.CharField("帳號", max_length=15)
    national_id_index = models.CharField(max_length=64)
    #: 1 … cap. Two open accounts of a unit at a branch never hold the same seat: the cap cannot be passed under any load.
    seat = models.PositiveSmallIntegerField("席次")
    state = models.CharField("狀態", max_length=8, choices=State)
    opened_on = models.DateField("啟用日", null=True, blank=True)
    closed_on = models.DateField("註銷日", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "訓練單位帳號"
        ordering = ("registration", "seat")
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "seat"], condition=~models.Q(state="closed"), name="training_account_seat_once"
            ),
            models.UniqueConstraint(
                fields=["registration", "national_id_index"],
                condition=~models.Q(state="closed"),
                name="training_account_person_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.account_name}）"


class PlanRight(models.Model):
    """What an account may work on: one program year and plan (OA-13). Ends with the year or when withdrawn (OA-14)."""

    account = models.ForeignKey(TrainingAccount, models.PROTECT, related_name="plan_rights")
    program_year = models.PositiveSmallIntegerField("計畫年度（民國）")
    plan = models.CharField("計畫", max_length=20, choices=list(PLANS.items()))
    starts_on = models.DateField("起日")
    ends_before = models.DateField("終止日（不含）")
    granted_by_case = models.ForeignKey("casework.Case", models.PROTECT, related_name="+")
    withdrawn_on = models.DateField("收回日", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "計畫權限"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "program_year", "plan"],
                condition=models.Q(withdrawn_on=None),
                name="plan_right_once",
            ),
            models.CheckConstraint(condition=models.Q(ends_before__gt=models.F("starts_on")), name="plan_right_order"),
        ]

    def in_force(self, on: date) -> bool:
        return self.withdrawn_on is None and self.starts_on <= on < self.ends_before

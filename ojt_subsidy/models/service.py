"""陳情."""

from django.db import models

from accounts.fields import EncryptedTextField
from ojt_subsidy.models.course import Course


class Complaint(models.Model):
    """A complaint about a class. A confidential one names nobody outside this row: not its case, its events, its notices.

    No history table: it would keep who changed the row, and with it the name.
    """

    class About(models.TextChoices):
        TEACHER = "teacher", "師資"
        CONTENT = "content", "課程內容"
        PLACE = "place", "場地設備"
        FEE = "fee", "收費"
        OTHER = "other", "其他"

    case = models.OneToOneField("casework.Case", models.PROTECT, related_name="subsidy_complaint")
    person = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="陳情人")
    course = models.ForeignKey(Course, models.PROTECT, null=True, blank=True, related_name="complaints")
    county = models.ForeignKey("accounts.County", models.PROTECT, related_name="+", verbose_name="辦訓縣市")
    about = models.CharField("事項", max_length=10, choices=About)
    body = EncryptedTextField("陳情內容")
    confidential = models.BooleanField("請求保密", default=False)
    answer = EncryptedTextField("答覆", blank=True)
    answered_at = models.DateTimeField("答覆時間", null=True, blank=True)
    outcome = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "陳情"

"""十一: inspections and orders to improve."""

from django.db import models
from simple_history.models import HistoricalRecords


class Inspection(models.Model):
    """查核 by the county, 抽查 by the ministry."""

    accreditation = models.ForeignKey(
        "ohs_training.Accreditation", models.PROTECT, related_name="inspections", verbose_name="訓練機構"
    )
    training_class = models.ForeignKey(
        "ohs_training.TrainingClass",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="inspections",
        verbose_name="班次",
    )
    office = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name="查核機關")
    inspected_on = models.DateField("查核日")
    sample = models.BooleanField("抽查", default=False)
    papers_asked = models.TextField("索取資料", blank=True)
    findings = models.TextField("查核情形")
    breach = models.BooleanField("違反規定", default=False)
    recorded_at = models.DateTimeField("登錄時間")
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="查核人員")

    class Meta:
        verbose_name = verbose_name_plural = "查核紀錄"
        ordering = ("-inspected_on", "-pk")


class Order(models.Model):
    """限期改善: the breach, the term, the written report."""

    case = models.OneToOneField("casework.Case", models.PROTECT, related_name="ohs_order")
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="orders", verbose_name="查核")
    accreditation = models.ForeignKey(
        "ohs_training.Accreditation", models.PROTECT, related_name="orders", verbose_name="訓練機構"
    )
    breach = models.TextField("違反規定事項")
    clause = models.CharField("違反條次", max_length=100)
    letter_number = models.CharField("發文字號", max_length=60, blank=True)
    ordered_on = models.DateField("通知日", null=True, blank=True)
    answer_by = models.DateField("改善期限", null=True, blank=True)
    report = models.TextField("書面改善報告", blank=True)
    attachment = models.ForeignKey("casework.Attachment", models.PROTECT, null=True, blank=True, related_name="+")
    answered_on = models.DateField("報告提出日", null=True, blank=True)
    improved = models.BooleanField("已改善", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "限期改善"

"""The scheme's public side (VRS-17): news, jobs, questions and answers."""

from django.db import models
from simple_history.models import HistoricalRecords

from vrs_credentials.models.register import KIND_CHOICES


class News(models.Model):
    """訊息專區."""

    title = models.CharField("主旨", max_length=200)
    body = models.TextField("說明")
    pinned = models.BooleanField("置頂", default=False)
    published_on = models.DateField("發布日")
    written_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="發布人")
    removed_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "訊息"
        ordering = ("-pinned", "-published_on", "-pk")

    def __str__(self) -> str:
        return self.title


class JobPost(models.Model):
    """求才專區: an institution looks for professionals."""

    institution = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="vrs_jobs", verbose_name="機構單位"
    )
    title = models.CharField("職務名稱", max_length=100)
    kind = models.CharField("所需資格", max_length=20, choices=KIND_CHOICES)
    place = models.CharField("工作地點", max_length=200)
    pay = models.CharField("待遇", max_length=100)
    body = models.TextField("工作內容及條件")
    contact = models.CharField("聯絡方式", max_length=200)
    opens_on = models.DateField("刊登起日")
    closes_on = models.DateField("截止日")
    posted_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="刊登人")
    removed_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "求才訊息"
        ordering = ("-opens_on", "-pk")
        constraints = [
            models.CheckConstraint(condition=models.Q(closes_on__gte=models.F("opens_on")), name="vrs_job_order")
        ]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """留言板: asked by a signed-in member; shown to everybody once answered and found fit to show."""

    subject = models.CharField("主旨", max_length=100)
    body = models.TextField("問題")
    asked_at = models.DateTimeField("提問時間")
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="提問人")
    answer = models.TextField("回復", blank=True)
    answered_at = models.DateTimeField("回復時間", null=True, blank=True)
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="回復人")
    is_public = models.BooleanField("公開", default=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "留言"
        ordering = ("-asked_at", "-pk")

from django.db import models


class CalendarDay(models.Model):
    """Whether offices work on a day, where it is known officially or set by hand (a typhoon day). Other days: the package."""

    class Source(models.TextChoices):
        OFFICIAL = "official", "行政機關辦公日曆表"
        MANUAL = "manual", "人工設定"

    day = models.DateField("日期", primary_key=True)
    works = models.BooleanField("上班")
    name = models.CharField("備註", max_length=100, blank=True)
    source = models.CharField("來源", max_length=10, choices=Source)
    reason = models.CharField("原因", max_length=200, blank=True)
    set_at = models.DateTimeField("設定時間")
    set_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="設定人")

    class Meta:
        verbose_name = verbose_name_plural = "辦公日曆"
        ordering = ("day",)

"""How a person wants to be reached: what is mailed when, and the address their calendar reads."""

from django.db import models


class MailChoice(models.Model):
    """Of one kind of notice (casework.notices.kinds): mailed at once, once a day, or not. No row: as the kind begins."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="mail_choices")
    kind = models.CharField("種類", max_length=20)
    how = models.CharField("方式", max_length=10)
    set_at = models.DateTimeField("設定時間")

    class Meta:
        verbose_name = verbose_name_plural = "通知方式"
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="mail_choice_once")]


class CalendarFeed(models.Model):
    """行事曆訂閱: one secret address per person. Only its digest is kept; a new address ends the old one."""

    user = models.OneToOneField("accounts.User", models.CASCADE, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField("建立時間")
    #: Written at most once an hour: calendars ask often.
    read_at = models.DateTimeField("最近讀取", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "行事曆訂閱"

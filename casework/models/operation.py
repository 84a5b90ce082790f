"""What the operation of the site leaves for whoever watches it: when each job last ran, what contradicts what, which
file store is its own."""

from django.db import models

from casework.models.case import Case


class JobRun(models.Model):
    """The last run of one scheduled job 排程. A row per job, not per run: the log has the runs."""

    name = models.CharField("排程", max_length=120, unique=True)
    began_at = models.DateTimeField("開始時間")
    #: Empty while it runs, and after the worker was killed at it.
    ended_at = models.DateTimeField("完成時間", null=True)
    error = models.CharField("錯誤", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "排程紀錄"
        ordering = ("name",)


class StoreMark(models.Model):
    """The mark 檔案區識別碼 that database and file store share: one row here, one file there. Files are only cleared while both agree."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    mark = models.UUIDField("識別碼")
    made_at = models.DateTimeField("建立時間")

    class Meta:
        verbose_name = verbose_name_plural = "檔案區識別碼"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="store_mark_once")]


class Finding(models.Model):
    """A contradiction the nightly check 一致性檢查 found. The next check replaces them all."""

    found_at = models.DateTimeField("檢查時間")
    sentence = models.CharField("內容", max_length=500)
    #: The case the sentence names, where it names one.
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "一致性檢查結果"
        ordering = ("pk",)

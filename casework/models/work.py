from django.db import models


class SavedFilter(models.Model):
    """A person's own view of a list."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="saved_filters")
    page = models.CharField(max_length=60)
    name = models.CharField("名稱", max_length=40)
    query = models.CharField("條件", max_length=1000)

    class Meta:
        verbose_name = verbose_name_plural = "我的篩選"
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="saved_filter_once")]


class ExportJob(models.Model):
    """A list being written to a sheet in the background; logged, with the reason where identifiers may be in it."""

    class State(models.TextChoices):
        QUEUED = "queued", "排隊中"
        RUNNING = "running", "產製中"
        DONE = "done", "完成"
        FAILED = "failed", "失敗"

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="exports")
    page = models.CharField(max_length=60)
    title = models.CharField("名稱", max_length=120)
    query = models.CharField(max_length=1000, blank=True)
    format = models.CharField("格式", max_length=4)
    state = models.CharField("狀態", max_length=10, choices=State, default=State.QUEUED)
    rows = models.PositiveIntegerField("筆數", default=0)
    file = models.FileField(upload_to="exports/%Y/%m", max_length=200, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField("時間")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "匯出"
        ordering = ("-created_at",)

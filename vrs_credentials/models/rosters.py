"""紀錄匯入作業: one upload of rosters, checked and imported outside the page. The rows say what there is to do and how far it is."""

from django.db import models

from accounts.fields import EncryptedJSONField


class RosterJob(models.Model):
    """The files of one upload. `report`: what the check found, names of people among it."""

    class State(models.TextChoices):
        QUEUED = "queued", "等候檢查"
        CHECKING = "checking", "檢查中"
        READY = "ready", "檢查完成，等候確定上傳"
        CONFIRMED = "confirmed", "等候匯入"
        IMPORTING = "importing", "匯入中"
        DONE = "done", "已匯入"
        REFUSED = "refused", "未匯入"
        DROPPED = "dropped", "已另行上傳"

    #: A worker has something to do.
    WORK = (State.QUEUED, State.CHECKING, State.CONFIRMED, State.IMPORTING)
    OPEN = (*WORK, State.READY)

    case = models.ForeignKey("casework.Case", models.PROTECT, related_name="vrs_roster_jobs", verbose_name="案件")
    state = models.CharField("狀態", max_length=9, choices=State, default=State.QUEUED)
    done = models.PositiveSmallIntegerField("進度（%）", default=0)
    #: How often a worker began: one that dies of a file every time is not sent after it for ever.
    tries = models.PositiveSmallIntegerField(default=0)
    #: The case's version at 確定上傳: what happens to the case in between makes the job void.
    version = models.PositiveIntegerField(null=True)
    added = models.PositiveIntegerField("匯入筆數", default=0)
    problem = models.CharField("未匯入原因", max_length=2000, blank=True)
    report = EncryptedJSONField("檢查結果", null=True)
    #: Every row that was refused, with its reasons, as CSV.
    findings = models.FileField("檢查報告", upload_to="rosters/%Y/%m", max_length=200, blank=True)
    created_at = models.DateTimeField("上傳時間")
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="上傳人")
    confirmed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name="確定上傳人", null=True
    )
    confirmed_at = models.DateTimeField("確定上傳時間", null=True)
    finished_at = models.DateTimeField("完成時間", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "上課紀錄匯入作業"
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(state__in=("queued", "checking", "ready", "confirmed", "importing")),
                name="vrs_roster_job_open_once",
            ),
            models.CheckConstraint(condition=models.Q(done__lte=100), name="vrs_roster_job_done"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}：{self.get_state_display()}"

    @property
    def running(self) -> bool:
        return self.state in self.WORK


class RosterFile(models.Model):
    """One file for one field, in private storage until the job is over."""

    job = models.ForeignKey(RosterJob, models.CASCADE, related_name="files")
    field = models.ForeignKey("vrs_credentials.CourseField", models.PROTECT, related_name="+")
    name = models.CharField("檔名", max_length=200)
    file = models.FileField(upload_to="rosters/%Y/%m", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "上課紀錄檔"
        ordering = ("job", "field__position")
        constraints = [models.UniqueConstraint(fields=["job", "field"], name="vrs_roster_file_once")]

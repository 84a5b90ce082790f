from datetime import date

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords


class Amendment(models.Model):
    """修正案: later values of figures, drafted by one person and put in force by another. Once in force it stands (trigger)."""

    class State(models.TextChoices):
        DRAFT = "draft", "草案"
        ASSESSED = "assessed", "已試算影響"
        IN_FORCE = "in_force", "已排定生效"
        WITHDRAWN = "withdrawn", "已撤回"

    title = models.CharField("名稱", max_length=120)
    citation = models.CharField("修正依據", max_length=300)
    in_force_from = models.DateField("生效日")
    #: Why it reaches back to days before it was put in force; empty where it does not.
    retroactive_reason = models.CharField("溯及既往之理由", max_length=300, blank=True)
    state = models.CharField("狀態", max_length=10, choices=State, default=State.DRAFT)
    drafted_at = models.DateTimeField("起草時間")
    drafted_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="起草人")
    put_in_force_at = models.DateTimeField("核定時間", null=True, blank=True)
    put_in_force_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核定人"
    )
    withdrawn_at = models.DateTimeField("撤回時間", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤回人"
    )
    withdrawn_reason = models.CharField("撤回原因", max_length=300, blank=True)
    #: Grows with every change; a form posts the version it was drawn from, an impact sheet says which one it is of.
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "修正案"
        ordering = ("-drafted_at", "-pk")
        constraints = [
            models.CheckConstraint(
                name="amendment_second_person",
                condition=Q(put_in_force_by=None) | ~Q(put_in_force_by=F("drafted_by")),
            ),
            models.CheckConstraint(
                name="amendment_in_force_by_somebody",
                condition=Q(state="in_force", put_in_force_by__isnull=False, put_in_force_at__isnull=False)
                | (~Q(state="in_force") & Q(put_in_force_by=None, put_in_force_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def word(self, on: date) -> str:
        """The state as a person says it on a day."""
        begun = self.state == self.State.IN_FORCE and self.in_force_from <= on
        return "施行中" if begun else self.get_state_display()

    @property
    def is_open(self) -> bool:
        """Still being worked on."""
        return self.state in (self.State.DRAFT, self.State.ASSESSED)


class AmendedValue(models.Model):
    """One figure's later value. The whole value, also where only a part of it changes."""

    amendment = models.ForeignKey(Amendment, models.CASCADE, related_name="values")
    code = models.CharField("數值代碼", max_length=80)
    value = models.JSONField("數值", null=True)
    citation = models.CharField("依據", max_length=300)
    note = models.CharField("備註", max_length=500, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "修正數值"
        ordering = ("code",)
        constraints = [models.UniqueConstraint(fields=["amendment", "code"], name="amended_value_once")]


class ImpactSheet(models.Model):
    """影響試算: what stands open run under the law now and under a draft; only what differs is kept."""

    class State(models.TextChoices):
        QUEUED = "queued", "排隊中"
        RUNNING = "running", "試算中"
        DONE = "done", "完成"
        FAILED = "failed", "失敗"

    amendment = models.ForeignKey(Amendment, models.CASCADE, related_name="sheets")
    #: The draft's version it is of; a draft changed since needs another sheet.
    version = models.PositiveIntegerField()
    #: How many amendments were in force when it was written; one more since needs another sheet.
    amendments = models.PositiveIntegerField(default=0, db_default=0)
    #: The day both laws are asked for: today, or the day the draft comes in force.
    on = models.DateField("試算日")
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="試算人")
    asked_at = models.DateTimeField("時間")
    state = models.CharField("狀態", max_length=10, choices=State, default=State.QUEUED)
    #: Which run writes: a run that lost its turn finds another number here and stops.
    run = models.PositiveIntegerField(default=0)
    beat_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField("應試算", default=0)
    checked = models.PositiveIntegerField("已試算", default=0)
    changed = models.PositiveIntegerField("受影響", default=0)
    #: Things whose rules could not be asked (rows that contradict one another): said, not hidden.
    unanswered = models.PositiveIntegerField("無法試算", default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "影響試算"
        ordering = ("-asked_at", "-pk")

    @property
    def is_running(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)


class ImpactLine(models.Model):
    """One answer of one open thing that the draft changes."""

    sheet = models.ForeignKey(ImpactSheet, models.CASCADE, related_name="lines")
    source = models.CharField("種類", max_length=60)
    thing = models.CharField("事項", max_length=200)
    link = models.CharField(max_length=200, blank=True)
    office = models.ForeignKey("accounts.Organisation", models.CASCADE, null=True, related_name="+")
    what = models.CharField("項目", max_length=120)
    before = models.TextField("現行")
    after = models.TextField("修正後")
    #: Lines of the rule under the draft (Line.as_json()).
    lines = models.JSONField(default=list)

    class Meta:
        verbose_name = verbose_name_plural = "影響明細"
        ordering = ("sheet", "pk")
        indexes = [models.Index(fields=["sheet", "source", "office"], name="impact_line_source")]

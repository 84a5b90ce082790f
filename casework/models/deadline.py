from django.db import models

from casework.models.case import Case


class Deadline(models.Model):
    """A fact: by this day something must have happened, counted from that day, under this clause.

    Computed when its start event happens; recomputed only by an act that leaves an event. Jobs read `due_on`; they never
    count. Belongs to a case, or to a thing (`thing_kind`, `thing_id`) that outlives cases, such as a certificate.
    """

    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="deadlines")
    thing_kind = models.CharField(max_length=60, blank=True)
    thing_id = models.BigIntegerField(null=True)
    #: Names the handler: what lapses, and whom to remind (see casework.deadlines).
    code = models.CharField(max_length=60)
    rule = models.CharField(max_length=10)
    label = models.CharField("事項", max_length=120)
    citation = models.CharField("依據", max_length=300)
    counted_from = models.DateField("起算日")
    due_on = models.DateField("期限")
    outcome = models.JSONField(default=dict)
    set_at = models.DateTimeField("設定時間")
    met_at = models.DateTimeField("完成時間", null=True)
    #: When the sweep found the day past and unmet, and acted on it.
    lapsed_at = models.DateTimeField("逾期處理時間", null=True)
    withdrawn_at = models.DateTimeField("取消時間", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "期限"
        ordering = ("due_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "code"],
                condition=models.Q(met_at=None, lapsed_at=None, withdrawn_at=None, thing_id=None),
                name="deadline_case_open_once",
            ),
            models.UniqueConstraint(
                fields=["thing_kind", "thing_id", "code"],
                condition=models.Q(met_at=None, lapsed_at=None, withdrawn_at=None) & ~models.Q(thing_id=None),
                name="deadline_thing_open_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                condition=models.Q(met_at=None, lapsed_at=None, withdrawn_at=None),
                name="deadline_open_due",
            ),
            models.Index(fields=["thing_kind", "thing_id"], name="deadline_thing"),
        ]

    @property
    def open(self) -> bool:
        return self.met_at is None and self.lapsed_at is None and self.withdrawn_at is None


class Reminder(models.Model):
    """A day on which to remind somebody of a deadline that is still open. A missed night is late, never lost."""

    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="reminders")
    on = models.DateField("提醒日")
    days_before = models.SmallIntegerField("提前日數")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deadline", "days_before"], name="reminder_once")]
        indexes = [models.Index(fields=["on", "id"], condition=models.Q(done_at=None), name="reminder_open")]

from django.contrib.postgres.fields import ArrayField
from django.db import models

from casework.models.case import Case


class Event(models.Model):
    """What happened to a case: who, what, when, under which clause. Append-only (trigger) and chained by digest."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField("序")
    at = models.DateTimeField("時間")
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="人員")
    #: As it was then: name and role; 「系統」 for a job.
    by_name = models.CharField("姓名", max_length=120)
    code = models.CharField(max_length=60)
    label = models.CharField("事項", max_length=200)
    clause = models.CharField("依據", max_length=300, blank=True)
    reason = models.TextField("說明", blank=True)
    from_state = models.CharField(max_length=40, blank=True)
    to_state = models.CharField(max_length=40, blank=True)
    #: What changed: [{"field": …, "label": …, "before": …, "after": …}] with identifiers masked.
    changes = models.JSONField(default=list)
    #: Outcomes this act rests on (Outcome.as_json()).
    outcomes = models.JSONField(default=list)
    #: Shown to the office only.
    internal = models.BooleanField(default=False)
    #: Done for the office: never by the one the case is about (trigger).
    of_office = models.BooleanField(default=False, db_default=False)
    #: Acts whose doer does not do this one as well on the same case (trigger).
    apart = ArrayField(models.CharField(max_length=60), default=list, db_default=[])
    before = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "歷程"
        ordering = ("case", "seq")
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="event_seq_once")]


class SignOff(models.Model):
    """One signature in a chain 簽核. `form` names what is signed within the case; a returned chain starts a new round.

    Nobody signs twice in a round (constraint); step n needs step n-1 (trigger).
    """

    class Decision(models.TextChoices):
        APPROVE = "approve", "核章"
        RETURN = "return", "退回"

    case = models.ForeignKey(Case, models.PROTECT, related_name="signoffs")
    form = models.CharField("表單", max_length=60)
    round = models.PositiveSmallIntegerField("輪次", default=1)
    step = models.PositiveSmallIntegerField("步驟")
    role = models.CharField("職務", max_length=60)
    person = models.ForeignKey("accounts.User", models.PROTECT, related_name="signoffs", verbose_name="簽核人")
    decision = models.CharField("意見", max_length=10, choices=Decision)
    comment = models.TextField("簽註", blank=True)
    at = models.DateTimeField("時間")
    #: Digest of the form's content as it was signed.
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "簽核"
        ordering = ("case", "form", "round", "step")
        constraints = [
            models.UniqueConstraint(fields=["case", "form", "round", "step"], name="signoff_step_once"),
            models.UniqueConstraint(fields=["case", "form", "round", "person"], name="signoff_person_once"),
        ]

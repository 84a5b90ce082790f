"""Two reviewers and the committee (VRS-03); the same for qualifications, courses and own education."""

from django.db import models

from kernel.dates import roc


class Assignment(models.Model):
    """A reviewer 審查委員 assigned to one case in one round; two a round (services.reviewing)."""

    case = models.ForeignKey("casework.Case", models.PROTECT, related_name="vrs_assignments")
    round = models.PositiveSmallIntegerField("輪次")
    reviewer = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="vrs_assignments", verbose_name="審查委員"
    )
    assigned_at = models.DateTimeField("指派時間")
    assigned_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="指派人")

    class Meta:
        verbose_name = verbose_name_plural = "審查委員指派"
        ordering = ("case", "round", "pk")
        constraints = [
            models.UniqueConstraint(fields=["case", "round", "reviewer"], name="vrs_assignment_once"),
        ]


class Opinion(models.Model):
    """審查意見: written once, append-only (trigger); nobody else reads it before both are in."""

    class Verdict(models.TextChoices):
        PASS = "pass", "審查通過"
        DOUBT = "doubt", "疑義"
        SUPPLEMENT = "supplement", "請補充資料"

    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="opinion")
    verdict = models.CharField("意見", max_length=12, choices=Verdict)
    comment = models.TextField("審查說明", blank=True)
    at = models.DateTimeField("時間")

    class Meta:
        verbose_name = verbose_name_plural = "審查意見"


class CommitteeSession(models.Model):
    """複審會議: a day, a chair, the cases on its agenda, minutes."""

    office = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name="承辦單位")
    held_on = models.DateField("會議日期")
    place = models.CharField("地點", max_length=200)
    chair = models.CharField("主席", max_length=100)
    members = models.CharField("出席委員", max_length=500, blank=True)
    minutes = models.TextField("會議紀錄", blank=True)
    closed_at = models.DateTimeField("紀錄定稿", null=True, blank=True)
    created_at = models.DateTimeField("建立時間")
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="建立人")

    class Meta:
        verbose_name = verbose_name_plural = "複審會議"
        ordering = ("-held_on", "-pk")

    def __str__(self) -> str:
        return f"{roc(self.held_on)} 複審會議"


class SessionCase(models.Model):
    """A case on an agenda and what was decided."""

    class Decision(models.TextChoices):
        PASS = "pass", "通過"
        REJECT = "reject", "不通過"

    session = models.ForeignKey(CommitteeSession, models.PROTECT, related_name="items")
    case = models.ForeignKey("casework.Case", models.PROTECT, related_name="vrs_session_items")
    position = models.PositiveSmallIntegerField("案次")
    decision = models.CharField("決議", max_length=8, choices=Decision, blank=True)
    reasoning = models.TextField("決議說明", blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "複審會議議案"
        ordering = ("session", "position")
        constraints = [
            models.UniqueConstraint(fields=["session", "case"], name="vrs_session_case_once"),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(decision=""), name="vrs_session_case_open_once"
            ),
        ]

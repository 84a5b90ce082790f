from typing import Any

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from accounts.folding import folded
from kernel.acts import Turn
from kernel.identifiers import NAME_LENGTH

TURNS = [(Turn.APPLICANT.value, "申請端"), (Turn.OFFICE.value, "機關"), (Turn.NOBODY.value, "已結束")]


class NumberSeries(models.Model):
    """The last number given in a series and ROC year; the row lock is the queue. Numbers may have gaps, never twins."""

    series = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="number_series_once")]


class Case(models.Model):
    """One application of any kind 案件. A regulation's row has a case; it never inherits from it.

    `state`, `turn`, `version`, `events` and `digest` change only in casework.cases.moving.
    """

    number = models.CharField("案號", max_length=20, unique=True)
    kind = models.CharField("案件種類", max_length=60)
    state = models.CharField("狀態", max_length=40)
    turn = models.CharField("目前在誰手上", max_length=10, choices=TURNS)
    title = models.CharField("案由", max_length=200)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="申請單位"
    )
    person = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="申請人"
    )
    office = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="handled_cases", verbose_name="承辦機關"
    )
    assignee = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="assigned_cases", verbose_name="承辦人"
    )
    #: The office-side right whose holder acts next (a signature, a setting); empty: whoever has it on the desk.
    awaiting = models.CharField("輪到", max_length=60, blank=True, default="", db_default="")
    created_at = models.DateTimeField("建立時間")
    created_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="建立人")
    filed_at = models.DateTimeField("送件時間", null=True, blank=True)
    received_on = models.DateField("收件日", null=True, blank=True)
    decided_on = models.DateField("核定日", null=True, blank=True)
    #: The earliest unmet deadline's day, kept by casework.deadlines.keeping for the work list.
    due_on = models.DateField("期限", null=True, blank=True)
    #: Grows with every act; a form posts the version it was drawn from.
    version = models.PositiveIntegerField(default=1)
    #: Witness of the event chain: how many events, and the digest of the last.
    events_count = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField("最後異動")

    class Meta:
        verbose_name = verbose_name_plural = "案件"
        ordering = ("-changed_at",)
        indexes = [
            # The work list reads one office's cases, newest change first, or by deadline, or by person.
            models.Index(fields=["office", "turn", "-changed_at", "-id"], name="case_office_list"),
            models.Index(fields=["office", "turn", "due_on"], name="case_office_due"),
            models.Index(
                fields=["office", "-changed_at", "-id"],
                condition=models.Q(assignee=None, turn="office"),
                name="case_office_unassigned",
            ),
            models.Index(
                fields=["office", "awaiting", "-changed_at"],
                condition=~models.Q(awaiting=""),
                name="case_office_awaiting",
            ),
            models.Index(fields=["assignee", "turn", "-changed_at"], name="case_assignee_list"),
            models.Index(fields=["organisation", "-changed_at"], name="case_unit_list"),
            models.Index(fields=["person", "-changed_at"], name="case_person_list"),
            models.Index(fields=["kind", "state"], name="case_kind_state"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and self.__dict__.get("state") != getattr(self, "_entered", self.state):
            raise AssertionError(f"{self.number}: a state is entered by an act, not written")
        super().save(*args, **kwargs)
        self._entered = self.__dict__.get("state")

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> "Case":
        case = super().from_db(*args, **kwargs)
        case._entered = case.__dict__.get("state")
        return case

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self._entered = self.__dict__.get("state")

    def enter(self, state: str, *, turn: str, awaiting: str) -> None:
        """Into a state: an act's doing, and nothing else's (casework.cases.moving.go)."""
        self.state = self._entered = state
        self.turn, self.awaiting = turn, awaiting

    def grants_to(self, user: Any, codename: str) -> bool:
        """A right on this case alone: a reviewer assigned to it, a colleague asked for help."""
        rows = {"permission__codename": codename, "content_object": self}
        return (
            CaseUserObjectPermission.objects.filter(user=user, **rows).exists()
            or CaseGroupObjectPermission.objects.filter(group__user=user, **rows).exists()
        )


class CaseUserObjectPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(Case, models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class CaseGroupObjectPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Case, models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False


class CasePerson(models.Model):
    """A person's identifier that stands in a case, as keyed digest: exact search by ID without storing it again."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="people")
    id_index = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=NAME_LENGTH)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "id_index"], name="case_person_once")]
        indexes = [models.Index(folded("name"), name="case_person_name_folded")]

"""Who learns: the trainee's data, the filing with its number, each step it took, hours missed, the survey."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from simple_history.models import HistoricalRecords

from accounts import crypto
from accounts.fields import EncryptedTextField
from kernel.identifiers import NAME_LENGTH
from ojt_subsidy.models.course import Course, CourseSession
from ojt_subsidy.states import ENROLMENT, HOLDS_SEAT, LIVE

STATES = [(state.code, state.label) for state in ENROLMENT.states]


def account_index(code: str, account: str) -> str:
    """The same for the same account, whichever branch of the bank was named."""
    return crypto.index(f"{code[:3]}:{account}") if account else ""


class Trainee(models.Model):
    """個人報名資料. Name and national ID stand with the User; the bank account is encrypted and shown masked."""

    user = models.OneToOneField("accounts.User", models.PROTECT, primary_key=True, related_name="trainee")
    born_on = models.DateField("出生日期")
    postal_code = models.CharField("郵遞區號", max_length=7, blank=True)
    address = models.CharField("通訊地址", max_length=200, blank=True)
    mobile = models.CharField("行動電話", max_length=40, blank=True)
    employer = models.CharField("服務單位", max_length=120)
    employer_number = models.CharField("服務單位統一編號", max_length=8, blank=True)
    bank_code = models.CharField("金融機構代碼", max_length=7, blank=True)
    bank_account = EncryptedTextField("帳號", blank=True)
    bank_holder = models.CharField("戶名", max_length=100, blank=True)
    bank_changed_at = models.DateTimeField("帳戶更新時間", null=True, blank=True)
    #: Why the holder is not the person, in their words; an officer decides.
    bank_note = models.CharField("戶名與姓名不同的理由", max_length=200, blank=True, default="", db_default="")
    #: Finds who else gave this account; nobody reads the account by it.
    bank_index = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    #: An officer's word for this account, the latest; another account needs another.
    bank_confirmed_at = models.DateTimeField("帳戶確認時間", null=True, blank=True)
    bank_confirmed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    bank_confirmed_reason = models.CharField("確認理由", max_length=200, blank=True, default="", db_default="")
    #: What the words were for, one digest a reason (`selectors.accounts.doubts`): another holder, or these people sharing it.
    bank_confirmed_words = models.JSONField(default=list, db_default=[], blank=True, editable=False)
    saved_at = models.DateTimeField("更新時間")
    history = HistoricalRecords(excluded_fields=["bank_account", "bank_index"])

    class Meta:
        verbose_name = verbose_name_plural = "學員資料"

    def __str__(self) -> str:
        return str(self.user)

    #: Digests that are made of the row's own columns: config.rotation makes them anew under another key.
    own_digests: ClassVar[dict[str, Callable[[Any], str]]] = {
        "bank_index": lambda one: account_index(one.bank_code, one.bank_account)
    }

    def save(self, *args: Any, **kwargs: Any) -> None:
        for name, made in self.own_digests.items():
            setattr(self, name, made(self))
        super().save(*args, **kwargs)

    @property
    def masked_account(self) -> str:
        number = self.bank_account
        return f"{'*' * (len(number) - 4)}{number[-4:]}" if len(number) > 4 else "*" * len(number)


class Enrolment(models.Model):
    """報名. Number, course, person and the two moments never change (trigger); `seat` is held while the state holds one."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="enrolments")
    person = models.ForeignKey("accounts.User", models.PROTECT, related_name="enrolments", verbose_name="學員")
    number = models.PositiveIntegerField("報名序號")
    #: The database's own clock when the filing asked for the course's lock: order of arrival.
    arrived_at = models.DateTimeField("到達資料庫時間")
    filed_at = models.DateTimeField("收件時間")
    state = models.CharField("狀態", max_length=12, choices=STATES)
    seat = models.PositiveSmallIntegerField("名額", null=True, blank=True)
    #: Name and employer as they were at filing.
    name = models.CharField("姓名", max_length=NAME_LENGTH)
    employer = models.CharField("服務單位", max_length=120)
    employer_number = models.CharField("服務單位統一編號", max_length=8, blank=True)
    #: 非補助: recruited beside the subsidised seats (SUB-21).
    self_paid = models.BooleanField("非補助學員", default=False)
    respond_by = models.DateField("繳費及繳交資料期限", null=True, blank=True)
    accepted_at = models.DateTimeField("學員確認參訓", null=True, blank=True)
    fee_paid_on = models.DateField("繳費日", null=True, blank=True)
    papers_on = models.DateField("繳齊資料日", null=True, blank=True)
    admitted_at = models.DateTimeField("錄訓時間", null=True, blank=True)
    #: 遞補: hours held before this person joined count as missed (SUB-11).
    missed_before = models.DecimalField("遞補前未上課時數", max_digits=6, decimal_places=1, default=0)
    certificate = models.CharField("結訓證書字號", max_length=40, blank=True)
    changed_at = models.DateTimeField("最後異動")
    #: None while the receipt's notice is still to be written; the rows without it are the to-do list.
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "報名"
        ordering = ("course", "number")
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="enrolment_number_once"),
            models.UniqueConstraint(
                fields=["course", "seat"], name="enrolment_seat_once", condition=models.Q(seat__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["course", "person"], name="enrolment_person_once", condition=models.Q(state__in=LIVE)
            ),
            models.CheckConstraint(
                condition=models.Q(self_paid=True, seat=None)
                | models.Q(self_paid=False, seat=None) & ~models.Q(state__in=HOLDS_SEAT)
                | models.Q(self_paid=False, seat__isnull=False, state__in=HOLDS_SEAT),
                name="enrolment_seat_by_state",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-filed_at"], name="enrolment_of_person"),
            models.Index(fields=["id"], name="enrolment_to_tell", condition=models.Q(told_at=None)),
            models.Index(
                fields=["respond_by"], name="enrolment_term", condition=models.Q(state="asked", accepted_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course} 第 {self.number} 號"

    @property
    def receipt(self) -> str:
        """報名序號 as printed: course code and number."""
        return f"{self.course.code}-{self.number:04d}"

    def takes_part_in(self, session: CourseSession) -> bool:
        """Not in what began before this person joined: those hours stand in `missed_before`, once."""
        joined_at = self.accepted_at or self.admitted_at
        return joined_at is None or session.starts_at >= joined_at


class EnrolmentStep(models.Model):
    """What happened to a filing, append-only (trigger)."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="steps")
    at = models.DateTimeField("時間")
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="人員")
    code = models.CharField(max_length=20)
    label = models.CharField("事項", max_length=100)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    reason = models.CharField("理由", max_length=500, blank=True)
    outcomes = models.JSONField(default=list)

    class Meta:
        verbose_name = verbose_name_plural = "報名歷程"
        ordering = ("at", "pk")

    @property
    def when(self) -> datetime:
        return self.at


class Absence(models.Model):
    """點名: hours missed of one session; a row with 0 says the person was there. No row: not yet recorded."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="absences")
    session = models.ForeignKey(CourseSession, models.CASCADE, related_name="absences")
    hours = models.DecimalField("缺課時數", max_digits=4, decimal_places=1)
    recorded_at = models.DateTimeField("登錄時間")
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="登錄人")
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "出缺席"
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "session"], name="absence_once"),
            models.CheckConstraint(condition=models.Q(hours__gte=0), name="absence_not_negative"),
        ]


class Survey(models.Model):
    """參訓學員意見調查表, filled in once."""

    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="survey")
    answers = models.JSONField("評分")
    comment = models.TextField("建議", max_length=1000, blank=True)
    filed_at = models.DateTimeField("填寫時間")

    class Meta:
        verbose_name = verbose_name_plural = "意見調查表"

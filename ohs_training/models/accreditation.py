"""四、五、十四: the application for accreditation, the accreditation in the register, and its loss."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from simple_history.models import HistoricalRecords

from kernel.dates import ONE_DAY
from kernel.identifiers import NAME_LENGTH

APPLICANT_KINDS = [
    ("medical_body", "全國性醫學專業團體"),
    ("nursing_body", "全國性護理專業團體"),
    ("teaching_hospital", "教學醫院評鑑合格之醫療機構"),
    ("university", "設有醫、護科系所之大專院校"),
]
KINDS = [("professional", "專業訓練"), ("in_service", "在職教育訓練")]


class Application(models.Model):
    """An application for accreditation 申請認可; its plan stands in PlanSection, its papers are the case's attachments."""

    case = models.OneToOneField("casework.Case", models.PROTECT, related_name="ohs_application")
    kind = models.CharField("申請資格", max_length=20, choices=APPLICANT_KINDS)
    trainings = ArrayField(models.CharField(max_length=20), verbose_name="訓練類別", default=list, blank=True)
    #: 附表一備註一: hours planned per category of 規則第五條之一.
    law_hours = models.DecimalField("職業安全衛生相關法規時數", max_digits=5, decimal_places=1, default=0)
    risk_hours = models.DecimalField("職場健康風險評估時數", max_digits=5, decimal_places=1, default=0)
    practice_hours = models.DecimalField("職場健康管理實務時數", max_digits=5, decimal_places=1, default=0)
    course_given_on = models.DateField("最近一次開授相關課程日期", null=True, blank=True)
    #: Where the institution is: the public list and its map go by it.
    county = models.ForeignKey(
        "accounts.County", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在縣市"
    )
    head = models.CharField("負責人姓名", max_length=NAME_LENGTH, blank=True)
    contact = models.CharField("聯絡人", max_length=NAME_LENGTH, blank=True)
    contact_phone = models.CharField("聯絡電話", max_length=40, blank=True)
    contact_email = models.EmailField("電子郵件", blank=True)
    #: The accreditation to go on from (五第2項), and whether this came later than ninety days before its end.
    renews = models.ForeignKey(
        "ohs_training.Accreditation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="renewals",
        verbose_name="原認可",
    )
    late = models.BooleanField("逾期重新申請", default=False)
    # the decision
    starts_on = models.DateField("認可起日", null=True, blank=True)
    ends_on = models.DateField("認可迄日", null=True, blank=True)
    letter_number = models.CharField("認可函文號", max_length=60, blank=True)
    #: 附表一特別規定: the papers stand in the system, said by the institution.
    entered_on = models.DateField("登錄完成日", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "認可申請"

    @property
    def category_hours(self) -> dict[str, object]:
        return {"law": self.law_hours, "risk": self.risk_hours, "practice": self.practice_hours}


class PlanSection(models.Model):
    """One of the seven parts of the plan 申請企劃書."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="sections")
    code = models.CharField("項目", max_length=20)
    body = models.TextField("內容", blank=True)
    saved_at = models.DateTimeField("填寫時間")
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "企劃書內容"
        constraints = [models.UniqueConstraint(fields=["application", "code"], name="ohs_plan_section_once")]


class Accreditation(models.Model):
    """An accredited institution 認可訓練機構 in the register; half-open days."""

    class State(models.TextChoices):
        IN_FORCE = "in_force", "認可中"
        EXPIRED = "expired", "認可期間屆滿"
        REVOKED = "revoked", "認可經撤銷"
        ABOLISHED = "abolished", "認可經廢止"

    case = models.OneToOneField("casework.Case", models.PROTECT, related_name="ohs_accreditation")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="ohs_accreditations")
    kind = models.CharField("機構資格", max_length=20, choices=APPLICANT_KINDS)
    trainings = ArrayField(models.CharField(max_length=20), verbose_name="訓練類別")
    county = models.ForeignKey(
        "accounts.County", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="縣市"
    )
    letter_number = models.CharField("認可函文號", max_length=60)
    starts_on = models.DateField("認可起日")
    ends_before = models.DateField("認可終止日（不含）")
    state = models.CharField("狀態", max_length=10, choices=State, default=State.IN_FORCE)
    announced_on = models.DateField("公告日", null=True, blank=True)
    state_on = models.DateField("狀態日期", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "認可訓練機構"
        ordering = ("organisation", "-starts_on")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_before__gt=models.F("starts_on")), name="ohs_accreditation_order"
            )
        ]

    def __str__(self) -> str:
        return str(self.organisation)

    @property
    def ends_on(self) -> date:
        return self.ends_before - ONE_DAY

    def holds(self, on: date) -> bool:
        return self.state == self.State.IN_FORCE and self.starts_on <= on < self.ends_before


class Revocation(models.Model):
    """撤銷或廢止: grounds by code, the hearing, and the two years' bar (十四)."""

    accreditation = models.OneToOneField(Accreditation, models.PROTECT, related_name="revocation")
    decision = models.CharField("處分", max_length=10, choices=[("revoked", "撤銷"), ("withdrawn", "廢止")])
    grounds = ArrayField(models.CharField(max_length=30), verbose_name="事由")
    happened_on = models.DateField("違規行為日")
    decided_on = models.DateField("處分日")
    letter_number = models.CharField("處分函文號", max_length=60)
    heard_on = models.DateField("陳述意見日")
    hearing = models.TextField("陳述意見紀要")
    reason = models.TextField("理由")
    #: What becomes of each class that was filed or under way: [{"number": …, "effect": …}].
    effects = models.JSONField("對進行中班次之影響", default=list)
    barred_before = models.DateField("不得申請之終止日（不含）")

    class Meta:
        verbose_name = verbose_name_plural = "撤銷或廢止認可"

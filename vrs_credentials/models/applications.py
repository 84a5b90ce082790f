"""The applications of a professional: each has a case that carries number, state and events."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from simple_history.models import HistoricalRecords

from vrs_credentials.models.register import GROUP_CHOICES, KIND_CHOICES
from vrs_credentials.params.figures import DISABILITIES, EXTENSION_REASONS, OWN_WAYS


def _case(name: str) -> models.OneToOneField:
    return models.OneToOneField("casework.Case", models.PROTECT, related_name=name, verbose_name="案件")


class Qualification(models.Model):
    """專業人員新資格申請 (VRS-01). Kind, clause and answers decide which papers are asked for."""

    case = _case("vrs_qualification")
    kind = models.CharField("資格類別", max_length=20, choices=KIND_CHOICES)
    speciality = models.CharField("督導業務", max_length=20, choices=KIND_CHOICES, blank=True)
    clause = models.CharField("遴用條款", max_length=20)
    chosen = models.CharField("擇一文件", max_length=30, blank=True)
    degree_name_matches = models.BooleanField("科系名稱完全符合", null=True, blank=True)
    has_service_record = models.BooleanField("有系統服務紀錄", null=True, blank=True)
    trained_before = models.BooleanField("進用前已完成訓練", null=True, blank=True)
    hired_on = models.DateField("初次進用日", null=True, blank=True)
    #: What the wizard was told, for the page to show why the clause was proposed.
    background = models.JSONField("學經歷填答", default=dict)
    #: 第14條: declared when filing.
    no_bar_declared_at = models.DateTimeField("消極資格聲明", null=True, blank=True)
    letter_number = models.CharField("核定發文字號", max_length=60, blank=True)
    letter_on = models.DateField("核定發文日期", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "資格審查申請"


class HoursApplication(models.Model):
    """專業訓練時數認定及抵免 (VRS-04): courses before or after being taken on."""

    class Purpose(models.TextChoices):
        BEFORE = "before", "遴用前"
        AFTER = "after", "進用後"

    case = _case("vrs_hours")
    purpose = models.CharField("訓練性質", max_length=6, choices=Purpose)
    kind = models.CharField("資格名稱", max_length=20, choices=KIND_CHOICES)
    clause = models.CharField("遴用條款", max_length=20)
    certificate = models.ForeignKey(
        "vrs_credentials.Certificate", models.PROTECT, null=True, blank=True, related_name="hours_applications"
    )
    letter_number = models.CharField("核定發文字號", max_length=60, blank=True)
    letter_on = models.DateField("核定發文日期", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "專業訓練時數申請"


class ClassRecord(models.Model):
    """上課紀錄: one course of an application for hours. Its papers are attachments with subject `record.<position>`."""

    application = models.ForeignKey(HoursApplication, models.PROTECT, related_name="records")
    position = models.PositiveSmallIntegerField("序")
    course = models.CharField("課程名稱", max_length=200)
    hours = models.DecimalField("課程時數", max_digits=5, decimal_places=1)
    trainer = models.CharField("訓練機關", max_length=200, blank=True)
    class_name = models.CharField("訓練班名", max_length=200, blank=True)
    starts_on = models.DateField("課程期間（起）", null=True, blank=True)
    ends_on = models.DateField("課程期間（迄）")
    disabilities = ArrayField(
        models.CharField(max_length=15, choices=list(DISABILITIES.items())), verbose_name="資格服務項目", default=list
    )
    matches = models.CharField("資格課程對應", max_length=200, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "上課紀錄"
        ordering = ("application", "position")
        constraints = [
            models.UniqueConstraint(fields=["application", "position"], name="vrs_class_record_once"),
            models.CheckConstraint(condition=models.Q(hours__gt=0), name="vrs_class_record_hours"),
        ]

    @property
    def code(self) -> str:
        return f"record.{self.position}"


class OwnEducation(models.Model):
    """繼續教育時數認定－個人申請 (VRS-09), in ten kinds 實施方式."""

    case = _case("vrs_education")
    way = models.CharField("實施方式", max_length=25, choices=list(OWN_WAYS.items()))
    organiser = models.CharField("辦理單位", max_length=200)
    title = models.CharField("課程名稱", max_length=200)
    capacity = models.CharField("身份", max_length=40, blank=True)
    group = models.CharField("課程類別", max_length=12, choices=GROUP_CHOICES)
    competence = models.CharField("核心能力", max_length=100, blank=True)
    area = models.CharField("課程領域", max_length=100, blank=True)
    starts_on = models.DateField("上課日期（起）")
    ended_on = models.DateField("上課日期（迄）")
    asked_hours = models.DecimalField("申請時數", max_digits=5, decimal_places=1)
    approved_hours = models.DecimalField("核定時數", max_digits=5, decimal_places=1, null=True, blank=True)
    island = models.BooleanField("離島地區", default=False)
    international = models.BooleanField("國際性質", default=False)
    lecturer = models.BooleanField("授課者", default=False)
    #: Kinds of certificate the hours are for.
    kinds = ArrayField(models.CharField(max_length=20), verbose_name="資格名稱", default=list)
    letter_number = models.CharField("核定發文字號", max_length=60, blank=True)
    letter_on = models.DateField("核定發文日期", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "繼續教育個人申請"
        constraints = [
            models.CheckConstraint(condition=models.Q(ended_on__gte=models.F("starts_on")), name="vrs_education_order"),
            models.CheckConstraint(condition=models.Q(asked_hours__gt=Decimal(0)), name="vrs_education_hours"),
        ]


class Renewal(models.Model):
    """資格認證證明更新（換證） (VRS-10 to VRS-12). One open application per certificate (services.renewing)."""

    case = _case("vrs_renewal")
    certificate = models.ForeignKey(
        "vrs_credentials.Certificate", models.PROTECT, related_name="renewals", verbose_name="原證明"
    )
    applied_on = models.DateField("申請日", null=True, blank=True)
    closed_at = models.DateTimeField("結案時間", null=True, blank=True)
    letter_number = models.CharField("核定發文字號", max_length=60, blank=True)
    letter_on = models.DateField("核定發文日期", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "資格更新申請"
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"], condition=models.Q(closed_at=None), name="vrs_renewal_open_once"
            )
        ]


class ExtensionApplication(models.Model):
    """資格展延申請 (VRS-13): both days of the time away inclusive, as the form asks."""

    case = _case("vrs_extension_application")
    certificate = models.ForeignKey(
        "vrs_credentials.Certificate", models.PROTECT, related_name="extension_applications", verbose_name="資格證明"
    )
    reason = models.CharField("事由", max_length=20, choices=list(EXTENSION_REASONS.items()))
    away_from = models.DateField("留職停薪起日")
    away_until = models.DateField("留職停薪迄日")
    applied_on = models.DateField("申請日", null=True, blank=True)
    closed_at = models.DateTimeField("結案時間", null=True, blank=True)
    letter_number = models.CharField("核定發文字號", max_length=60, blank=True)
    letter_on = models.DateField("核定發文日期", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "資格展延申請"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(away_until__gte=models.F("away_from")), name="vrs_extension_application_order"
            ),
            models.UniqueConstraint(
                fields=["certificate"], condition=models.Q(closed_at=None), name="vrs_extension_open_once"
            ),
        ]

"""繼續教育課程 of institutions, their lecturers and attendance (VRS-05 to VRS-08)."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from simple_history.models import HistoricalRecords

from accounts.fields import EncryptedTextField
from kernel.identifiers import NAME_LENGTH, mask_person_id
from vrs_credentials.models.register import GROUP_CHOICES


class Lecturer(models.Model):
    """講師: entered by an institution, found again by name or ID; what they were passed for stands in LecturerPass."""

    institution = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name="建檔單位")
    name = models.CharField("講師姓名", max_length=NAME_LENGTH)
    national_id = EncryptedTextField("身分證字號")
    national_id_index = models.CharField(max_length=64, unique=True)
    phone = models.CharField("聯絡電話", max_length=40, blank=True)
    email = models.EmailField("電子郵件", blank=True)
    address = models.CharField("通訊地址", max_length=100, blank=True)
    clause = models.CharField("附表7條款", max_length=1, choices=[(n, f"條款{n}") for n in "1234"])
    certificate_number = models.CharField("教育部審定講師證書字號", max_length=60, blank=True)
    teachable_areas = models.TextField("可授課之課程領域", blank=True)
    degree = models.CharField("學歷", max_length=200, blank=True)
    post = models.CharField("現職", max_length=200, blank=True)
    expertise = models.TextField("專長領域及經歷", blank=True)
    history = HistoricalRecords(excluded_fields=["national_id"])

    class Meta:
        verbose_name = verbose_name_plural = "講師"
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name

    @property
    def masked_national_id(self) -> str:
        return mask_person_id(self.national_id)


class LecturerPass(models.Model):
    """A competence and area a lecturer was passed for: the next course in them needs no papers of theirs (VRS-06)."""

    lecturer = models.ForeignKey(Lecturer, models.PROTECT, related_name="passes")
    competence = models.CharField("核心能力", max_length=100)
    area = models.CharField("課程領域", max_length=100)
    passed_on = models.DateField("通過日")
    case = models.ForeignKey("casework.Case", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "講師通過領域"
        constraints = [
            models.UniqueConstraint(fields=["lecturer", "competence", "area"], name="vrs_lecturer_pass_once")
        ]


class Course(models.Model):
    """繼續教育課程資料. Saved is not filed (儲存只是暫存)."""

    class Mode(models.TextChoices):
        ONSITE = "onsite", "實體"
        VIDEO = "video", "視訊"
        BOTH = "both", "實體、視訊皆採用"

    class Slot(models.TextChoices):
        MORNING = "morning", "上午"
        AFTERNOON = "afternoon", "下午"
        EVENING = "evening", "晚上"
        FULL = "full", "全日"

    case = models.OneToOneField("casework.Case", models.PROTECT, related_name="vrs_course", verbose_name="案件")
    number = models.CharField("課程編號", max_length=14, unique=True, null=True, blank=True)
    title = models.CharField("課程名稱", max_length=200)
    is_public = models.BooleanField("課程資料公開", default=True)
    mode = models.CharField("授課方式", max_length=7, choices=Mode)
    mode_reason = models.CharField("皆採用之原因", max_length=200, blank=True)
    slot = models.CharField("上課時段", max_length=9, choices=Slot)
    starts_on = models.DateField("開課期間起日")
    ends_on = models.DateField("開課期間迄日")
    fee = models.PositiveIntegerField("訓練費用（元）", default=0)
    place = models.CharField("受訓地點", max_length=200)
    handling = models.CharField("辦理方式", max_length=60, blank=True)
    audience = ArrayField(models.CharField(max_length=20), verbose_name="辦理對象", default=list)
    admission = models.CharField("參訓資格", max_length=255, blank=True)
    lecturers = models.ManyToManyField(Lecturer, related_name="courses", verbose_name="講師", blank=True)
    letter_number = models.CharField("核定發文字號", max_length=60, blank=True)
    letter_on = models.DateField("核定發文日期", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "繼續教育課程"
        ordering = ("-starts_on", "-pk")
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="vrs_course_order")
        ]

    def __str__(self) -> str:
        return self.title


class CourseField(models.Model):
    """課程類別、核心能力、課程領域 with its hours: one or two a course; attendance is imported per field."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="fields")
    position = models.PositiveSmallIntegerField("組別")
    group = models.CharField("課程類別", max_length=12, choices=GROUP_CHOICES)
    competence = models.CharField("核心能力", max_length=100)
    area = models.CharField("課程領域", max_length=100)
    hours = models.DecimalField("課程時數", max_digits=5, decimal_places=1)

    class Meta:
        verbose_name = verbose_name_plural = "課程領域"
        ordering = ("course", "position")
        constraints = [
            models.UniqueConstraint(fields=["course", "position"], name="vrs_course_field_once"),
            models.CheckConstraint(condition=models.Q(hours__gt=Decimal(0)), name="vrs_course_field_hours"),
        ]

    @property
    def label(self) -> str:
        return f"領域{'一二'[self.position - 1]}：{self.get_group_display()}／{self.competence}／{self.area}"


class AttendanceImport(models.Model):
    """紀錄匯入: one file for one field. A file with the same bytes adds nothing while the first stands."""

    field = models.ForeignKey(CourseField, models.PROTECT, related_name="imports")
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField("檔名", max_length=200)
    rows = models.PositiveIntegerField("筆數")
    imported_at = models.DateTimeField("匯入時間")
    imported_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="匯入人")
    cleared_at = models.DateTimeField("清除時間", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "上課紀錄匯入"
        constraints = [
            models.UniqueConstraint(
                fields=["field"], condition=models.Q(cleared_at=None), name="vrs_import_standing_once"
            )
        ]


class Attendance(models.Model):
    """One row of an imported roster. Cleared rows stay; hours are approved hours without weights."""

    imported = models.ForeignKey(AttendanceImport, models.PROTECT, related_name="attendances")
    row = models.PositiveIntegerField("列")
    person = models.ForeignKey("accounts.User", models.PROTECT, related_name="vrs_attendances", verbose_name="學員")
    name = models.CharField("學員姓名", max_length=NAME_LENGTH)
    held_on = models.DateField("上課日期")
    hours = models.DecimalField("時數", max_digits=5, decimal_places=1)
    island = models.BooleanField("離島地區", default=False)
    international = models.BooleanField("國際性質", default=False)
    lecturer = models.BooleanField("授課者", default=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "上課紀錄"
        ordering = ("imported", "row")
        constraints = [
            models.UniqueConstraint(fields=["imported", "person", "held_on"], name="vrs_attendance_once"),
        ]

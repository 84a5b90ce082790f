"""What is published on the 45+ site: articles with all their versions, pictures and files."""

from datetime import date

from django.db import models

from casework.stores import kept_in
from senior45.models.offices import SiteOffice
from senior45.params import CATEGORY_LABELS, Category

CATEGORY_CHOICES = [(one.value, CATEGORY_LABELS[one]) for one in Category]


@kept_in("senior45/pictures")
def picture_path(instance: "ArticlePicture", filename: str) -> str:
    return f"senior45/pictures/{instance.sha256[:2]}/{instance.sha256}.{instance.extension}"


@kept_in("senior45/files")
def file_path(instance: "ArticleFile", filename: str) -> str:
    return f"senior45/files/{instance.sha256[:2]}/{instance.sha256}.{instance.extension}"


class Article(models.Model):
    """A text of one office 文稿. `live` is the version the public reads; the newest version is the one being worked on."""

    case = models.OneToOneField("casework.Case", models.PROTECT, related_name="article")
    office = models.ForeignKey(SiteOffice, models.PROTECT, related_name="articles", verbose_name="上稿機關")
    live = models.ForeignKey(
        "ArticleVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="刊登版本"
    )
    first_published_at = models.DateTimeField("首次刊登", null=True, blank=True)
    published_at = models.DateTimeField("刊登時間", null=True, blank=True)
    withdrawn_at = models.DateTimeField("下架時間", null=True, blank=True)
    withdrawn_reason = models.CharField("下架原因", max_length=300, blank=True)
    #: Copied from the live version, so that the public list is one index.
    category = models.CharField("類別", max_length=20, choices=CATEGORY_CHOICES, blank=True)
    starts_on = models.DateField("刊登起日", null=True, blank=True)
    ends_before = models.DateField("刊登終止日（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "文稿"
        indexes = [
            models.Index(
                fields=["category", "-starts_on", "-id"],
                condition=models.Q(live__isnull=False, withdrawn_at=None),
                name="s45_article_public",
            ),
            models.Index(
                fields=["-starts_on", "-id"],
                condition=models.Q(live__isnull=False, withdrawn_at=None),
                name="s45_article_newest",
            ),
        ]

    def __str__(self) -> str:
        return self.case.title

    def is_public(self, on: date) -> bool:
        return (
            self.live_id is not None
            and self.withdrawn_at is None
            and self.starts_on is not None
            and self.starts_on <= on
            and (self.ends_before is None or on < self.ends_before)
        )


class ArticleVersion(models.Model):
    """One version of an article. Once sent for review its words never change again (trigger)."""

    FIELDS = ("category", "title", "summary", "body", "starts_on", "ends_before")

    article = models.ForeignKey(Article, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("版次")
    category = models.CharField("類別", max_length=20, choices=CATEGORY_CHOICES)
    title = models.CharField("標題", max_length=120)
    summary = models.CharField("摘要", max_length=200, blank=True)
    #: Markdown, as written.
    body = models.TextField("內文")
    #: The body as clean HTML: what the page prints.
    html = models.TextField(editable=False)
    starts_on = models.DateField("刊登起日")
    ends_before = models.DateField("刊登終止日（不含）", null=True, blank=True)
    written_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="上稿人")
    written_at = models.DateTimeField("上稿時間")
    submitted_at = models.DateTimeField("送審時間", null=True, blank=True)
    reviewed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField("審稿時間", null=True, blank=True)
    approved = models.BooleanField("核准", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "文稿版本"
        ordering = ("article", "number")
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="s45_version_once"),
            models.CheckConstraint(
                condition=models.Q(ends_before=None) | models.Q(ends_before__gt=models.F("starts_on")),
                name="s45_version_days",
            ),
            models.CheckConstraint(
                condition=~models.Q(approved=True) | ~models.Q(reviewed_by=models.F("written_by")),
                name="s45_not_own_text",
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.number}版"


class ArticlePicture(models.Model):
    """A picture of a version, made smaller and stripped of what a camera writes into it; the text in its place is required."""

    version = models.ForeignKey(ArticleVersion, models.PROTECT, related_name="pictures")
    file = models.FileField(upload_to=picture_path, max_length=200)
    extension = models.CharField(max_length=4)
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField("寬")
    height = models.PositiveIntegerField("高")
    alt = models.CharField("替代文字", max_length=200)
    original_name = models.CharField("原檔名", max_length=200)
    uploaded_at = models.DateTimeField("上傳時間")
    uploaded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "文稿圖片"
        ordering = ("pk",)
        constraints = [models.CheckConstraint(condition=~models.Q(alt=""), name="s45_picture_alt")]


class ArticleFile(models.Model):
    """A file to download with a version: PDF or ODF."""

    version = models.ForeignKey(ArticleVersion, models.PROTECT, related_name="files")
    file = models.FileField(upload_to=file_path, max_length=200)
    extension = models.CharField(max_length=4)
    media_type = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField("大小")
    label = models.CharField("檔案名稱", max_length=120)
    original_name = models.CharField("原檔名", max_length=200)
    uploaded_at = models.DateTimeField("上傳時間")
    uploaded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "文稿附件"
        ordering = ("pk",)

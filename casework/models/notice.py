from django.db import models
from django.urls import NoReverseMatch, reverse

from casework.models.case import Case

HIDDEN = "（保密）"


def page(name: str, *args: object) -> str:
    """A page by its name, as a notice keeps it: `page("casework:case", case.number)`, `page("admin:case#messages", case.number)`.

    Addresses move and letters stay, so the address is made when the notice is read or mailed.
    """
    return " ".join([name, *map(str, args)])


class Notice(models.Model):
    """Something somebody must know: always in their inbox, and mailed. Written in the act's own transaction.

    `key` is unique: the same cause never tells twice. The rows with mail_state queued are the to-do list; Celery only nudges.
    """

    class Mail(models.TextChoices):
        NONE = "none", "僅站內通知"
        QUEUED = "queued", "待寄送"
        SENT = "sent", "已寄出"
        REFUSED = "refused", "退信"
        DAILY = "daily", "待每日彙整"
        IN_DIGEST = "in_digest", "已彙整寄出"

    key = models.CharField(max_length=200, unique=True)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="notices", verbose_name="收件人")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="notices")
    code = models.CharField(max_length=60)
    subject = models.CharField("主旨", max_length=200)
    body = models.TextField("內容")
    #: 保密: whom it went to is nobody's to read but theirs, in no log of mails either.
    confidential = models.BooleanField("收件人保密", default=False, db_default=False)
    #: The page the person goes to next, by its name (`page`); before names, an address.
    link = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField("時間")
    read_at = models.DateTimeField("已讀", null=True)
    mail_state = models.CharField("郵件", max_length=10, choices=Mail, default=Mail.QUEUED)
    mail_to = models.EmailField("寄送至", blank=True)
    tries = models.PositiveSmallIntegerField("嘗試次數", default=0)
    next_try_at = models.DateTimeField("下次嘗試")
    sent_at = models.DateTimeField("寄出時間", null=True)
    error = models.CharField("退信原因", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        ordering = ("-created_at", "-pk")
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notice_inbox"),
            models.Index(fields=["next_try_at", "id"], condition=models.Q(mail_state="queued"), name="notice_outbox"),
            models.Index(fields=["user", "created_at"], condition=models.Q(mail_state="daily"), name="notice_daily"),
        ]

    @property
    def url(self) -> str:
        """The address of the page, as the site has it now; empty where there is none any more."""
        if not self.link or self.link.startswith("/"):
            return self.link
        name, *args = self.link.split(" ")
        name, sign, anchor = name.partition("#")
        try:
            return f"{reverse(name, args=args)}{sign}{anchor}"
        except NoReverseMatch:
            return ""

    def addressee(self) -> str:
        """The name as a log of mails shows it."""
        return HIDDEN if self.confidential else self.user.name

    def address(self) -> str:
        """The address as a log of mails shows it; an answer of the mail system may quote it, so that hides with it."""
        return HIDDEN if self.confidential and self.mail_to else self.mail_to

    def said(self) -> str:
        """Why it could not be sent, as a log of mails shows it."""
        return HIDDEN if self.confidential and self.error else self.error


class Message(models.Model):
    """Written between people about a case: an internal note of the office, or a message between office and applicant."""

    class Kind(models.TextChoices):
        NOTE = "note", "內部註記"
        TO_APPLICANT = "to_applicant", "給申請人"
        TO_OFFICE = "to_office", "給承辦機關"

    case = models.ForeignKey(Case, models.PROTECT, related_name="messages")
    kind = models.CharField("種類", max_length=15, choices=Kind)
    body = models.TextField("內容")
    at = models.DateTimeField("時間")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="人員")

    class Meta:
        verbose_name = verbose_name_plural = "訊息"
        ordering = ("at", "pk")

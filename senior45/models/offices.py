"""The offices of 附件2: which column an organisation stands in, who opens its accounts, who reviews its texts."""

from django.db import models
from simple_history.models import HistoricalRecords

from senior45.params import OFFICE_LABELS, OfficeKind

KIND_CHOICES = [(kind.value, OFFICE_LABELS[kind]) for kind in OfficeKind]
#: Kinds without a reviewer of their own (附件2「上稿審核權在各局處」).
UNDER_BUREAU = (OfficeKind.SILVER_POINT.value, OfficeKind.SERVICE_DESK.value)
#: Kinds that file with 本署; all others need a branch in charge.
OF_HQ = (OfficeKind.HQ_LEAD.value, OfficeKind.HQ_OTHER.value, OfficeKind.BRANCH.value)


class SiteOffice(models.Model):
    """An office of the 45+ site 機關（單位）. Its row lock orders everything that takes or hands over a seat in it (S45-08)."""

    organisation = models.OneToOneField(
        "accounts.Organisation", models.PROTECT, related_name="site_office", verbose_name="機關"
    )
    kind = models.CharField("機關類別", max_length=20, choices=KIND_CHOICES)
    county = models.ForeignKey("accounts.County", models.PROTECT, null=True, blank=True, verbose_name="縣市")
    branch = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="offices_in_charge", verbose_name="轄區分署"
    )
    bureau = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reviewed_offices", verbose_name="審稿局處"
    )
    is_active = models.BooleanField("使用中", default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "45+ 機關"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=models.Q(kind="hq_lead"), name="s45_lead_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=OF_HQ) | models.Q(branch__isnull=False), name="s45_branch_in_charge"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=UNDER_BUREAU) | models.Q(bureau__isnull=False),
                name="s45_reviewed_by_bureau",
            ),
        ]

    def __str__(self) -> str:
        return self.organisation.name

    @property
    def label(self) -> str:
        return self.organisation.label

    @property
    def office_kind(self) -> OfficeKind:
        return OfficeKind(self.kind)

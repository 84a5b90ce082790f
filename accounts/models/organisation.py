from django.contrib.auth.models import Group
from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from simple_history.models import HistoricalRecords


class Organisation(models.Model):
    """An office of the agency or a body outside it: where roles are held."""

    class Kind(models.TextChoices):
        MINISTRY = "ministry", "勞動部"
        AGENCY = "agency", "本署"
        BRANCH = "branch", "分署"
        COUNTY = "county", "縣市政府"
        SERVICE = "service", "就業服務據點"
        COMMISSIONED = "commissioned", "承辦單位"
        UNIT = "unit", "訓練單位"
        INSTITUTION = "institution", "機構單位"

    name = models.CharField("名稱", max_length=200)
    short_name = models.CharField("簡稱", max_length=40, blank=True)
    kind = models.CharField("類別", max_length=20, choices=Kind)
    code = models.CharField("代碼", max_length=30, blank=True)
    unified_number = models.CharField("統一編號", max_length=8, blank=True)
    unified_number_override = models.CharField("統一編號例外原因", max_length=200, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上級機關", null=True, blank=True, related_name="children"
    )
    postal_code = models.CharField("郵遞區號", max_length=7, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    phone = models.CharField("電話", max_length=40, blank=True)
    fax = models.CharField("傳真", max_length=40, blank=True)
    email = models.EmailField("電子郵件", blank=True)
    is_active = models.BooleanField("使用中", default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "機關／單位"
        constraints = [
            models.UniqueConstraint(
                fields=["unified_number", "kind"],
                condition=~models.Q(unified_number=""),
                name="organisation_unified_number_once",
            ),
            models.UniqueConstraint(fields=["code"], condition=~models.Q(code=""), name="organisation_code_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Short name where there is one."""
        return self.short_name or self.name


#: 六都, then counties from north to south, the islands last.
COUNTY_ORDER = (
    "63000", "65000", "68000", "66000", "67000", "64000",
    "10017", "10018", "10004", "10005", "10007", "10008", "10009", "10020", "10010", "10013", "10002", "10015", "10014",
    "10016", "09020", "09007",
)  # fmt: skip


class CountyQuerySet(models.QuerySet["County"]):
    def in_order(self) -> "CountyQuerySet":
        """As offices list them."""
        places = [models.When(code=code, then=n) for n, code in enumerate(COUNTY_ORDER)]
        return self.order_by(
            models.Case(*places, default=len(COUNTY_ORDER), output_field=models.IntegerField()), "code"
        )


class County(models.Model):
    """直轄市、縣（市）. Two jurisdictions follow from one address: the branch and the county's labour authority."""

    code = models.CharField("代碼", max_length=5, primary_key=True)
    name = models.CharField("名稱", max_length=10, unique=True)
    branch = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="轄區分署", related_name="counties", null=True
    )
    authority = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="勞工主管機關", related_name="authority_of", null=True, blank=True
    )

    objects = CountyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "縣市"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person works in an organisation from a day until another (half-open)."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    title = models.CharField("職稱", max_length=60, blank=True)
    starts_on = models.DateField("起始日")
    ends_before = models.DateField("終止日（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "所屬單位"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"], condition=models.Q(ends_before=None), name="membership_open_once"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_before=None) | models.Q(ends_before__gte=models.F("starts_on")),
                name="membership_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}／{self.organisation}"


class RoleGroup(models.Model):
    """The Django group that holds one role in one organisation; its rights are guardian rows on the Organisation."""

    group = models.OneToOneField(Group, models.CASCADE, related_name="held_role")
    role = models.CharField("角色", max_length=60)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="role_groups")

    class Meta:
        verbose_name = verbose_name_plural = "角色"
        constraints = [models.UniqueConstraint(fields=["role", "organisation"], name="role_group_once")]

    def __str__(self) -> str:
        return f"{self.role}＠{self.organisation}"


class OrganisationUserObjectPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(Organisation, models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class OrganisationGroupObjectPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Organisation, models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False

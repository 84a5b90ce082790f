"""Putting the agency's offices and the counties into the register; what an officer changed since stays."""

from collections.abc import Callable

from django.db import IntegrityError, transaction

from accounts.catalogue import APPOINT
from accounts.errors import NotPermitted, Refused
from accounts.models import County, Organisation, User
from accounts.offices import AGENCY, BRANCHES
from accounts.rights import holds_centrally
from kernel.registry import Registry, address

#: Functions that make a scheme's own office, which is none of the agency's, at first use.
OFFICES: Registry[Callable[[], object]] = Registry("office of a scheme", address)


@transaction.atomic
def load_offices() -> int:
    """Idempotent. Says how many organisations were added."""
    kinds = Organisation.Kind
    before = Organisation.objects.count()
    code, name, short = AGENCY
    agency, _ = Organisation.objects.get_or_create(
        code=code, defaults={"name": name, "short_name": short, "kind": kinds.AGENCY}
    )
    for branch in BRANCHES:
        office, _ = Organisation.objects.get_or_create(
            code=branch.code,
            defaults={
                "name": branch.name,
                "short_name": branch.short_name,
                "kind": kinds.BRANCH,
                "parent": agency,
                "phone": branch.phone,
                "fax": branch.fax,
                "postal_code": branch.postal_code,
                "address": branch.address,
            },
        )
        for county_code, county_name in branch.counties:
            government, _ = Organisation.objects.get_or_create(
                code=f"GOV-{county_code}", defaults={"name": f"{county_name}政府", "kind": kinds.COUNTY}
            )
            County.objects.get_or_create(
                code=county_code, defaults={"name": county_name, "branch": office, "authority": government}
            )
    for load in OFFICES:
        load()
    return Organisation.objects.count() - before


#: Bodies that neither load_offices nor a registration of their own brings: who is commissioned is a contract's matter.
ADDED_BY_HAND = (Organisation.Kind.COMMISSIONED, Organisation.Kind.INSTITUTION)


@transaction.atomic
def add_office(*, name: str, kind: str, unified_number: str, by: User) -> Organisation:
    """Enter a body in which roles can then be granted. Raises Refused, NotPermitted; the row's history keeps who and when."""
    if not holds_centrally(by, APPOINT):
        raise NotPermitted("您沒有登錄機關（單位）的權限。")
    if kind not in ADDED_BY_HAND:
        raise Refused("這類機關（單位）不在這裡登錄。", field="kind")
    if Organisation.objects.filter(name=name, kind=kind).exists():
        raise Refused(f"「{name}」已登錄，可直接授予角色。", field="name")
    if kind == Organisation.Kind.INSTITUTION and not unified_number:
        raise Refused("機構單位請填統一編號。", field="unified_number")
    try:
        with transaction.atomic():
            return Organisation.objects.create(name=name, kind=kind, unified_number=unified_number)
    except IntegrityError as error:
        raise Refused("這個統一編號已登錄，可直接以統一編號授予角色。", field="unified_number") from error

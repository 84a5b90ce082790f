"""Putting the agency's offices and the counties into the register; what an officer changed since stays."""

from django.db import transaction

from accounts.models import County, Organisation
from accounts.offices import AGENCY, BRANCHES


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
    return Organisation.objects.count() - before

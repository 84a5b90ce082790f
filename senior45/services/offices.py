"""Putting the offices of the 45+ site into the register; what an officer changed since stays."""

from django.db import transaction

from accounts.models import County, Organisation
from accounts.offices import AGENCY
from accounts.services.offices import load_offices
from senior45.models import SiteOffice
from senior45.params import OfficeKind
from senior45.services.office_names import BUREAUS, HEADQUARTERS, OF_BRANCHES, SPECIAL, UNDER_BUREAU

KIND = Organisation.Kind


@transaction.atomic
def load_site_offices() -> int:
    """Idempotent. Says how many offices were added."""
    load_offices()
    before = SiteOffice.objects.count()
    agency = Organisation.objects.get(code=AGENCY[0])
    for code, name, short, kind in HEADQUARTERS:
        _office(code, name, short, KIND.AGENCY, agency, kind=kind)
    for code, (silver, centres) in OF_BRANCHES.items():
        organisation = Organisation.objects.get(code=code)
        branch, _ = SiteOffice.objects.get_or_create(organisation=organisation, defaults={"kind": OfficeKind.BRANCH})
        _office(f"{code}-SC", silver, silver, KIND.SERVICE, organisation, kind=OfficeKind.SILVER_CENTER, branch=branch)
        for n, centre in enumerate(centres, 1):
            name = f"勞動部勞動力發展署{organisation.short_name}{centre}"
            _office(f"{code}-J{n}", name, centre, KIND.SERVICE, organisation, kind=OfficeKind.JOB_CENTER, branch=branch)
    for county in County.objects.select_related("branch", "authority").filter(code__in=BUREAUS):
        branch = SiteOffice.objects.get(organisation=county.branch)
        bureau = _office(
            f"GOV-{county.code}-B", BUREAUS[county.code], "", KIND.COUNTY, county.authority,
            kind=OfficeKind.COUNTY, branch=branch, county=county,
        )  # fmt: skip
        for kind, pattern, suffix, special in UNDER_BUREAU:
            if special and county.code not in SPECIAL:
                continue
            _office(
                f"GOV-{county.code}-{suffix}", pattern.format(county=county.name), "", KIND.SERVICE, bureau.organisation,
                kind=kind, branch=branch, county=county, bureau=bureau,
            )  # fmt: skip
    return SiteOffice.objects.count() - before


def _office(
    code: str, name: str, short: str, organisation_kind: str, parent: Organisation | None, **site: object
) -> SiteOffice:
    organisation, _ = Organisation.objects.get_or_create(
        code=code, defaults={"name": name, "short_name": short, "kind": organisation_kind, "parent": parent}
    )
    office, _ = SiteOffice.objects.get_or_create(organisation=organisation, defaults=site)
    return office

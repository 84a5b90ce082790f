"""The schemes this site offers, each with one manifest; whoever walks over schemes asks `schemes()`."""

from casework.schemes.manifest import AGENCY_PAGES, AgencyPage, CaseworkPart, Scheme, schemes

__all__ = ["AGENCY_PAGES", "AgencyPage", "CaseworkPart", "Scheme", "schemes"]

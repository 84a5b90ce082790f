"""Every queryset of the screens: the desk and its lists, the case page, search, and what needs watching."""

from casework.cases.access import CaseRights, applicant_cases, case_on_side, rights_on, side_of
from casework.selectors.desk import Desk, desk_of
from casework.selectors.search import Search, read_search
from casework.selectors.worklist import Criteria, WorkPage, tab_counts, work_page

__all__ = [
    "CaseRights",
    "Criteria",
    "Desk",
    "Search",
    "WorkPage",
    "applicant_cases",
    "case_on_side",
    "desk_of",
    "read_search",
    "rights_on",
    "side_of",
    "tab_counts",
    "work_page",
]

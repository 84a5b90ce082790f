"""The table of a visit: its states, and a row an act."""

from kernel.acts import Act, Acts, State, Turn
from sixth import permissions, services

VISIT = Acts(
    "sixth.visit",
    states=(
        State("draft", "草稿", Turn.APPLICANT, tone="calm"),
        State("filed", "審查中", Turn.OFFICE),
        State("approved", "已核定", Turn.NOBODY, tone="good", final=True),
    ),
    acts=(
        Act("file", "送件", "draft → filed", permissions.PREPARE, services.file_visit, "職場見學試辦要點第1點"),
        Act("approve", "核定", "filed → approved", permissions.DECIDE, services.approve_visit, "職場見學試辦要點第3點"),
    ),
)

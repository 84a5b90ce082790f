"""The one state table."""

from kernel.machine import Machine, State, Transition, Turn

VISIT = Machine(
    "sixth.visit",
    "draft",
    (
        State("draft", "草稿", Turn.APPLICANT, tone="calm"),
        State("filed", "審查中", Turn.OFFICE),
        State("approved", "已核定", Turn.NOBODY, tone="good", final=True),
    ),
    (
        Transition("file", "送件", ("draft",), "filed", "sixth.prepare", clause="職場見學試辦要點第1點"),
        Transition("approve", "核定", ("filed",), "approved", "sixth.decide", clause="職場見學試辦要點第3點"),
    ),
)

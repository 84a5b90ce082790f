"""The class as one chain: each link green, red or still to come, with its clause, its figure and the next day."""

from collections.abc import Sequence
from datetime import date

from casework.models import Deadline
from kernel.law import Law
from ohs_training.selectors.chain import ClassChain
from ohs_training.selectors.links.after import after_links, reports
from ohs_training.selectors.links.before import before_links
from ohs_training.selectors.links.during import during_links
from ohs_training.selectors.links.link import INFO, Link

__all__ = ["Link", "class_links"]


def class_links(chain: ClassChain, *, on: date, law: Law, deadlines: Sequence[Deadline]) -> list[Link]:
    """Every link in order. One query each for filing's parts; the people's part is in `chain` already."""
    training_class = chain.training_class
    state = training_class.case.state
    due = {
        one.code.removeprefix("ohs_training."): one.due_on
        for one in deadlines
        if one.met_at is None and one.withdrawn_at is None
    }
    before = before_links(training_class, chain, state, due, on=on, law=law)
    if chain.destroyed:
        gone = Link("destroyed", "訓練紀錄", INFO, chain.destroyed, "要點十第1項", page="ohs_training:records")
        return [*before, gone, *reports(training_class, state, due, over=True, on=on, law=law)]
    return [
        *before,
        *during_links(chain, state, on=on),
        *after_links(chain, state, due, on=on, law=law),
    ]

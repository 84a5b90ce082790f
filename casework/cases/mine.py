"""The applicant's list: what waits for them first, drafts before all."""

from typing import Any

from django.db.models import Case as Choose
from django.db.models import IntegerField, Q, QuerySet, Value, When

from casework.cases.access import applicant_cases, as_lines
from casework.cases.casetypes import all_casetypes
from casework.models import Case
from kernel.acts import Turn


def mine_page(user: Any, asked: str = "") -> QuerySet[Case]:
    """`asked`: part of a number, title or unit. Drafts, then what waits for the applicant, then the office's, then what is over; newest first in each."""
    drafts = {about.table.initial for about in all_casetypes()}
    rank = Choose(
        When(turn=Turn.APPLICANT, state__in=drafts, then=Value(0)),
        When(turn=Turn.APPLICANT, then=Value(1)),
        When(turn=Turn.OFFICE, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    own = as_lines(applicant_cases(user))
    if asked:
        own = own.filter(Q(number__icontains=asked) | Q(title__holding=asked) | Q(organisation__name__holding=asked))
    return own.annotate(rank=rank).order_by("rank", "-changed_at", "-pk")

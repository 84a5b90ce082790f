"""三年七萬: what each course takes of a person's cap, kept as entries that are never changed (SUB-09, SUB-10).

All amounts of a person that are not yet decided are computed together, under the person's lock: whichever course is admitted,
proven, refused or reversed first, they can never exceed the cap together, and what one gives back the next one gets.
"""

from datetime import datetime

from accounts.models import User
from casework.kernel.dates import taipei_day
from casework.services.law import law_in_force
from ojt_subsidy.models import Enrolment, MoneyEntry, OutsideCourse
from ojt_subsidy.selectors.money import (
    accepted_identities,
    amounts,
    begun_rows,
    rate_of,
    standing_amounts,
    trainee_of,
)


def settle(person: User, *, by: User | None, at: datetime, reason: str) -> dict[int, int]:
    """Bring the person's entries to what the rules give now. The caller holds the person's lock. Returns amount per filing."""
    on, law = taipei_day(at), law_in_force()
    trainee, papers = trainee_of(person), accepted_identities(person.pk)
    rows, standing = begun_rows(person.pk), standing_amounts(person.pk)
    # A filing that left the class before anything was decided gives everything back.
    left = Enrolment.objects.filter(pk__in=standing).exclude(pk__in=[row.pk for row in rows])
    outside = list(OutsideCourse.objects.filter(person=person))
    wanted = amounts(
        rows,
        standing,
        outside,
        lambda row: rate_of(trainee, papers, row.course.starts_on, on=on, law=law),
        on=on,
        law=law,
    )
    entries = []
    for row in [*rows, *left]:
        amount, outcomes = wanted.get(row.pk, (0, []))
        change = amount - standing.get(row.pk, 0)
        if change:
            entries.append(
                MoneyEntry(
                    enrolment=row,
                    person=person,
                    kind=_kind(standing.get(row.pk), amount),
                    amount=change,
                    at=at,
                    by=by,
                    reason=reason,
                    outcome={"outcomes": [one.as_json() for one in outcomes]},
                )
            )
    MoneyEntry.objects.bulk_create(entries)
    return {pk: amount for pk, (amount, _) in wanted.items()}


def _kind(before: int | None, after: int) -> str:
    if before is None:
        return MoneyEntry.Kind.RESERVE
    return MoneyEntry.Kind.ADJUST if after else MoneyEntry.Kind.RELEASE

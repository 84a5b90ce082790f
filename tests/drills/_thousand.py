"""A thousand deadlines past by a day, each of a person with an address; and what a sweep must have made of them."""

from datetime import timedelta
from typing import Any

from django.db.models import Count

from accounts.clock import now, today
from accounts.models import Organisation, User
from casework.cases.casetypes import all_casetypes
from casework.models import Case, Deadline, Event, Notice
from tests.drills import CODE
from tests.drills._site import Site, check

COUNT = 1000


def make() -> None:
    at, about = now(), next(iter(all_casetypes()))
    office = Organisation.objects.create(name="測試分署", kind=Organisation.Kind.BRANCH)
    people = User.objects.bulk_create(
        User(account_name=f"drill{n}", email=f"drill{n}@example.org", name=f"王小明{n}", password="!")
        for n in range(COUNT)
    )
    cases = Case.objects.bulk_create(
        Case(number=f"DR-115-{n:06d}", kind=about.kind, state=about.table.initial, turn="office", title="測試案件",
             office=office, person=person, created_at=at, changed_at=at, due_on=today() - timedelta(days=1))
        for n, person in enumerate(people)
    )  # fmt: skip
    Deadline.objects.bulk_create(
        Deadline(case=case, code=CODE, rule="OA-01", label="答復", citation="第三點", set_at=at,
                 counted_from=today() - timedelta(days=9), due_on=today() - timedelta(days=1))
        for case in cases
    )  # fmt: skip


def letters() -> int:
    return Notice.objects.filter(code=CODE, mail_state=Notice.Mail.SENT).count()


def lapsed() -> int:
    return Deadline.objects.filter(code=CODE).exclude(lapsed_at=None).count()


def judged(site: Site, *, in_flight: int) -> dict[str, Any]:
    """Each effect once; letters repeated only where one was in a killed sender's hands."""
    check(lapsed() == COUNT, f"{lapsed()} of {COUNT} lapsed")
    events = Event.objects.filter(code="drill.late")
    check(events.count() == COUNT, f"{events.count()} events")
    twice = events.values("case").annotate(n=Count("pk")).filter(n__gt=1).count()
    check(not twice, f"{twice} cases have the event twice")
    check(Notice.objects.filter(code=CODE).count() == COUNT, "not one notice for each")
    assert site.mail
    taken = [identity for _, identity in site.mail.taken]
    repeated = len(taken) - len(set(taken))
    check(len(set(taken)) == COUNT, f"{len(set(taken))} people got a letter")
    check(repeated <= in_flight, f"{repeated} letters repeated, {in_flight} were in flight")
    return {
        "deadlines": COUNT,
        "events": COUNT,
        "notices": COUNT,
        "letters_sent": len(taken),
        "letters_repeated": repeated,
    }

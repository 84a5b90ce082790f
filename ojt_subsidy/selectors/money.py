"""三年七萬 of a person: what each course takes of the cap, and why (SUB-07, SUB-09, SUB-10, SUB-12)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum

from accounts.models import User
from kernel.dates import roc
from kernel.law import Law
from kernel.outcome import Outcome
from ojt_subsidy.models import Course, Enrolment, Evidence, MoneyEntry, OutsideCourse, PaymentLine, Trainee
from ojt_subsidy.params import Identity, Scheme
from ojt_subsidy.rules import balance, identity
from ojt_subsidy.states import BEGUN, RESERVES

#: Lines whose amount is decided: it no longer follows rate and fee.
FIXED = ("approved", "batched", "sent", "with_unit", "bounced", "paid")
#: Lines whose money is on its way or has arrived: it can only be recovered.
GONE = ("sent", "with_unit", "paid")


def trainee_of(user: User) -> Trainee | None:
    return Trainee.objects.filter(pk=user.pk).select_related("user").first()


def rate_of(
    trainee: Trainee | None, papers: Iterable[Evidence], starts_on: date, *, on: date, law: Law
) -> tuple[Identity, Outcome]:
    """The best rate on the first day of class that an accepted paper gives, or the birth date on file; else the ordinary one
    (SUB-07)."""
    born_on = trainee.born_on if trainee and trainee.born_on <= starts_on else None
    last: Outcome | None = None
    for paper in papers:
        who = Identity(paper.identity)
        facts = identity.RateFacts(who, starts_on, True, paper.valid_from, paper.valid_until, born_on)
        last = identity.rate(facts, on=on, law=law)
        if last.result["full"]:
            return who, last
    for who in identity.BY_AGE if born_on else ():
        by_age = identity.rate(identity.RateFacts(who, starts_on, born_on=born_on), on=on, law=law)
        if by_age.result["full"]:
            return who, by_age
    return Identity.NONE, last or identity.rate(identity.RateFacts(Identity.NONE, starts_on), on=on, law=law)


def counted(outside: Iterable[OutsideCourse], law: Law) -> list[OutsideCourse]:
    """The courses of other programmes that begin or fill a window: SUB-09 says which, by the law of the first day of each."""

    def counts(course: OutsideCourse) -> bool:
        facts = balance.WindowFacts(course.starts_on, scheme=Scheme(course.scheme), employed=course.employed)
        return bool(balance.window(facts, on=course.starts_on, law=law).result["counts"])

    return [course for course in outside if counts(course)]


@dataclass(frozen=True, slots=True)
class Cap:
    """Everything that bears on one person's cap. `rows`: subsidised filings admitted to a class, in the order the cap is
    promised, which is the order of admission. `standing`: what each filing takes now, the sum of its entries."""

    trainee: Trainee | None
    identities: Sequence[Evidence]
    rows: Sequence[Enrolment]
    outside: Sequence[OutsideCourse]
    standing: Mapping[int, int]

    def amounts(self, *, on: date, law: Law) -> dict[int, tuple[int, list[Outcome]]]:
        def rates(row: Enrolment) -> tuple[Identity, Outcome]:
            return rate_of(self.trainee, self.identities, row.course.starts_on, on=on, law=law)

        return amounts(self.rows, self.outside, rates, on=on, law=law)


def caps_of(people: Iterable[int]) -> dict[int, Cap]:
    """The caps of many people; as many questions as for one."""
    keys = set(people)
    trainees = {one.pk: one for one in Trainee.objects.filter(pk__in=keys)}
    papers, rows, outside = defaultdict(list), defaultdict(list), defaultdict(list)
    for paper in Evidence.objects.filter(person__in=keys, kind=Evidence.Kind.IDENTITY, case__state="accepted").order_by(
        "pk"
    ):
        papers[paper.person_id].append(paper)
    begun = Enrolment.objects.filter(person__in=keys, state__in=BEGUN, self_paid=False, admitted_at__isnull=False)
    for row in begun.select_related("course__case", "payment").order_by("admitted_at", "pk"):
        rows[row.person_id].append(row)
    for course in OutsideCourse.objects.filter(person__in=keys).order_by("starts_on", "pk"):
        outside[course.person_id].append(course)
    standing: dict[int, dict[int, int]] = defaultdict(dict)
    sums = MoneyEntry.objects.filter(person__in=keys).values_list("person", "enrolment").annotate(total=Sum("amount"))
    for person, enrolment, total in sums.order_by("person_id", "enrolment_id"):
        standing[person][enrolment] = total
    return {key: Cap(trainees.get(key), papers[key], rows[key], outside[key], standing[key]) for key in sorted(keys)}


def cap_of(person: int) -> Cap:
    return caps_of([person])[person]


def line_of(enrolment: Enrolment) -> PaymentLine | None:
    return getattr(enrolment, "payment", None)


def kept(line: PaymentLine) -> int:
    """What was decided and not recovered since."""
    return line.amount - line.reversed_amount


def overpaid(line: PaymentLine, standing: Mapping[int, int]) -> int:
    """What has been paid beyond the cap and is still to be recovered."""
    return max(0, kept(line) - standing.get(line.enrolment_id, 0)) if line.state in GONE else 0


def takes_part(enrolment: Enrolment) -> bool:
    """Whether a part of the cap is kept for it: running or completed, and not refused."""
    line = line_of(enrolment)
    return enrolment.state in RESERVES and not (line and line.state == "refused")


def _claim(row: Enrolment) -> tuple[Any, ...]:
    """Who comes first: money that has left, then what was decided, both in the order of decision, then as admitted."""
    line = line_of(row)
    if line is None or line.state not in FIXED:
        return (2, row.admitted_at, row.pk)
    return (0 if line.state in GONE else 1, line.approved_at, row.pk)


def amounts(
    rows: Iterable[Enrolment], outside: Iterable[OutsideCourse], rates: Any, *, on: date, law: Law
) -> dict[int, tuple[int, list[Outcome]]]:
    """What every filing may take of the cap (SUB-10), one after the other: paid ones, decided ones, the others as admitted.

    Pure: `rates(enrolment)` gives identity and outcome of SUB-07. What other programmes paid is given. In every window the
    sum stays within the cap because each sees the amounts before it and the first days of all courses. A decided amount
    keeps its figure while it fits; outcomes stand with it only where it no longer does.
    """
    rows = list(rows)
    past = [balance.PastCourse(c.starts_on, c.amount) for c in counted(outside, law)]
    known = {row.pk: 0 for row in rows}
    found: dict[int, tuple[int, list[Outcome]]] = {row.pk: (0, []) for row in rows}
    for row in sorted(rows, key=_claim):
        line = line_of(row)
        decided = kept(line) if line and line.state in FIXED else None
        if decided is None and not takes_part(row):
            continue
        history = (*past, *(balance.PastCourse(r.course.starts_on, known[r.pk]) for r in rows if r.pk != row.pk))
        who, rate = rates(row) if decided is None else (Identity.NONE, None)
        outcome = balance.subsidy(
            balance.SubsidyFacts(row.course.cost, who, row.course.starts_on, history, decided), on=on, law=law
        )
        known[row.pk] = int(outcome.result["payable"])
        lines = [one for one in (rate, outcome) if one] if decided is None or outcome.result["overpaid"] else []
        found[row.pk] = (known[row.pk], lines)
    return found


def beyond(cap: Cap, law: Law) -> list[str]:
    """What must never be: a course that takes less than nothing, or courses of one window that take more than the cap."""
    wrong = [f"報名 {pk} 的補助額度帳為負數" for pk, amount in cap.standing.items() if amount < 0]
    ours = {row.course.starts_on: 0 for row in cap.rows}
    for row in cap.rows:
        ours[row.course.starts_on] += cap.standing.get(row.pk, 0)
    theirs = [(c.starts_on, c.amount) for c in counted(cap.outside, law)]
    for first, last in balance.windows([*ours, *(day for day, _ in theirs)], law):
        taken = sum(amount for day, amount in ours.items() if first <= day <= last)
        elsewhere = sum(amount for day, amount in theirs if first <= day <= last)
        most = max(law.at("sub.cap", day).value for day in (first, last))
        if taken > max(0, most - elsewhere):
            wrong.append(f"{roc(first)} 起的補助期間使用 {taken + elsewhere:,} 元，超過 {most:,} 元")
    return wrong


def balance_of(cap: Cap, *, on: date, law: Law) -> Outcome:
    """SUB-12: used, reserved, left, and the courses that make them up."""
    courses = [balance.BalanceCourse(c.starts_on, c.amount, "paid", c.title) for c in counted(cap.outside, law)]
    for row in cap.rows:
        line = line_of(row)
        state: Any = "paid" if line and line.state in ("paid", "with_unit") else "reserved"
        beyond = overpaid(line, cap.standing) if line else 0
        courses.append(
            balance.BalanceCourse(
                row.course.starts_on, max(0, cap.standing.get(row.pk, 0)), state, row.course.title, beyond
            )
        )
    return balance.balance(balance.BalanceFacts(tuple(courses)), on=on, law=law)


def estimate(person: User, course: Course, *, on: date, law: Law) -> list[Outcome]:
    """What the course would be paid, shown before anything is proven: SUB-07 and SUB-10 as it stands today."""
    return estimate_of(person.pk, cost=course.cost, starts_on=course.starts_on, without=course.pk, on=on, law=law)


def estimate_of(
    person: int, *, cost: int, starts_on: date, on: date, law: Law, without: int | None = None
) -> list[Outcome]:
    """The same for any fee and first day. `without`: the course asked about, where the person has filed for it."""
    cap = cap_of(person)
    past = [balance.PastCourse(c.starts_on, c.amount) for c in counted(cap.outside, law)]
    past += [
        balance.PastCourse(r.course.starts_on, max(0, cap.standing.get(r.pk, 0)))
        for r in cap.rows
        if r.course_id != without
    ]
    who, rate = rate_of(cap.trainee, cap.identities, starts_on, on=on, law=law)
    facts = balance.SubsidyFacts(cost, who, starts_on, tuple(past))
    return [rate, balance.subsidy(facts, on=on, law=law)]

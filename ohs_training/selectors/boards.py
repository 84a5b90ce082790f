"""Boards of classes by stage, and the figures of the statistics page."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from accounts.rights import organisations_with
from casework.cases.casetypes import casetype
from casework.models import Deadline
from kernel.law import Law
from ohs_training.models import Accreditation, Certificate, ClassVersion, Sitting, TrainingClass
from ohs_training.rules import examination
from ohs_training.selectors.classes import HELD
from ohs_training.states import APP, CLASS_KIND

#: Declared in permissions, which stands above the selectors.
VIEW_OWN, VIEW_OFFICE, VIEW_ALL = f"{APP}.view_own", f"{APP}.view_office", f"{APP}.view_all"

#: Columns of the board: label and the states in it.
STAGES = (
    ("規劃", ("draft", "returned")),
    ("報備及備查", ("filed", "acknowledged")),
    ("訓練中", ("running",)),
    ("結訓及測驗", ("ended", "examined")),
    ("發證及函報", ("issued", "reported")),
    ("結案", ("closed",)),
)
SHOWN = 30
#: What is said of the version filed last, of a class acknowledged before.
CHANGE = {"waits": "變動待備查", "returned": "變動經退回"}


@dataclass(frozen=True, slots=True)
class BoardCard:
    training_class: TrainingClass
    state: str
    tone: str
    due_label: str
    due_on: date | None
    late: bool
    people: int
    #: 變動報備: a notice beside the state, for the county to answer or the institution to mend.
    change: str


@dataclass(frozen=True, slots=True)
class Stage:
    label: str
    cards: list[BoardCard]
    count: int


def classes_visible(user: Any) -> QuerySet[TrainingClass]:
    """Of one's institution, of one's county, or all for the ministry."""
    rows = TrainingClass.objects.select_related(
        "case__organisation", "case__office", "county", "accreditation__organisation"
    )
    if organisations_with(user, VIEW_ALL).exists():
        return rows.exclude(case__state="draft")
    counties = organisations_with(user, VIEW_OFFICE)
    units = organisations_with(user, VIEW_OWN)
    return rows.filter(Q(case__organisation__in=units) | (Q(case__office__in=counties) & ~Q(case__state="draft")))


def board(classes: QuerySet[TrainingClass], *, on: date) -> list[Stage]:
    """Three queries: the classes, their next deadlines, their heads."""
    versions = ClassVersion.objects.filter(training_class=OuterRef("pk")).order_by("-number")
    rows = list(
        classes.annotate(
            people=Count("trainees", filter=Q(trainees__removed_at=None), distinct=True),
            decision=Subquery(versions.values(said=Coalesce("answer__decision", Value("waits")))[:1]),
        )
        .exclude(case__state="cancelled")
        .order_by("starts_on", "pk")
    )
    following: dict[int, Deadline] = {}
    open_ones = Deadline.objects.filter(
        case__in=[one.case_id for one in rows], met_at=None, withdrawn_at=None, lapsed_at=None
    )
    for deadline in open_ones.exclude(code__in=["ohs_training.start", "ohs_training.end"]).order_by("-due_on", "-pk"):
        following[deadline.case_id] = deadline  # type: ignore[index]
    by_state: dict[str, list[BoardCard]] = defaultdict(list)
    table = casetype(CLASS_KIND).table
    for one in rows:
        state, next_one = table.state(one.case.state), following.get(one.case_id)
        by_state[state.code].append(
            BoardCard(
                one,
                state.label,
                state.tone,
                next_one.label if next_one else "",
                next_one.due_on if next_one else None,
                bool(next_one and next_one.due_on < on),
                one.people,
                CHANGE.get(one.decision, "") if state.code in ("acknowledged", *HELD) else "",
            )
        )
    stages = []
    for label, states in STAGES:
        cards = [card for state in states for card in by_state[state]]
        cards.sort(key=lambda card: (card.due_on or date.max, card.training_class.starts_on))
        stages.append(Stage(label, cards[:SHOWN], len(cards)))
    return stages


def _passed(ended_on: date, sat_on: date, mark: Decimal, *, on: date, law: Law) -> bool:
    """Whether one sitting alone passed: OHS-10, on the mark of the day the class ended."""
    facts = examination.ExamFacts(ended_on, (examination.Sitting(sat_on, mark),))
    return bool(examination.exam(facts, on=on, law=law).met)


def statistics(*, since: date, until: date, on: date, law: Law) -> Mapping[str, Any]:
    """Classes that ended in the span: by county, by month, and what came of them."""
    classes = TrainingClass.objects.filter(ends_on__gte=since, ends_on__lte=until).exclude(
        case__state__in=["draft", "cancelled"]
    )
    counties = (
        classes.values("county__name")
        .annotate(
            classes=Count("pk", distinct=True),
            people=Count("trainees", filter=Q(trainees__removed_at=None), distinct=True),
        )
        .order_by("-classes", "county__name")
    )
    months: dict[str, int] = {}
    year, month = since.year, since.month
    while (year, month) <= (until.year, until.month):
        months[f"{year - 1911}/{month:02d}"] = 0
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for day in classes.values_list("ends_on", flat=True):
        months[f"{day.year - 1911}/{day.month:02d}"] += 1
    first = Sitting.objects.filter(trainee__training_class__in=classes, number=1)
    sittings = list(first.values_list("trainee__training_class__ends_on", "sat_on", "mark"))
    certificates = Certificate.objects.filter(trainee__training_class__in=classes).exclude(state="revoked")
    kinds = dict(certificates.values_list("kind").annotate(Count("pk")))
    return {
        "counties": list(counties),
        "months": list(months.items()),
        "sat": len(sittings),
        "passed_first": sum(_passed(*sitting, on=on, law=law) for sitting in sittings),
        "certificates": kinds.get("certificate", 0),
        "proofs": kinds.get("proof", 0),
        "fees": classes.aggregate(total=Sum("payments__amount"))["total"] or 0,
        "institutions": Accreditation.objects.filter(state="in_force").count(),
    }


def institutions_by_county() -> dict[str, int]:
    """Code of a county → how many institutions there are accredited and announced: for the map and the list beside it."""
    rows = Accreditation.objects.filter(state="in_force", announced_on__isnull=False, county__isnull=False)
    return dict(rows.order_by().values_list("county").annotate(count=Count("organisation", distinct=True)))

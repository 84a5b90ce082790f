"""六至十: a class from its filing to the county's second number."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from accounts.models import User
from casework.cases.casetypes import CaseType, Identifier, Panel
from casework.models import Case
from ohs_training.acts import CLASS_ACTS, class_page
from ohs_training.casetype.turns import waits_for
from ohs_training.permissions import VIEW_OFFICE, VIEW_OWN
from ohs_training.selectors.classes import (
    PLANNED,
    as_filed,
    class_of,
    filing_outcomes,
    last_version,
    live_trainees,
    unfiled,
)


def _class_panels(case: Case, user: User) -> Sequence[Panel]:
    training_class = class_of(case)
    last = last_version(training_class)
    context = {
        "training_class": as_filed(training_class),
        "people": live_trainees(training_class).count(),
        "page": class_page(case, user),
        "last": last,
        "unfiled": len(unfiled(training_class)) if case.state not in PLANNED else 0,
    }
    return [Panel("訓練班次", "ohs_training/panels/class.html", context)]


def _class_identifiers(case: Case) -> Sequence[Identifier]:
    return [Identifier(f"trainee-{one.pk}", str(one), one.national_id) for one in live_trainees(class_of(case))]


def _class_row(case: Case) -> Mapping[str, Any]:
    training_class = class_of(case)
    return {
        "期別": training_class.number,
        "訓練類別": training_class.get_training_display(),
        "開訓日": training_class.starts_on,
        "結訓日": training_class.ends_on,
        "備查文號": training_class.acknowledgement,
        "人數": live_trainees(training_class).count(),
    }


CLASS_TYPE = CaseType(
    kind=CLASS_ACTS.kind,
    label="健康服務訓練班次",
    series="OHK",
    table=CLASS_ACTS,
    view_rights=(VIEW_OFFICE, VIEW_OWN),
    findings=lambda case, on, law: filing_outcomes(
        class_of(case), on=on, law=law, filed_on=class_of(case).filed_on or on
    ),
    panels=_class_panels,
    identifiers=_class_identifiers,
    applicant_url=lambda case: reverse("ohs_training:class", args=[case.number]),
    waits_for=waits_for(CLASS_ACTS),
    export_row=_class_row,
)

"""What may be asked without doing it: what a course would be paid, near the cap of three years."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from accounts.models import User
from casework.forms import PortalForm, RocDateField
from casework.law.whatif import Reply, WhatIf
from kernel.dates import roc
from kernel.law import Law
from ojt_subsidy.permissions import ENROL
from ojt_subsidy.selectors.money import balance_of, cap_of, estimate_of, trainee_of


class CourseForm(PortalForm):
    starts_on = RocDateField(label="開訓日", help_text="課程的第一天，例：115/12/1")
    cost = forms.IntegerField(
        label="訓練費用（元）", min_value=1, max_value=1_000_000, help_text="您應繳的全額，例：12000"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


def subsidy(user: User, asked: Mapping[str, Any], *, on: date, law: Law) -> Reply:
    """With the papers and courses the person has today."""
    rate, amount = estimate_of(user.pk, cost=asked["cost"], starts_on=asked["starts_on"], on=on, law=law)
    left = balance_of(cap_of(user.pk), on=on, law=law)
    facts = [
        ("預計補助", f"{amount.result['payable']:,} 元"),
        ("自行負擔", f"{asked['cost'] - amount.result['payable']:,} 元"),
        ("補助比率", f"{rate.result['percent']}%"),
        ("目前剩餘額度", f"{left.result['left']:,} 元（{roc(on)}）"),
    ]
    return Reply(facts, [rate, amount, left])


QUESTIONS = (
    WhatIf(
        "subsidy",
        "產業人才投資方案：課程補助金額",
        "輸入開訓日與費用，依您目前的額度與身分看可補助多少。",
        (ENROL,),
        CourseForm,
        subsidy,
        open_to=lambda user: trainee_of(user) is not None,
    ),
)

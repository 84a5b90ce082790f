"""What may be asked without doing it: from the days of a class to every day that follows from them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse

from accounts.models import User
from accounts.rights import can_anywhere
from casework.forms import PortalForm, RocDateField
from casework.law.impact import day
from casework.law.whatif import Reply, WhatIf
from kernel.law import Law
from ohs_training.permissions import ACKNOWLEDGE, FILE_CLASS, VIEW_ALL
from ohs_training.rules import classes, closing, keeping
from ohs_training.rules.training import TRAININGS

LABELS = {
    "OHS-10": "補考及補課末日",
    "OHS-11": "結業證書發給期限",
    "OHS-12": "在職教育訓練證明發給日",
    "OHS-13": "受訓資料登錄期限",
    "OHS-14": "核發清冊登錄期限",
    "OHS-20": "受訓人員確認時數期限",
}


class ClassDaysForm(PortalForm):
    training = forms.ChoiceField(label="訓練類別", choices=list(TRAININGS.items()))
    starts_on = RocDateField(label="開訓日")
    ends_on = RocDateField(label="結訓日")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        if not self.errors and asked["ends_on"] < asked["starts_on"]:
            self.add_error("ends_on", "結訓日不得早於開訓日。")
        return asked


def class_days(user: User, asked: Mapping[str, Any], *, on: date, law: Law) -> Reply:
    """As if everybody passed: the days are the same for whoever does."""
    starts_on, ends_on = asked["starts_on"], asked["ends_on"]
    filing = classes.filing(classes.FilingFacts(starts_on), on=on, law=law)
    after = closing.terms(
        professional=asked["training"] == "professional", ended_on=ends_on, acknowledgement="（備查文號）", law=law
    )
    kept = keeping.retention(keeping.RecordFacts("sign_in", ends_on), on=ends_on, law=law)
    facts = [
        ("報備期限", day(filing, "file_by")),
        ("變動期限", day(filing, "change_by")),
        *((LABELS[outcome.rule], day(outcome, name)) for outcome, name in after),
        ("資料至少保存至", day(kept, "keep_until")),
    ]
    outcomes = [filing, *(outcome for outcome, _ in after)]
    link = reverse("ohs_training:class_new") if can_anywhere(user, FILE_CLASS) else ""
    return Reply(facts, outcomes, link, "規劃班次" if link else "")


QUESTIONS = (
    WhatIf(
        "class-days",
        "醫護人員訓練：開訓日推算各期限",
        "輸入開訓日與結訓日，看報備、變動、發證、登錄與保存的期限。",
        (FILE_CLASS, ACKNOWLEDGE, VIEW_ALL),
        ClassDaysForm,
        class_days,
    ),
)

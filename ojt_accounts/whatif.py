"""What may be asked without doing it: until when a correction or a review would run."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from accounts.models import User
from casework.forms import PortalForm, RocDateField
from casework.law.impact import day
from casework.law.whatif import Reply, WhatIf
from kernel.law import Law
from ojt_accounts.permissions import PREPARE, SIGN_OFFICER
from ojt_accounts.rules.terms import correction_term, handling_term


class TermsForm(PortalForm):
    notified_on = RocDateField(label="通知補正日", required=False, help_text="分署通知補正的日期，例：115/12/1")
    received_on = RocDateField(label="收件日", required=False, help_text="送件或補正後重新送件的日期，例：115/12/1")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        if not self.errors and not any(asked.values()):
            self.add_error("notified_on", "請至少填寫一個日期。")
        return asked


def terms(user: User, asked: Mapping[str, Any], *, on: date, law: Law) -> Reply:
    facts, outcomes = [], []
    for name, rule, label in (
        ("notified_on", correction_term, "補正期限"),
        ("received_on", handling_term, "分署審查期限"),
    ):
        if start := asked.get(name):
            outcome = rule(start, on=start, law=law)
            facts.append((label, day(outcome, "due_on")))
            outcomes.append(outcome)
    return Reply(facts, outcomes)


QUESTIONS = (
    WhatIf(
        "account-terms",
        "帳號申請：補正與審查期限",
        "輸入通知補正日或收件日，看期限是哪一天，遇假日如何順延。",
        (PREPARE, SIGN_OFFICER),
        TermsForm,
        terms,
    ),
)

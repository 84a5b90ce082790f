"""What may be asked without doing it: until when a request is answered, a leaver's account stopped, an idle one closed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from accounts.models import User
from casework.forms import PortalForm, RocDateField
from casework.law.impact import day
from casework.law.whatif import Reply, WhatIf
from kernel.law import Law
from senior45.params import OFFICE_LABELS, OfficeKind
from senior45.permissions import DECIDE, FILE
from senior45.rules import procedure, rights


class DaysForm(PortalForm):
    received_on = RocDateField(label="收到申請表之日", required=False)
    left_on = RocDateField(label="離職生效日", required=False)
    office = forms.ChoiceField(label="機關類別", choices=[(kind.value, OFFICE_LABELS[kind]) for kind in OfficeKind])
    last_sign_in_on = RocDateField(label="最近登入日", required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        if not self.errors and not any(asked.get(name) for name in ("received_on", "left_on", "last_sign_in_on")):
            self.add_error("received_on", "請至少填寫一個日期。")
        return asked


def days(user: User, asked: Mapping[str, Any], *, on: date, law: Law) -> Reply:
    facts, outcomes = [], []
    if received := asked.get("received_on"):
        outcomes.append(procedure.answer(procedure.AnswerFacts(received), on=on, law=law))
        facts.append(("回覆期限", day(outcomes[-1], "answer_by")))
    if left := asked.get("left_on"):
        outcomes.append(procedure.leaver(procedure.LeaverFacts(left), on=on, law=law))
        facts.append(("申請停用期限", day(outcomes[-1], "file_by")))
    if seen := asked.get("last_sign_in_on"):
        outcomes.append(
            rights.idle(rights.IdleFacts(OfficeKind(asked["office"]), seen, last_sign_in_on=seen), on=on, law=law)
        )
        closes = outcomes[-1].result["closes_on"]
        facts.append(("未登入自動關閉日", day(outcomes[-1], "closes_on") if closes else "不自動關閉"))
    return Reply(facts, outcomes)


QUESTIONS = (
    WhatIf(
        "site-account-days",
        "45+ 網站帳號：回覆、離職停用與閒置期限",
        "輸入收件、離職生效或最近登入的日期，看各期限是哪一天。",
        (FILE, DECIDE),
        DaysForm,
        days,
    ),
)

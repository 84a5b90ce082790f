"""What stands open in the scheme, for impact sheets: applications not decided, by every rule that speaks on them."""

from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse

from casework.law.impact import Answer, OpenThing, day, source_of_rows, verdict
from kernel.dates import roc
from kernel.law import Law
from ojt_accounts.models import Application
from ojt_accounts.params import PLANS
from ojt_accounts.rules.terms import correction_term, handling_term
from ojt_accounts.selectors import findings
from ojt_accounts.states import UNDECIDED


def _open() -> QuerySet[Application]:
    rows = Application.objects.filter(case__state__in=UNDECIDED)
    return rows.select_related("case__organisation", "case__office", "intake", "county", "unit_form").prefetch_related(
        "account_forms"
    )


def _thing(application: Application, on: date) -> OpenThing:
    case = application.case

    def ask(law: Law) -> Mapping[str, Answer]:
        found: dict[str, Answer] = {}
        for one in findings(application, on=on, law=law):
            plan = PLANS.get(str(one.facts.get("plan", "")), "")
            found[f"{one.rule}{f'（{plan}）' if plan else ''}"] = verdict(one)
        term = correction_term(on, on=on, law=law)
        found["補正期限"] = Answer(f"{roc(on)} 通知者，{day(term, 'due_on')} 前補正", term)
        if case.received_on:
            handling = handling_term(case.received_on, on=case.received_on, law=law)
            found["審查時限"] = Answer(day(handling, "due_on"), handling)
        return found

    return OpenThing(f"{case.number} {case.title}", reverse("admin:case", args=[case.number]), case.office_id, ask)


OPEN_THINGS = (source_of_rows("ojt_accounts.application", "帳號申請案", ("oa.",), _open, _thing),)

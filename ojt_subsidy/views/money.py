"""The trainee's money: balance of the cap, and what each class paid."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.clock import today
from accounts.idle import no_idle_sign_out
from casework.law.in_force import law_in_force
from kernel.outcome import Outcome
from ojt_subsidy.models import Enrolment
from ojt_subsidy.selectors.money import balance_of, cap_of, line_of, overpaid
from ojt_subsidy.states import ENROLMENT, PAYMENT
from ojt_subsidy.views.pages import page


@no_idle_sign_out
@require_safe
def balance(request: HttpRequest) -> HttpResponse:
    """補助額度: window, used, reserved, left, and what makes them up (SUB-12)."""
    law, on = law_in_force(), today()
    cap_now = cap_of(request.user.pk)
    outcome = balance_of(cap_now, on=on, law=law)
    rows = [
        {
            "row": row, "amount": max(0, cap_now.standing.get(row.pk, 0)), "state": ENROLMENT.state(row.state),
            "overpaid": overpaid(row.payment, cap_now.standing) if line_of(row) else 0,
        }
        for row in cap_now.rows
    ]  # fmt: skip
    result = outcome.result
    cap = law.at("sub.cap", on)
    window = [date.fromisoformat(result[k]) if result[k] else None for k in ("window_starts_on", "window_ends_on")]
    context = {
        "lines": outcome.lines, "result": result, "window": window, "rows": rows, "cap": cap, "taken": result["used"] + result["reserved"],
        "outside": cap_now.outside,
    }  # fmt: skip
    return page(request, "balance", context)


@no_idle_sign_out
@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """補助款: every line with the figures it rests on."""
    rows = (
        Enrolment.objects.filter(person=request.user, payment__isnull=False)
        .select_related("course", "payment")
        .order_by("-pk")
    )
    standing = cap_of(request.user.pk).standing
    listed = [
        {"row": row, "line": row.payment, "state": PAYMENT.state(row.payment.state),
         "overpaid": overpaid(row.payment, standing),
         "lines": [x for one in row.payment.outcomes for x in Outcome.from_json(one).lines]}
        for row in rows
    ]  # fmt: skip
    return page(request, "payments", {"rows": listed})

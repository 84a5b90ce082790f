"""Leave and make-up, practice, fees, certificates, what is kept."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from accounts.clock import now, today
from casework.cases.doing import perform
from casework.law.in_force import law_in_force
from casework.views.acting import acting, into_form
from kernel.asked import whole_number
from ohs_training.forms import running as forms
from ohs_training.models import Certificate, Confirmation, LeaveRequest, Retention, Trainee
from ohs_training.permissions import DECIDE_RETENTION, FILE_CLASS, ISSUE, REPORT, RUN_CLASS
from ohs_training.rules import keeping
from ohs_training.selectors.classes import live_trainees
from ohs_training.services import issuing
from ohs_training.services import keeping as keeping_service
from ohs_training.views.classpage import courses_missed
from ohs_training.views.places import act_here, load, shown


def _bound(request: HttpRequest, name: str, form_class: Any, **given: Any) -> Any:
    """The form a page of several posts to: bound when it was this one that was sent."""
    posted = request.POST.get("form") == name
    data, files = (request.POST, request.FILES) if posted else (None, None)
    return form_class(data, files, auto_id=f"{name}_%s", **given)


@acting
def absence(request: HttpRequest, number: str) -> HttpResponse:
    """請假、補課、冒名頂替."""
    place = load(request, number, right=RUN_CLASS)
    given = {"case": place.case, "training_class": place.training_class}
    leave = _bound(request, "leave", forms.LeaveForm, **given)
    make_up = _bound(request, "make_up", forms.MakeUpForm, **given)
    somebody = _bound(request, "somebody", forms.ImpersonationForm, **given)
    todo = (
        (leave, "ask_leave", "已登錄請假單。"),
        (make_up, "make_up", "已登錄補課。"),
        (somebody, "report_impersonation", "已登錄。"),
    )
    for form, name, said in todo:
        if form.is_bound and form.is_valid():
            with into_form(request, form) as tried:
                act_here(request, form, place.case, name, **form.answers)
            if tried.ok:
                messages.success(request, said)
                return redirect(place.url("absence"))
    context = {
        "leave": leave,
        "make_up": make_up,
        "somebody": somebody,
        "leaves": list(
            LeaveRequest.objects.filter(trainee__training_class=place.training_class)
            .select_related("trainee")
            .order_by("starts_at")
        ),
        "make_ups": list(place.training_class.make_ups.select_related("trainee")),
        "owed": [
            {"one": line.trainee, "courses": missed, "lines": line.chain.absence.refusals}
            for line in issuing.chain_now(place.training_class, now()).lines
            if line.chain and (missed := courses_missed(line.chain))
        ],
        "professional": place.training_class.professional,
    }
    bad = any(form.errors for form, _, _ in todo)
    return shown(request, place, "absence", context, title="請假與補課", status=422 if bad else 200)


@require_POST
@acting
def leave_change(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """補證明 or 銷假 of one request."""
    place = load(request, number, right=RUN_CLASS)
    get_object_or_404(LeaveRequest, pk=pk, trainee__training_class=place.training_class, withdrawn_at=None)
    if "withdraw" in request.POST:
        perform(place.case, "withdraw_leave", by=request.user, at=now(), pk=pk)
        messages.success(request, "已銷假。")
        return redirect(place.url("absence"))
    form = forms.ProofForm(request.POST, request.FILES)
    if form.is_valid():
        perform(place.case, "prove_leave", by=request.user, at=now(), pk=pk, proof=form.cleaned_data["proof"])
        messages.success(request, "已補證明。")
    else:
        messages.error(request, "；".join(text for errors in form.errors.values() for text in errors))
    return redirect(place.url("absence"))


@acting
def practice(request: HttpRequest, number: str) -> HttpResponse:
    place = load(request, number, right=RUN_CLASS)
    if not place.training_class.professional:
        raise Http404
    form = _bound(request, "practice", forms.PracticeForm, case=place.case, training_class=place.training_class)
    if form.is_bound and form.is_valid():
        with into_form(request, form) as tried:
            act_here(request, form, place.case, "record_practice", **form.answers)
        if tried.ok:
            messages.success(request, "已登錄實習及報告。")
            return redirect(place.url("practice"))
    context = {"form": form, "people": list(live_trainees(place.training_class))}
    return shown(request, place, "practice", context, title="實習及報告", status=422 if form.errors else 200)


@acting
def fees(request: HttpRequest, number: str) -> HttpResponse:
    """收費、收據、收支."""
    place = load(request, number, right=FILE_CLASS)
    pay = _bound(request, "pay", forms.PaymentForm, case=place.case, training_class=place.training_class)
    spend = _bound(request, "spend", forms.SpendingForm, case=place.case)
    for form, act, said in (
        (pay, "receive_fee", "已收費並掣給收據。"),
        (spend, "record_spending", "已登錄支出。"),
    ):
        if form.is_bound and form.is_valid():
            with into_form(request, form) as tried:
                act_here(request, form, place.case, act, **form.answers)
            if tried.ok:
                messages.success(request, said)
                return redirect(place.url("fees"))
    payments = list(place.training_class.payments.select_related("trainee", "document").defer("document__context"))
    spendings = list(place.training_class.spendings.all())
    facts = keeping.FeesFacts(
        tuple(keeping.Payment(one.amount, one.receipt) for one in payments),
        tuple(keeping.Spending(one.item, one.amount) for one in spendings),
    )
    context = {
        "pay": pay,
        "spend": spend,
        "payments": payments,
        "spendings": spendings,
        "outcome": keeping.fees(facts, on=today(), law=law_in_force()),
    }
    return shown(request, place, "fees", context, title="收費與收支", status=422 if pay.errors or spend.errors else 200)


# --- certificates -----------------------------------------------------------------------------------------------------------------


@require_safe
@acting
def certificates(request: HttpRequest, number: str) -> HttpResponse:
    """The register of what was issued, what holds up the rest, how far the files are."""
    place = load(request, number, right=ISSUE)
    day = today()
    chain = issuing.chain_now(place.training_class, now())
    waiting = [
        {"one": line.trainee, "against": issuing.against(place.training_class, line, on=day), "chain": line.chain}
        for line in chain.lines
        if line.certificate is None
    ]
    rows = Certificate.objects.filter(trainee__training_class=place.training_class).select_related(
        "trainee", "document", "replaces"
    )
    context = {
        "rows": list(rows.defer("document__context", "outcomes").order_by("trainee__seat", "pk")),
        "waiting": waiting,
        "ready": sum(not one["against"] for one in waiting),
        "batch": place.training_class.batches.order_by("-pk").first(),
        "confirmations": list(
            Confirmation.objects.filter(trainee__training_class=place.training_class).select_related("trainee")
        ),
        "reply": forms.ReplyForm(auto_id=False),
        "reason": forms.CertificateActForm(auto_id=False),
        "may_report": place.rights.has(REPORT),
    }
    return shown(request, place, "certificates", context, title="證書與證明")


@require_safe
@acting
def batch(request: HttpRequest, number: str) -> HttpResponse:
    """The progress bar, asked for every two seconds while it runs."""
    place = load(request, number, right=ISSUE)
    return shown(
        request, place, "batch", {"batch": place.training_class.batches.order_by("-pk").first()}, title="製作進度"
    )


@require_POST
@acting
def certificate_change(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """補發 or 撤銷 of one person's."""
    place = load(request, number, right=ISSUE)
    get_object_or_404(Trainee, pk=pk, training_class=place.training_class)
    form = forms.CertificateActForm(request.POST)
    if form.is_valid():
        act = "revoke_certificate" if "revoke" in request.POST else "reissue_certificate"
        given = {"reason": form.cleaned_data["reason"], "certificate": form.cleaned_data["certificate"]}
        act_here(request, form, place.case, act, trainee=pk, **given)
        messages.success(request, "已撤銷。" if "revoke" in request.POST else "已補發，原證書註記保留。")
    else:
        messages.error(request, "請填寫原因。")
    return redirect(place.url("certificates"))


@require_POST
@acting
def dispute(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    place = load(request, number, right=REPORT)
    get_object_or_404(Confirmation, trainee=pk, trainee__training_class=place.training_class)
    form = forms.ReplyForm(request.POST)
    if form.is_valid():
        reply = form.cleaned_data["reply"]
        perform(place.case, "answer_dispute", by=request.user, at=now(), trainee=pk, reply=reply)
        messages.success(request, "已回復受訓人員。")
    else:
        messages.error(request, "請填寫回復內容。")
    return redirect(place.url("certificates"))


# --- keeping ---------------------------------------------------------------------------------------------------------------------------


@acting
def records(request: HttpRequest, number: str) -> HttpResponse:
    """保存: what is kept until when; what the job listed, to be decided by a person."""
    place = load(request, number, right=DECIDE_RETENTION)
    law, day, ended = law_in_force(), today(), place.training_class.ends_on
    form = forms.RetentionForm(request.POST or None, case=None)
    if request.method == "POST" and form.is_valid():
        row = get_object_or_404(
            Retention,
            pk=whole_number(request.POST.get("row")),
            training_class=place.training_class,
        )
        with into_form(request, form) as tried:
            act_here(request, form, place.case, "decide_retention", row=row.pk, **form.answers)
        if tried.ok:
            messages.success(request, "已記錄決定。")
            return redirect(place.url("records"))
    listed = {
        one.record: one
        for one in place.training_class.retentions.select_related("decided_by").defer("decided_by__national_id")
    }
    rows = []
    labels = law.at("ohs.records", ended).value
    for kind in keeping_service.kinds_of(place.training_class, law):
        facts = keeping.RecordFacts(
            kind, ended, keeping_service.made_on(place.training_class, kind), place.training_class.registered_on
        )  # type: ignore[arg-type]
        outcome = keeping.retention(facts, on=max(day, ended), law=law)
        rows.append(
            {
                "label": labels[kind],
                "keep_until": outcome.result["keep_until"],
                "over": outcome.result["may_list"],
                "row": listed.get(kind),
            }
        )
    return shown(
        request, place, "records", {"rows": rows, "form": form}, title="資料保存", status=422 if form.errors else 200
    )

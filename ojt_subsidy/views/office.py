"""The branch: intakes, insurance exchange, payment lines, batches, other programmes' courses, statistics."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from accounts.clock import now, today
from accounts.identity import others_bearing
from accounts.models import AccessLog, Organisation, User
from accounts.rights import organisations_with, rights_of
from accounts.roles import right
from accounts.services.access import record_access
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.views.acting import acting, into_form
from casework.views.sign_in_help import ConfirmForm
from kernel.asked import whole_number
from kernel.outcome import Outcome
from ojt_subsidy.acts import CLOSING
from ojt_subsidy.forms.office import (
    BirthForm,
    ClaimForm,
    CourseIntakeForm,
    ExchangeInForm,
    ExchangeOutForm,
    FileForm,
    LineForm,
    OfficeForm,
    OutsideForm,
    TakeOutForm,
)
from ojt_subsidy.models import Closing, CourseIntake, ExchangeFile, OutsideCourse, PaymentBatch, PaymentLine, Trainee
from ojt_subsidy.permissions import (
    ANNOUNCE,
    APPROVE_PAYMENT,
    BATCH_PAYMENT,
    EXCHANGE,
    REVERSE_PAYMENT,
    REVIEW_PAYMENT,
    VIEW_OFFICE,
    batches_for,
)
from ojt_subsidy.selectors.accounts import UNPROVEN, doubts
from ojt_subsidy.selectors.lines import judged, lines_to_pay
from ojt_subsidy.selectors.money import caps_of, overpaid
from ojt_subsidy.selectors.statistics import charts
from ojt_subsidy.services import announcing, batching, exchange, outside, paying, profile
from ojt_subsidy.states import DECIDABLE, PAYMENT
from ojt_subsidy.views.pages import download, office_page, pressed


def offices_of(user: Any, right: str = VIEW_OFFICE) -> QuerySet[Organisation]:
    """Raises NotPermitted where there is none."""
    found = organisations_with(user, right).filter(kind=Organisation.Kind.BRANCH).order_by("pk")
    if not found:
        raise NotPermitted("您沒有使用這個頁面的權限。")
    return found


@acting
def intakes(request: HttpRequest) -> HttpResponse:
    """受理訓練計畫期間."""
    offices_of(request.user)
    may = organisations_with(request.user, ANNOUNCE).exists()
    form = CourseIntakeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = pressed(request, form, "intake", lambda at: {
            "pk": announcing.announce_intake(by=request.user, at=at, **form.answers).pk
        })  # fmt: skip
        if done is not None:
            messages.success(request, "已公告受理期間。")
            return redirect("admin:subsidy_intakes")
    context = {"rows": list(CourseIntake.objects.all()[:30]), "form": form if may else None, "today": today()}
    return office_page(request, "intakes", context, title="課程受理期間", status=422 if form.errors else 200)


# --- insurance ---------------------------------------------------------------------------------------------------------------


@acting
def insurance_exchange(request: HttpRequest) -> HttpResponse:
    """投保勾稽: list out, result in, previewed before anything is written (SUB-06)."""
    offices = offices_of(request.user, EXCHANGE)
    out = ExchangeOutForm(offices=offices)
    form = ExchangeInForm(offices=offices)
    preview = None
    if request.method == "POST" and "out" in request.POST:
        out = ExchangeOutForm(request.POST, offices=offices)
        if out.is_valid():
            office, day = out.cleaned_data["office"], out.cleaned_data["day"]
            with into_form(request, out) as tried:
                content, made = exchange.export_file(office=office, day=day, by=request.user, at=now())
            if tried.ok:
                subject = f"投保比對名冊 {made.day} {made.rows} 筆"
                record_access(
                    AccessLog.Action.EXPORT,
                    at=now(),
                    user=request.user,
                    subject=subject,
                    reason=out.cleaned_data["reason"],
                    request=request,
                )
                if made.report:
                    messages.warning(request, f"{exchange.NO_NUMBER}：{'、'.join(made.report)}。")
                return download(content, f"insurance_{day:%Y%m%d}.csv", "text/csv; charset=utf-8")
    elif request.method == "POST":
        form = ExchangeInForm(request.POST, request.FILES, offices=offices)
        if form.is_valid():
            given, data = form.cleaned_data, form.cleaned_data["file"].read()
            with into_form(request, form) as tried:
                if given["apply"]:
                    file, first = exchange.import_file(office=given["office"], data=data, by=request.user, at=now())
                    text = f"已匯入 {file.rows} 列。" if first else "這個檔案先前已匯入，沒有重複寫入。"
                    messages.success(request, text)
                else:
                    preview = exchange.read_result(office=given["office"], data=data, at=now())
            if tried.ok and given["apply"]:
                return redirect("admin:subsidy_insurance")
    files = ExchangeFile.objects.filter(office__in=offices).select_related("by", "office")[:20]
    context = {"out": out, "form": form, "preview": preview, "files": files}
    bad = out.errors or form.errors
    return office_page(request, "insurance", context, title="投保資料勾稽", status=422 if bad else 200)


# --- payments ----------------------------------------------------------------------------------------------------------------


@require_safe
@acting
def closings(request: HttpRequest) -> HttpResponse:
    """結訓核銷 by class, with how its lines stand."""
    found = Closing.objects.filter(case__office__in=offices_of(request.user)).select_related(
        "case__organisation", "course"
    )
    pages = Paginator(found.order_by("-pk"), 30).get_page(request.GET.get("page"))
    counts = (
        PaymentLine.objects.filter(closing__in=[one.pk for one in pages])
        .values_list("closing", "state")
        .annotate(n=Count("pk"))
    )
    by: dict[int, list[str]] = {}
    for closing, state, n in counts.order_by("closing", "state"):
        by.setdefault(closing, []).append(f"{PAYMENT.state(state).label} {n}")
    rows = [
        {"closing": one, "state": CLOSING.state(one.case.state), "lines": "、".join(by.get(one.pk, []))}
        for one in pages
    ]
    return office_page(request, "closings", {"rows": rows, "page": pages}, title="結訓核銷與補助款")


@acting
def payments(request: HttpRequest, number: str) -> HttpResponse:
    """補助款明細 of a class: every figure with its lines; each line decided by itself (SUB-05, SUB-10, SUB-11)."""
    rows = Closing.objects.filter(case__office__in=offices_of(request.user)).select_related(
        "case", "course__case__organisation"
    )
    closing = get_object_or_404(rows, case__number=number)
    form = LineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if given["act"] == "all":
            done, held = paying.approve_all(closing.pk, by=request.user, at=now())
            messages.success(request, f"已核定 {done} 筆。")
            for sentence in held[:10]:
                messages.warning(request, sentence)
            return redirect("admin:subsidy_payments", number)
        line = get_object_or_404(PaymentLine, pk=given["line"], closing=closing)
        if pressed(request, form, "line", lambda at: _decide(line, given, request.user, at)) is not None:
            messages.success(request, f"報名序號 {line.enrolment.receipt} 已辦理。")
            return redirect("admin:subsidy_payments", number)
    listed = lined(
        closing.lines.select_related(
            "enrolment__person", "enrolment__course__case", "enrolment__survey", "closing__case"
        ).order_by("enrolment__number")
    )
    rights, office = rights_of(request), closing.case.office_id
    may = {"review": REVIEW_PAYMENT, "approve": APPROVE_PAYMENT, "reverse": REVERSE_PAYMENT}
    context = {
        "closing": closing, "course": closing.course, "rows": listed, "form": form,
        "may": {name: office in rights.get(right(code).codename, ()) for name, code in may.items()},
        "ready": closing.case.state in DECIDABLE, "waiting": any(one["state"].code == "pending" for one in listed),
    }  # fmt: skip
    return office_page(
        request, "payments", context, title=f"補助款明細：{closing.course.title}", status=422 if form.errors else 200
    )


#: Lines whose account an officer may still confirm.
UNPAID = ("pending", "missing", "approved", "bounced")


def lined(lines: Iterable[PaymentLine]) -> list[dict[str, Any]]:
    """Lines with state, amount and what it rests on: as it was decided, otherwise as the rules say now."""
    lines, on = list(lines), today()
    now_judged = judged([line for line in lines if not line.outcomes], on=on, law=law_in_force())
    caps = caps_of(line.enrolment.person_id for line in lines)
    people = Trainee.objects.filter(pk__in=[line.enrolment.person_id for line in lines]).exclude(bank_changed_at=None)
    trainees = {one.pk: one for one in people.select_related("user").defer("user__national_id")}
    accounts = {one.pk: doubt for one, doubt in doubts(trainees.values()).items()}
    found = []
    for line in lines:
        outcomes = [Outcome.from_json(one) for one in line.outcomes] or now_judged[line.pk]
        standing = caps[line.enrolment.person_id].standing
        found.append({
            "line": line, "state": PAYMENT.state(line.state), "lines": [x for one in outcomes for x in one.lines],
            "amount": line.amount or standing.get(line.enrolment_id, 0), "overpaid": overpaid(line, standing),
            "account": accounts.get(line.enrolment.person_id) if line.payee == "trainee" and line.state in UNPAID else None,
            "undecided": line.state in UNPAID,
            "unproven": UNPROVEN if line.state in UNPAID and line.enrolment.person.national_id_proven_at is None else "",
            "trainee": trainees.get(line.enrolment.person_id),
        })  # fmt: skip
    return found


@acting
def person(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """核對身分 of a line: whether the number is proven, and who else says it is theirs, with what they were paid (登入協助)."""
    offices = offices_of(request.user, REVIEW_PAYMENT)
    rows = PaymentLine.objects.filter(closing__case__office__in=offices, closing__case__number=number)
    line = get_object_or_404(rows.select_related("closing__case", "enrolment__person", "enrolment__course"), pk=pk)
    who = line.enrolment.person
    given = request.POST if request.method == "POST" else None
    confirm = ConfirmForm(given if given and "confirm" in given else None)
    asked = whole_number(given.get("other")) if given and "claim" in given else None
    claim = ClaimForm(given if asked else None, auto_id=f"claim-{asked}-%s")
    if confirm.is_bound and confirm.is_valid():
        done = pressed(request, confirm, f"person:{pk}", lambda at: paying.prove_person(
            line, by=request.user, at=at, **confirm.answers
        ))  # fmt: skip
        if done is not None:
            messages.success(request, "已確認身分證字號，並通知本人。")
            return redirect("admin:subsidy_person", number, pk)
    if claim.is_bound and claim.is_valid():
        said = claim.cleaned_data
        other = get_object_or_404(others_bearing(who), pk=said["other"])
        done = pressed(request, claim, f"claim:{pk}:{other.pk}", lambda at: paying.settle_claim(
            line, other=other, same=said["same"], reason=said["reason"], by=request.user, at=at
        ))  # fmt: skip
        if done is not None:
            messages.success(request, "已認定，並釋出另一帳號登錄的字號。")
            return redirect("admin:subsidy_person", number, pk)
    theirs: dict[int, list[PaymentLine]] = {}
    for one in paying.paid_to_claimants(who).select_related("enrolment__course").order_by("pk"):
        theirs.setdefault(one.enrolment.person_id, []).append(one)
    others = [
        {
            "user": one,
            "paid": theirs.get(one.pk, ()),
            "form": claim if one.pk == asked else ClaimForm(initial={"other": one.pk}, auto_id=f"claim-{one.pk}-%s"),
        }
        for one in others_bearing(who).order_by("pk")
    ]
    context = {
        "line": line,
        "person": who,
        "confirm": confirm,
        "others": others,
        "office_proof": User.Proof.OFFICE,
    }
    bad = confirm.errors or claim.errors
    return office_page(request, "person", context, title=f"核對身分：{who.name}", status=422 if bad else 200)


@acting
def births(request: HttpRequest) -> HttpResponse:
    """更正出生日期: what filings and payments rest on is corrected by the branch, with proof (SUB-07)."""
    offices = offices_of(request.user, REVIEW_PAYMENT)
    form = BirthForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = pressed(request, form, "birth", lambda at: {
            "pk": profile.correct_birth(offices=offices, by=request.user, at=at, **form.answers).pk
        })  # fmt: skip
        if done is not None:
            messages.success(request, "出生日期已更正並通知學員；已勾稽者須重新勾稽，未撥付之補助款須重新核定。")
            return redirect("admin:subsidy_births")
    return office_page(request, "births", {"form": form}, title="更正出生日期", status=422 if form.errors else 200)


def _decide(line: PaymentLine, given: dict[str, Any], by: User, at: Any) -> None:
    reason = given["reason"]
    if given["act"] == "approve":
        paying.approve_line(line, by=by, at=at)
    elif given["act"] == "ask":
        paying.ask_papers(line, reason=reason, by=by, at=at)
    elif given["act"] == "refuse":
        paying.refuse_line(line, reason=reason, by=by, at=at)
    elif given["act"] == "account":
        paying.confirm_account(line, seen=given["shown"], reason=reason, by=by, at=at)
    elif given["act"] == "correct":
        paying.correct_account(line, by=by, at=at)
    else:
        paying.reverse_line(line, amount=given["amount"] or 0, reason=reason, by=by, at=at)


@acting
def batches(request: HttpRequest) -> HttpResponse:
    """撥款清冊: what waits, and the batches made."""
    offices = offices_of(request.user, BATCH_PAYMENT)
    form = OfficeForm(request.POST or None, offices=offices)
    if request.method == "POST" and form.is_valid():
        left: list[str] = []

        def do(at: Any) -> dict[str, Any]:
            batch, out = batching.make_batch(office=form.cleaned_data["office"], by=request.user, at=at)
            left.extend(out)
            return {"pk": batch.pk}

        answer = pressed(request, form, "batch", do)
        if answer is not None:
            for sentence in left[:10]:
                messages.warning(request, sentence)
            return redirect("admin:subsidy_batch", answer["pk"])
    waiting, total = lines_to_pay(offices)
    rows = batches_for(request.user).select_related("office", "made_by")[:50]
    context = {"form": form, "rows": rows, "waiting": waiting, "total": total}
    return office_page(request, "batches", context, title="撥款清冊", status=422 if form.errors else 200)


@acting
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One batch: what is in it, the file to the bank, and the bank's answer."""
    offices_of(request.user, BATCH_PAYMENT)
    one = get_object_or_404(batches_for(request.user).select_related("office", "made_by", "sent_by"), pk=pk)
    form = TakeOutForm() if one.state == PaymentBatch.State.OPEN else FileForm()
    if "send" in request.POST:
        seen = (request.POST.get("count", ""), request.POST.get("total", ""))
        try:
            batching.send_batch(one, by=request.user, at=now(), confirmed=seen)
            messages.success(request, "已送出，請下載檔案交付銀行。")
        except Refused as error:
            messages.error(request, error.message)
        return redirect("admin:subsidy_batch", pk)
    if "take_out" in request.POST and one.state != PaymentBatch.State.OPEN:
        messages.error(request, "清冊已送銀行，不能移出。")
        return redirect("admin:subsidy_batch", pk)
    if "take_out" in request.POST:
        form = TakeOutForm(request.POST)
        if form.is_valid():
            reference, reason = form.cleaned_data["reference"], form.cleaned_data["reason"]
            with into_form(request, form) as tried:
                line = batching.take_out(one, reference=reference, reason=reason, by=request.user, at=now())
            if tried.ok:
                messages.success(request, f"報名序號 {line.enrolment.receipt} 已移出，可列入下一份清冊。")
                return redirect("admin:subsidy_batch", pk)
    elif request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            with into_form(request, form) as tried:
                _, first = batching.apply_result(one, data=form.cleaned_data["file"].read(), by=request.user, at=now())
            if tried.ok:
                messages.success(request, "已依銀行回覆入帳。" if first else "這個檔案先前已入帳，沒有重複處理。")
                return redirect("admin:subsidy_batch", pk)
    lines = one.lines.select_related("enrolment__course").order_by("reference")
    pages = Paginator(lines, 100).get_page(request.GET.get("page"))
    listed = [{"line": x, "state": PAYMENT.state(x.state)} for x in pages]
    count, total = batching.totals_in_database(one)
    context = {"batch": one, "rows": listed, "page": pages, "form": form, "count": count, "total": total}
    return office_page(request, "batch", context, title=f"撥款清冊 {one.number}", status=422 if form.errors else 200)


@require_safe
@acting
def batch_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The frozen file, byte for byte, however often it is fetched."""
    offices_of(request.user, BATCH_PAYMENT)
    one = get_object_or_404(batches_for(request.user), pk=pk)
    if one.state == PaymentBatch.State.OPEN:
        raise Http404
    record_access(
        AccessLog.Action.EXPORT,
        at=now(),
        user=request.user,
        subject=f"撥款清冊 {one.number}",
        reason="交付銀行",
        request=request,
    )
    return download(one.content.encode("utf-8-sig"), f"{one.number}.csv", "text/csv; charset=utf-8")


@acting
def outside_courses(request: HttpRequest) -> HttpResponse:
    """其他計畫參訓紀錄: what begins or fills somebody's window elsewhere (SUB-09)."""
    offices_of(request.user, REVIEW_PAYMENT)
    form = OutsideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = pressed(request, form, "outside", lambda at: {
            "pk": outside.enter_outside(by=request.user, at=at, **form.answers).pk
        })  # fmt: skip
        if done is not None:
            messages.success(request, "已登錄，學員的補助額度已重新計算。")
            return redirect("admin:subsidy_outside")
    mine = OutsideCourse.objects.filter(entered_by=request.user).select_related("person").order_by("-pk")[:30]
    return office_page(
        request, "outside", {"form": form, "rows": mine}, title="其他計畫參訓紀錄", status=422 if form.errors else 200
    )


@require_safe
@acting
def statistics(request: HttpRequest) -> HttpResponse:
    """統計: enrolment by category, use of the cap, absence; each chart with its table."""
    return office_page(
        request, "statistics", {"charts": charts(list(offices_of(request.user)))}, title="課程與補助統計"
    )

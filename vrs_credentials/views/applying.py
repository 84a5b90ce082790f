"""Applications of the professional: wizard, papers, hours, own education, renewal, extension."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import now, today
from accounts.roles import Side
from casework import papers as printing
from casework.casetypes import casetype
from casework.errors import Refused
from casework.models import Case
from casework.selectors import case_on_side
from casework.services.drafts import drop_draft
from casework.services.law import law_in_force
from casework.services.wordings import wording
from casework.views import words
from casework.views.acting import acting, into_form
from vrs_credentials import documents
from vrs_credentials.forms import applying as forms
from vrs_credentials.models import (
    Certificate,
    ExtensionApplication,
    HoursApplication,
    OwnEducation,
    Renewal,
)  # fmt: skip
from vrs_credentials.params.clauses import KINDS
from vrs_credentials.rules import courses as course_rules
from vrs_credentials.rules.wizard import Background, propose
from vrs_credentials.selectors import casepage, papers
from vrs_credentials.selectors.papers import PaperSlot
from vrs_credentials.selectors.register import current_certificates, own_cases, standing
from vrs_credentials.services import education, filing, qualifying, renewing, training, uploading
from vrs_credentials.services.courses import add_flyer
from vrs_credentials.views.common import (
    form_page,
    own_case,
    own_certificate,
    page,
    pressed_once,
    professional_of,
    typed_before,
)
from vrs_credentials.views.dashboard import ME, card
from vrs_credentials.wordings import NO_BAR

WIZARD = ("licence", "skill", "degree", "programme", "training", "years")


# --- qualification --------------------------------------------------------------------------------------------------------


@acting
def apply(request: HttpRequest) -> HttpResponse:
    """資格申請精靈: plain questions, then the clauses with why, then a draft with its checklist."""
    if professional_of(request) is None:
        messages.info(request, "請先填寫專業人員基本資料，再開始申請。")
        return redirect("vrs_credentials:profile")
    form = forms.WizardForm(request.POST or None, initial=typed_before(request, "vrs.apply"))
    if request.method != "POST" or not form.is_valid():
        return form_page(
            request, form, title="專業人員新資格申請", button="看看適用的條款", crumbs=[ME],
            intro="回答幾個問題，系統會建議遴用條款並列出應備文件。之後都可以修改。", draft_key="vrs.apply",
        )  # fmt: skip
    data = form.cleaned_data
    background = {name: data[name] for name in WIZARD if data.get(name) not in (None, "")}
    given = Background(kind=data["kind"], **background)
    proposals = propose(given, on=today(), law=law_in_force())
    if "clause" in request.POST:
        return _open(request, form, proposals, background)
    context = {"proposals": proposals, "form": form, "chosen": proposals[0].clause, "kind": KINDS[data["kind"]]}
    return page(request, "wizard", context, title="建議的遴用條款", crumbs=[ME])


def _open(request: HttpRequest, form: forms.WizardForm, proposals: Any, background: dict[str, Any]) -> HttpResponse:
    data, at = dict(form.cleaned_data), now()
    clause = request.POST["clause"]
    answers: dict[str, Any] = {}
    if clause == "7-1-4":
        answers["chosen"] = "programme" if background.get("programme") else "training"
    with into_form(request, form) as tried:
        answer = pressed_once(
            request, form, "vrs.apply", at,
            lambda: {
                "number": qualifying.start(
                    person=request.user, kind=data["kind"], clause=clause, speciality=data["speciality"], answers=answers,
                    background=background, at=at,
                ).case.number
            },
        )  # fmt: skip
    if tried.ok:
        drop_draft(user=request.user, key="vrs.apply")
        return redirect("vrs_credentials:application", answer["number"])
    context = {"proposals": proposals, "form": form, "chosen": clause, "kind": KINDS[data["kind"]]}
    return page(request, "wizard", context, title="建議的遴用條款", crumbs=[ME], status=422)


def _editing(
    request: HttpRequest,
    case: Case,
    slots: list[PaperSlot],
    *,
    title: str,
    extra: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page on which an application is put together: what it says, its papers, what is missing, the way on."""
    editable = case.state in uploading.EDITABLE
    outcomes = [words.finding(one) for one in casepage.findings(case, on=today(), law=law_in_force())]
    act = "supply" if case.state == "supplement" else "file"
    context = {
        "case": case, "row": words.row(case, today()), "facts": casepage.facts(case), "tables": casepage.tables(case), "slots": slots,
        "editable": editable, "findings": outcomes, "act": act, "thing": case.kind.partition(".")[2],
        "why": filing.why_not_file(case, request.user, now()) if editable else "", "envelope": forms.UploadForm(case=case, auto_id=False),
        "edit_form": None, "form_action": request.path, "edit_title": "", "edit_button": "儲存", "declare": "", "records": None,
        "sheet": "print", "back": reverse("casework:case", args=[case.number]), **(extra or {}),
    }  # fmt: skip
    return page(
        request, "application", context, title=title, crumbs=[("我的申請", reverse("casework:mine"))], status=status
    )


@acting
def application(request: HttpRequest, number: str) -> HttpResponse:
    """One qualification application: clause, answers, papers, declaration."""
    case = own_case(request, number, "qualification")
    one, on, law = papers.qualification_of(case), today(), law_in_force()
    row = papers.clause_row(one.kind, one.clause, on=on, law=law)
    labels = law.at("vrs.documents", on).value
    bare = papers.rules.checklist(papers.rules.ChecklistFacts(one.kind, one.clause), on=on, law=law)
    # the questions of the clause as if nothing were answered; a degree chosen of two brings its own
    questions = list(bare.result["questions"])
    if row["related"] and "degree" in row["either"] and "degree_name_matches" not in questions:
        questions.append("degree_name_matches")
    options = [(code, labels[code]) for code in row["either"]]
    initial = {name: getattr(one, name) for name in ("hired_on", "chosen")}
    initial |= {n: {True: "true", False: "false"}.get(getattr(one, n)) for n in questions if n != "chosen"}
    form = forms.AnswersForm(request.POST or None, case=case, questions=questions, options=options, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if "declare" in request.POST:
            qualifying.declare_no_bar(case, by=request.user, at=now())
            return redirect("vrs_credentials:application", number)
        if form.is_valid():
            with into_form(request, form) as tried:
                qualifying.save_answers(
                    case,
                    clause=one.clause,
                    answers=form.answers,
                    by=request.user,
                    at=now(),
                    version=form.posted_version,
                )
            if tried.ok:
                messages.success(request, "已儲存，應備文件已更新。")
                return redirect("vrs_credentials:application", number)
    declare = "" if one.no_bar_declared_at else wording(NO_BAR, on=on).body
    extra = {
        "edit_form": form if case.state in uploading.EDITABLE else None, "edit_title": "條款問題", "declare": declare, "row_text": row["text"],
    }  # fmt: skip
    slots = papers.qualification_slots(one, on=on, law=law)
    return _editing(request, case, slots, title=f"{KINDS[one.kind]}資格申請", extra=extra, status=status)


# --- papers ---------------------------------------------------------------------------------------------------------------


def _slots(case: Case) -> list[PaperSlot]:
    on, law = today(), law_in_force()
    there = papers.attached(case)
    thing = case.kind.partition(".")[2]
    pledge = PaperSlot("pledge", "切結書", papers.HELP["pledge"], there.get("pledge"), field="pledge")
    match thing:
        case "qualification":
            return papers.qualification_slots(papers.qualification_of(case), on=on, law=law)
        case "education":
            return papers.education_slots(OwnEducation.objects.get(case=case))
        case "hours":
            rows = training.live_records(HoursApplication.objects.get(case=case))
            certificates = [
                PaperSlot(
                    "certificate",
                    f"結訓證書正反面：{r.course}",
                    papers.HELP["training"],
                    papers.attached(case, r.code).get("certificate"),
                    r.code,
                )
                for r in rows
            ]
            return [*certificates, pledge]
        case "extension":
            found = [
                PaperSlot(code, label, "", there.get(code))
                for code, label in renewing.EXTENSION_PAPERS.items()
                if code != "pledge"
            ]
            return [*found, pledge]
        case "course":
            return [
                PaperSlot(code, label, _COURSE_HELP.get(code, ""), there.get(code))
                for code, label in course_rules.PAPERS.items()
            ]
    return [pledge]


_COURSE_HELP = {
    "course_summary": "請先儲存資料，列印課程摘要表後上傳。",
    "flyer": "課後申請必附；可用 PDF 或 JPG，5 MB 以內。",
    "sign_in_sheet": "課後申請必附。",
    "handout": "課後申請必附。",
    "lecturer_profile": "新講師必附；已通過相同核心能力與領域者免附。",
}


def _any_case(request: HttpRequest, number: str) -> Case:
    case, _ = case_on_side(request.user, number, Side.APPLICANT)
    if not case.kind.startswith("vrs_credentials."):
        raise Case.DoesNotExist(number)
    return case


def _page_of(case: Case) -> str:
    return casetype(case.kind).applicant_url(case)


@require_POST
@acting
def upload(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """A paper of one field; several files are merged."""
    case = _any_case(request, number)
    subject = request.POST.get("subject", "")
    slot = next((one for one in _slots(case) if one.code == code and one.subject == subject), None)
    if slot is None:
        raise Http404
    form = forms.UploadForm(request.POST, case=case)
    form.is_valid()
    files = request.FILES.getlist("files")
    if code == "flyer" and files:
        add_flyer(case, upload=files[0], by=request.user, at=now())
    else:
        uploading.add_paper(
            case, code=code, label=slot.label, uploads=files, by=request.user, at=now(), field=slot.field, subject=subject,  # type: ignore[arg-type]
            by_hand=bool(form.cleaned_data.get("by_hand")), version=form.posted_version,
        )  # fmt: skip
    messages.success(request, f"已上傳「{slot.label}」。")
    return redirect(f"{_page_of(case)}#papers")


@require_POST
@acting
def remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    case = _any_case(request, number)
    one = get_object_or_404(case.attachments.filter(removed_at=None), pk=pk)
    uploading.remove_paper(case, one, by=request.user, at=now())
    messages.success(request, f"已移除「{one.label}」。")
    return redirect(f"{_page_of(case)}#papers")


@require_GET
@acting
def print_case(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """The application's own form, or its pledge with the person's data, as a working copy."""
    case = _any_case(request, number)
    thing, on, law = case.kind.partition(".")[2], today(), law_in_force()
    if what == "pledge" and thing != "course":
        return _pdf(
            printing.render("vrs.pledge", documents.pledge_context(thing, on=on, case=case)), f"{number}_切結書.pdf"
        )
    makers: dict[str, Callable[[], dict[str, Any]]] = {
        "qualification": lambda: _qualification_sheet(case),
        "hours": lambda: documents.hours_context(HoursApplication.objects.get(case=case)),
        "education": lambda: documents.education_context(OwnEducation.objects.get(case=case)),
        "course": lambda: documents.course_context(case.vrs_course),
        "extension": lambda: documents.extension_context(ExtensionApplication.objects.get(case=case)),
        "renewal": lambda: _renewal_sheet(case, on, law),
    }
    if what != "form":
        raise Http404
    return _pdf(printing.render("vrs.sheet", makers[thing]()), f"{number}_申請表.pdf")


def _qualification_sheet(case: Case) -> dict[str, Any]:
    one, on, law = papers.qualification_of(case), today(), law_in_force()
    return documents.qualification_context(one, papers.checklist(one, on=on, law=law), law)


def _renewal_sheet(case: Case, on: Any, law: Any) -> dict[str, Any]:
    one = Renewal.objects.select_related("certificate").get(case=case)
    return documents.renewal_context(
        one, renewing.may_renew(one.certificate, applied_on=one.applied_on or on, on=on, law=law)
    )


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Cache-Control"] = "private, no-store"
    return response


# --- hours ----------------------------------------------------------------------------------------------------------------


@acting
def hours(request: HttpRequest) -> HttpResponse:
    """專業人員時數抵免申請: the list, the clocks, and a new application."""
    if professional_of(request) is None:
        return redirect("vrs_credentials:profile")
    held, on, law = current_certificates(request.user), today(), law_in_force()
    rows = [(row["code"], f"{row['citation']}") for row in law.at("vrs.clauses", on).value]
    certificates = Certificate.objects.filter(pk__in=[one.pk for one in held])
    form = forms.HoursStartForm(request.POST or None, certificates=certificates, clauses=rows)
    if request.method == "POST" and form.is_valid():
        at = now()
        with into_form(request, form) as tried:
            answer = pressed_once(
                request,
                form,
                "vrs.hours",
                at,
                lambda: {"number": training.start(person=request.user, **form.answers, at=at).case.number},
            )
        if tried.ok:
            return redirect("vrs_credentials:hours_case", answer["number"])
    cases = [words.row(c, on) for c in own_cases(request.user).filter(kind="vrs_credentials.hours")]
    cards = [card(standing(one, on=on, law=law)) for one in held if hasattr(one, "follow_up")]
    return page(request, "hours", {"form": form, "rows": cases, "cards": cards}, title="專業人員時數抵免申請", crumbs=[ME],
                status=422 if form.is_bound and form.errors else 200)  # fmt: skip


@acting
def hours_case(request: HttpRequest, number: str, position: int | None = None) -> HttpResponse:
    """上課紀錄 one by one; 儲存 is not 送審."""
    case = own_case(request, number, "hours")
    one = HoursApplication.objects.get(case=case)
    row = get_object_or_404(one.records, position=position, removed_at=None) if position else None
    initial = {name: getattr(row, name) for name in training.FIELDS} if row else None
    form = forms.RecordForm(request.POST or None, case=case, initial=initial)
    if request.method == "POST":
        if "remove" in request.POST and row:
            training.remove_record(case, position=row.position, by=request.user, at=now())
            return redirect("vrs_credentials:hours_case", number)
        if form.is_valid():
            with into_form(request, form) as tried:
                training.save_record(
                    case, position=position, data=form.answers, by=request.user, at=now(), version=form.posted_version
                )
            if tried.ok:
                messages.success(request, "已儲存；資料齊備後請按送審，儲存並未送出。")
                return redirect("vrs_credentials:hours_case", number)
    extra = {
        "edit_form": form if case.state in uploading.EDITABLE else None, "edit_title": f"修改第 {position} 筆" if row else "新增上課紀錄",
        "records": training.live_records(one), "record": row,
    }  # fmt: skip
    return _editing(
        request,
        case,
        _slots(case),
        title="專業訓練時數認定",
        extra=extra,
        status=422 if form.is_bound and form.errors else 200,
    )


# --- own education --------------------------------------------------------------------------------------------------------


def _held(request: HttpRequest) -> list[str]:
    return [one.kind for one in current_certificates(request.user)]


@acting
def education_apply(request: HttpRequest) -> HttpResponse:
    """繼續教育個人申請, in ten kinds."""
    held = _held(request)
    if not held:
        messages.warning(request, "取得資格認證證明後，才能登錄繼續教育時數。")
        return redirect("vrs_credentials:dashboard")
    form = forms.EducationForm(request.POST or None, held=held, initial=typed_before(request, "vrs.education"))
    if request.method == "POST" and form.is_valid():
        at = now()
        with into_form(request, form) as tried:
            answer = pressed_once(
                request,
                form,
                "vrs.education",
                at,
                lambda: {"number": education.start(person=request.user, data=form.answers, at=at).case.number},
            )
        if tried.ok:
            drop_draft(user=request.user, key="vrs.education")
            messages.success(request, "已儲存，請上傳佐證資料及切結書後送審。")
            return redirect("vrs_credentials:education", answer["number"])
    return form_page(
        request,
        form,
        title="繼續教育個人申請",
        button="儲存並繼續",
        crumbs=[ME],
        intro="課程結束後 6 個月內完成線上申請。儲存並未送審。",
        draft_key="vrs.education",
    )


@acting
def education_case(request: HttpRequest, number: str) -> HttpResponse:
    case = own_case(request, number, "education")
    one = OwnEducation.objects.get(case=case)
    initial = {name: getattr(one, name) for name in education.FIELDS}
    form = forms.EducationForm(
        request.POST or None, case=case, held=[*dict.fromkeys([*_held(request), *one.kinds])], initial=initial
    )
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            education.save(case, data=form.answers, by=request.user, at=now(), version=form.posted_version)
        if tried.ok:
            messages.success(request, "已儲存。")
            return redirect("vrs_credentials:education", number)
    extra = {"edit_form": form if case.state in uploading.EDITABLE else None, "edit_title": "課程資料"}
    return _editing(
        request,
        case,
        _slots(case),
        title="繼續教育個人申請",
        extra=extra,
        status=422 if form.is_bound and form.errors else 200,
    )


# --- renewal, extension, the way back -----------------------------------------------------------------------------------


@acting
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """換證: what counts and what is missing; the button where the window is open."""
    one, day, law = own_certificate(request, pk), today(), law_in_force()
    found = standing(one, on=day, law=law)
    form = forms.UploadForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        at = now()
        try:
            answer = pressed_once(
                request,
                form,
                "vrs.renew",
                at,
                lambda: {"number": renewing.start_renewal(one, person=request.user, at=at).case.number},
            )
            return redirect("vrs_credentials:renewal", answer["number"])
        except Refused as error:
            form.add_error(None, error.message)
    outcomes = [found.window, found.count, found.period]
    context = {
        "card": card(found), "one": one, "form": form, "findings": [words.finding(o) for o in outcomes], "table": casepage.ledger_table(one),
        "may": found.may_renew and found.open_renewal is None,
    }  # fmt: skip
    return page(
        request,
        "renew",
        context,
        title=f"資格更新（換證）：{one.kind_label}",
        crumbs=[ME],
        status=422 if form.errors else 200,
    )


@require_GET
@acting
def renewal(request: HttpRequest, number: str) -> HttpResponse:
    case = own_case(request, number, "renewal")
    return _editing(request, case, _slots(case), title="資格更新（換證）申請")


@acting
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """展延: the new last day is computed before any paper is uploaded."""
    one = own_certificate(request, pk)
    form = forms.ExtensionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = now()
        with into_form(request, form) as tried:
            answer = pressed_once(
                request, form, "vrs.extend", at,
                lambda: {"number": renewing.start_extension(one, person=request.user, **form.answers, at=at).case.number},
            )  # fmt: skip
        if tried.ok:
            return redirect("vrs_credentials:extension", answer["number"])
    intro = f"{one.kind_label}　目前效期至 {documents.roc(one.valid_until)}。離開職場三個月以上者，得於屆期前申請扣除該期間。"
    return form_page(request, form, title="資格展延", button="下一步：上傳文件", crumbs=[ME], intro=intro)


@acting
def extension(request: HttpRequest, number: str) -> HttpResponse:
    case = own_case(request, number, "extension")
    one = ExtensionApplication.objects.get(case=case)
    form = forms.ExtensionForm(
        request.POST or None, case=case, initial={n: getattr(one, n) for n in ("reason", "away_from", "away_until")}
    )
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            renewing.change_extension(case, **form.answers, by=request.user, at=now(), version=form.posted_version)
        if tried.ok:
            return redirect("vrs_credentials:extension", number)
    extra = {"edit_form": form if case.state in uploading.EDITABLE else None, "edit_title": "離開職場期間"}
    return _editing(
        request,
        case,
        _slots(case),
        title="資格展延申請",
        extra=extra,
        status=422 if form.is_bound and form.errors else 200,
    )


@require_GET
@acting
def lapsed(request: HttpRequest, pk: int) -> HttpResponse:
    """失效後如何恢復 (準則第10-1條, 第15條第3項)."""
    one, day, law = own_certificate(request, pk), today(), law_in_force()
    found = standing(one, on=day, law=law)
    outcomes = [found.window, *([found.way_back] if found.way_back else []), found.count, found.period]
    context = {"card": card(found), "one": one, "found": found, "findings": [words.finding(o) for o in outcomes]}
    return page(request, "lapsed", context, title="失效後如何恢復", crumbs=[ME])

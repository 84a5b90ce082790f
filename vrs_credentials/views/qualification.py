"""資格申請: the wizard, and the application it opens."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.clock import now, today
from casework.cases.doing import perform
from casework.cases.drafts import drop_draft, save_draft
from casework.law.in_force import law_in_force
from casework.papers.wordings import wording
from casework.views.acting import acting, into_form
from vrs_credentials.forms import applying as forms
from vrs_credentials.params.clauses import KINDS
from vrs_credentials.rules.wizard import Background, propose
from vrs_credentials.selectors import papers
from vrs_credentials.services import qualifying
from vrs_credentials.states import EDITABLE
from vrs_credentials.views.common import form_page, own_case, page, pressed_once, professional_of, typed_before
from vrs_credentials.views.dashboard import ME
from vrs_credentials.views.papers import editing
from vrs_credentials.wordings import NO_BAR

WIZARD = ("licence", "skill", "degree", "programme", "training", "years")


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
    # 重新回答 leads back to the questions, which then show what was answered
    answered = {name: request.POST[name] for name in ("kind", "speciality", *WIZARD) if name in request.POST}
    save_draft(user=request.user, key="vrs.apply", data=answered, at=now())
    context = {"proposals": proposals, "form": form, "chosen": proposals[0].clause, "kind": KINDS[data["kind"]]}
    return page(request, "wizard", context, title="建議的遴用條款", crumbs=[ME])


def _open(request: HttpRequest, form: forms.WizardForm, proposals: Any, background: dict[str, Any]) -> HttpResponse:
    data, at = dict(form.cleaned_data), now()
    clause = request.POST["clause"]
    answers = {"chosen": next((one.chosen for one in proposals if one.clause == clause), None)}
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
            perform(case, "declare_no_bar", by=request.user, at=now())
            return redirect("vrs_credentials:application", number)
        if form.is_valid():
            with into_form(request, form) as tried:
                perform(
                    case, "save_answers", by=request.user, at=now(), version=form.posted_version, clause=one.clause,
                    answers=form.answers,
                )  # fmt: skip
            if tried.ok:
                messages.success(request, "已儲存，應備文件已更新。")
                return redirect("vrs_credentials:application", number)
    declare = "" if one.no_bar_declared_at else wording(NO_BAR, on=on).body
    extra = {
        "edit_form": form if case.state in EDITABLE else None, "edit_title": "條款問題", "declare": declare, "row_text": row["text"],
    }  # fmt: skip
    return editing(request, case, title=f"{KINDS[one.kind]}資格申請", extra=extra, status=status)

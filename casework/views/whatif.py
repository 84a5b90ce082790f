"""試算: the questions open to a person, and one question with its answer. Asked by address, nothing is posted."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.clock import today
from accounts.http import SignedIn
from accounts.rights import held
from casework.law.in_force import law_in_force
from casework.law.whatif import questions_for, reply_to
from casework.views import words
from kernel.facts import Impossible


@require_GET
def questions(request: SignedIn) -> HttpResponse:
    """試算: what may be asked without doing it."""
    return render(request, "casework/whatifs.html", {"questions": questions_for(request.user, held(request.user))})


@require_GET
def question(request: SignedIn, code: str) -> HttpResponse:
    """One question; the same rules that decide answer it."""
    one = next((one for one in questions_for(request.user, held(request.user)) if one.code == code), None)
    if one is None:
        raise Http404
    if one.page or one.form is None:
        return redirect(one.page)
    day, reply = today(), None
    form = one.form(request.GET or None, user=request.user)
    if form.is_bound and form.is_valid():
        try:
            reply = reply_to(one, request.user, form.cleaned_data, on=day, law=law_in_force())
        except Impossible as error:
            form.add_error(None, str(error))
    findings = [words.finding(outcome) for outcome in reply.outcomes] if reply else []
    context = {"question": one, "form": form, "reply": reply, "findings": findings, "today": day}
    return render(request, "casework/whatif.html", context)

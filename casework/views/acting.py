"""Errors of acts as answers, for every view: at the field, as a page that keeps what was typed, or as if it were not there.

    @acting
    def file(request, number):
        form = FilingForm(request.POST or None, case=case)
        if request.method == "POST" and form.is_valid():
            with into_form(request, form) as tried:
                submit(case, by=request.user, at=now(), version=form.posted_version, **form.answers)
            if tried.ok:
                return redirect(…)
        return render(…)

Refused and NotAllowed inside `into_form` become errors of the form; outside it a page of their own (422). So does an act that
met another one in the database: somebody else is at it, nothing was written, what was typed stays. Stale becomes the
409 page with both sides. NotPermitted is logged and looks like a page that does not exist.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.choices import flatten_choices

from accounts.clock import now
from accounts.errors import BUSY, Refused, is_busy
from accounts.models import AccessLog
from accounts.roles import Side
from accounts.services.access import record_access
from accounts.sign_in_page import page_of
from casework.cases import casepage
from casework.cases.access import rights_on
from casework.cases.receipts import answered, once
from casework.errors import Busy, NotAllowed, NotPermitted, Stale
from casework.forms import ENVELOPE as FORM_ENVELOPE
from casework.forms import ActForm
from casework.models import Case
from casework.views import words

View = Callable[..., HttpResponse]
#: Never shown back: what secures the form, and secrets.
ENVELOPE = {"csrfmiddlewaretoken", "next", *FORM_ENVELOPE}


@dataclass
class Tried:
    ok: bool = False
    refused: Refused | None = None


@contextmanager
def into_form(request: HttpRequest, form: forms.BaseForm) -> Iterator[Tried]:
    """Run an act; what refuses it becomes an error of the form, at its field where the form has it."""
    request.acting_forms = [form]  # type: ignore[attr-defined]  # its labels name what was typed on the 409 page
    tried = Tried()
    try:
        yield tried
        tried.ok = True
    except Refused as error:
        tried.refused = error
        form.add_error(error.field if error.field in form.fields else None, error.message)
    except NotAllowed as error:
        form.add_error(None, str(error))
    except OperationalError as error:
        if not is_busy(error):
            raise
        form.add_error(None, BUSY)


def once_here(
    request: HttpRequest, form: ActForm, act: str, *, at: datetime, do: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], bool]:
    """`once` for a page. The thing is the address and everything posted to it, so that a page which chooses its row in the post, or
    is sent again with other words, is never answered with what the first press came to."""
    return once(user=request.user, key=form.posted_key, act=act, thing=_posted(request), at=at, do=do)  # type: ignore[arg-type]


def answered_here(request: HttpRequest, form: ActForm, act: str) -> dict[str, Any] | None:
    """`answered` for a page: the answer of `once_here` where this very press was done before."""
    return answered(user=request.user, key=form.posted_key, act=act, thing=_posted(request))  # type: ignore[arg-type]


def _posted(request: HttpRequest) -> str:
    fields = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    files = sorted((name, [(one.name, one.size) for one in many]) for name, many in request.FILES.lists())
    return repr((request.path, fields, files))


def acting(view: View) -> View:
    """The answers to everything an act can raise; see the module."""

    @functools.wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Stale as error:
            return stale_page(request, error)
        except NotPermitted as error:
            record_access(
                AccessLog.Action.REFUSED,
                at=now(),
                user=request.user,
                subject=request.path,
                reason=str(error),
                request=request,
            )
            raise Http404 from error
        except Case.DoesNotExist as error:
            raise Http404 from error
        except (Refused, NotAllowed) as error:
            return refusal_page(request, error)
        except OperationalError as error:
            if not is_busy(error):
                raise
            return refusal_page(request, Busy())

    return answered


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """(label, text) of what was posted, so that nobody types it again. Secrets and files are not among it."""
    fields = {
        form.add_prefix(name): field
        for form in getattr(request, "acting_forms", ())
        for name, field in form.fields.items()
    }
    kept = []
    for name in request.POST:
        if name in ENVELOPE or "password" in name:
            continue
        field = fields.get(name)
        text = "、".join(said for value in request.POST.getlist(name) if (said := _as_shown(field, value.strip())))
        # A name without a label of its form is a hidden choice or a button, nothing anybody typed.
        if text and field and field.label and not isinstance(field.widget, forms.HiddenInput):
            kept.append((str(field.label), text))
    return kept


def _as_shown(field: forms.Field | None, value: str) -> str:
    """What was posted as the page showed it: a choice by its label, a tick as 是; nothing for a choice that is no longer offered."""
    if isinstance(field, forms.BooleanField):
        return "是"
    if not isinstance(field, forms.ChoiceField):
        return value
    offered: Any = field.choices
    pairs: list[tuple[Any, Any]] = list(flatten_choices(offered))
    return {str(key): str(label) for key, label in pairs}.get(value, "")


def stale_page(request: HttpRequest, error: Stale) -> HttpResponse:
    """Both sides: what happened since the form was drawn, and what was typed into it."""
    rights = rights_on(request.user, error.case)
    office = Side.OFFICE in rights.sides()
    rows = casepage.office_events(rights) if office else casepage.events(error.case, internal=False)
    since = words.timeline(error.case, casepage.events_since(rows, error.case, error.posted), to_applicant=not office)
    context = {
        "case": error.case,
        "state": words.state_of(error.case),
        "posted": error.posted,
        "since": since,
        "typed": typed(request),
        "files": list(request.FILES),
        "back": page_of(request),
        "title": "案件已被更新",
    }
    return _answer(request, "stale", context, 409)


def refusal_page(request: HttpRequest, error: Exception) -> HttpResponse:
    """An act refused where there is no form to say it in."""
    outcomes: Sequence[Any] = getattr(error, "outcomes", ())
    context = {
        "sentence": str(error),
        "lines": [line for outcome in outcomes for line in outcome.lines],
        "typed": typed(request),
        "back": page_of(request),
        "title": "未能完成",
    }
    return _answer(request, "refused", context, 422)


def is_agency(request: HttpRequest) -> bool:
    """Whether the page belongs to the browser admin."""
    return bool(request.resolver_match and request.resolver_match.namespace == "admin")


def _answer(request: HttpRequest, name: str, context: dict[str, Any], status: int) -> HttpResponse:
    """In the shell of the side the person works on."""
    if is_agency(request):
        shown = {**admin.site.each_context(request), **context}
        return render(request, f"casework/agency/{name}.html", shown, status=status)
    return render(request, f"casework/{name}.html", context, status=status)

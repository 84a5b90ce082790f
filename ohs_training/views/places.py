"""What the pages of a class share: who may, on which side, and the template around it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.clock import now
from accounts.rights import organisations_with
from accounts.roles import Side
from casework.cases.access import CaseRights, case_on_side, rights_on, with_people
from casework.cases.doing import perform
from casework.forms import ActForm
from casework.models import Case
from casework.views.acting import is_agency, once_here
from ohs_training.models import TrainingClass
from ohs_training.permissions import FILE_CLASS, RUN_CLASS, VIEW_ALL
from ohs_training.selectors.classes import CHANGEABLE, PLANNED, class_of
from ohs_training.states import CLASS_KIND


@dataclass
class Place:
    """One class as this visitor sees it. `office`: in the back office."""

    case: Case
    training_class: TrainingClass
    rights: CaseRights
    office: bool

    @property
    def may_plan(self) -> bool:
        return self.rights.has(FILE_CLASS) and self.case.state in (*PLANNED, *CHANGEABLE)

    @property
    def may_run(self) -> bool:
        return self.rights.has(RUN_CLASS)

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"ohs_training:{name}", args=[self.case.number, *args])

    @property
    def home(self) -> str:
        return reverse("admin:ohs_class" if self.office else "ohs_training:class", args=[self.case.number])


def load(request: HttpRequest, number: str, *, right: str | None = None) -> Place:
    """Raises Case.DoesNotExist alike for a class that is not there and for one that is somebody else's."""
    if is_agency(request):
        case = with_people(Case.objects.filter(kind=CLASS_KIND)).get(number=number)
        rights = rights_on(request.user, case)
        sees_all = case.state != "draft" and organisations_with(request.user, VIEW_ALL).exists()
        if not (sees_all or (Side.OFFICE in rights.sides() and case.state != "draft")):
            raise Case.DoesNotExist(number)
        office = True
    else:
        case, rights = case_on_side(request.user, number, Side.APPLICANT)
        office = False
    if case.kind != CLASS_KIND or (right is not None and not rights.has(right)):
        raise Case.DoesNotExist(number)
    training_class = class_of(case)
    training_class.case = case
    return Place(case, training_class, rights, office)


def shown(
    request: HttpRequest, place: Place, template: str, context: dict[str, Any], *, title: str, status: int = 200
) -> HttpResponse:
    """A page of a class, in the shell of the side it is seen from."""
    given = {"place": place, "case": place.case, "training_class": place.training_class, "title": title, **context}
    if place.office:
        given = {**admin.site.each_context(request), **given, "shell": "ohs_training/office/base.html"}
    else:
        given["shell"] = "ohs_training/page.html"
    return render(request, f"ohs_training/{template}.html", given, status=status)


def pressed(request: HttpRequest, form: ActForm, act: str, do: Callable[[datetime], Any]) -> bool:
    """Run an act under its form's key: a second press of the same page does nothing, and is False."""
    at = now()

    def first() -> dict[str, Any]:
        do(at)
        return {}

    _, was_first = once_here(request, form, f"ohs_training.{act}", at=at, do=first)
    return was_first


def act_here(request: HttpRequest, form: ActForm, case: Case, act: str, **given: Any) -> bool:
    """An act of the case's table, `pressed`."""
    return pressed(request, form, act, lambda at: perform(case, act, by=request.user, at=at, **given))

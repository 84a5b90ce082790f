"""The class page: the chain from timetable to registers, each link green or red, and every trainee's own."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from accounts.clock import now, today
from accounts.limits import DOWNLOAD, REVEALING, limited
from accounts.models import AccessLog
from accounts.roles import Side
from accounts.services.access import record_access
from casework.cases import casepage
from casework.law.in_force import law_in_force
from casework.models import Deadline
from casework.papers import rendering
from casework.views import acts, words
from casework.views.acting import acting
from casework.views.files import secure
from casework.views.printing import for_reader
from kernel.dates import DateError, parse_day
from kernel.saying import plain
from ohs_training import documents
from ohs_training.permissions import FILE_CLASS, MARK_EXAM
from ohs_training.rules.derivation import Chain
from ohs_training.selectors.chain import class_chain
from ohs_training.selectors.classes import PLANNED, last_version, live_trainees, unfiled
from ohs_training.selectors.links import class_links
from ohs_training.views.places import load, shown

#: Pages of the institution's side that a link of the chain may lead to.
OWN = {
    "home", "plan", "timetable", "roster", "versions", "attendance", "roll_call", "absence", "practice", "certificates", "fees", "records", "class",
}  # fmt: skip


@require_safe
@acting
def class_page(request: HttpRequest, number: str) -> HttpResponse:
    place = load(request, number)
    day, law, at = today(), law_in_force(), now()
    chain = class_chain(place.training_class, on=day, law=law, at=at)
    deadlines = list(Deadline.objects.filter(case=place.case).order_by("due_on"))
    links = class_links(chain, on=day, law=law, deadlines=deadlines)
    side = Side.OFFICE if place.office else Side.APPLICANT
    batch = place.training_class.batches.order_by("-pk").first()
    last = last_version(place.training_class)
    context = {
        "pending": last if last and last.change_by and not last.answered else None,
        "unfiled": unfiled(place.training_class) if last and place.case.state not in PLANNED else [],
        "filed_version": last.number if last else 0,
        "links": [{"link": one, "url": _url(place, one.page)} for one in links],
        "red": sum(one.state == "bad" for one in links),
        "next_due": min(
            (
                d
                for d in deadlines
                if d.met_at is None
                and d.withdrawn_at is None
                and d.code not in ("ohs_training.start", "ohs_training.end")
            ),
            key=lambda d: d.due_on,
            default=None,
        ),
        "people": [_person(line, running=place.case.state == "running") for line in chain.lines],
        "row": words.row(place.case, day),
        # What belongs to another stage is left out; what is this stage's and not yet possible says why.
        "buttons": [
            one for one in acts.buttons(place.case, place.rights, side) if not one.why.startswith("案件目前為")
        ],
        "agency": place.office,
        "deadlines": [words.deadline(one, day) for one in casepage.deadlines(place.case)],
        "prints": _prints(place),
        "batch": batch,
        "may_mark": place.office
        and place.rights.has(MARK_EXAM)
        and place.training_class.professional
        and place.case.state in ("ended", "examined", "issued", "reported", "closed"),
        "timeline": words.timeline(place.case, list(casepage.events(place.case, internal=place.office))[:20]),
        "summary": chain.summary() if any(line.chain and line.chain.over for line in chain.lines) else None,
    }
    return shown(request, place, "class", context, title=str(place.training_class))


def _url(place: Any, page: str) -> str:
    if place.office or not page:
        return ""
    name = page.partition(":")[2]
    if name == "class" or name not in OWN:
        return ""
    if name in ("plan", "timetable", "roster") and not place.may_plan:
        return ""
    return reverse(page) if name == "home" else place.url(name)


def _person(line: Any, *, running: bool) -> dict[str, Any]:
    chain = line.chain
    found: dict[str, Any] = {
        "one": line.trainee,
        "certificate": line.certificate,
        "wrong": line.wrong,
        # Until the last period is over only what is missed already stands against anybody: the rest is still to come.
        "red": line.red if chain is None or chain.over else chain.absence.refusals,
        "marks": [plain(s.mark) for s in line.sittings],
    }
    if chain is None:
        state, tone = ("已發", "good") if line.certificate else ("未認定", "calm")
        return {**found, "state": state, "tone": tone, "absent": "", "courses": []}
    absent = sum((c.absent for c in chain.courses), start=0)
    if line.certificate:
        state, tone = "已發", "good"
    elif chain.absence.result["withdraw"]:
        state, tone = "應退訓", "bad"
    elif line.qualifies:
        state, tone = "可發", "good"
    elif chain.absence.result["make_up_due"] and not chain.may_sit:
        state, tone = "應補課", "warn"
    elif not chain.over:
        state, tone = ("訓練中", "info") if running else ("尚未開訓", "calm")
    elif chain.exam is not None and chain.may_sit and not chain.exam.result["passed"]:
        state, tone = ("待補考", "warn") if line.sittings else ("待測驗", "info")
    else:
        state, tone = "待補正", "warn"
    return {
        **found,
        "state": state,
        "tone": tone,
        "absent": f"{float(absent):.3g}" if absent else "0",
        "courses": courses_missed(chain),
    }


def courses_missed(chain: Chain) -> list[dict[str, str]]:
    """What one trainee missed, course by course."""
    return [
        {
            "course": c.course,
            "hours": plain(c.hours),
            "leave": f"{float(c.leave):.3g}" if c.leave else "",
            "truant": f"{float(c.truant):.3g}" if c.truant else "",
        }
        for c in chain.courses
        if c.absent
    ]


def _prints(place: Any) -> list[dict[str, str]]:
    """The forms of this kind of class, in the directive's order."""
    skip = {"marks", "certificates"} if not place.training_class.professional else {"proofs"}
    name = "admin:ohs_print" if place.office else "ohs_training:print"
    return [
        {"label": rendering.paper(code).title, "url": reverse(name, args=[place.case.number, word])}
        for word, (code, _) in documents.PRINTS.items()
        if word not in skip
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@acting
@limited(DOWNLOAD)
@limited(REVEALING)
def printed(request: HttpRequest, number: str, paper: str) -> HttpResponse:
    """A form as the class stands. It holds identifiers: the printing is logged, and the office reads them masked or gives its
    reason. `?day=` and `?blank` are 附表八's.
    """
    place = load(request, number)
    asked: dict[str, Any] = {"blank": "blank" in request.GET}
    if text := request.GET.get("day"):
        try:
            asked["day"] = parse_day(text)
        except DateError as error:
            raise Http404 from error
    try:
        given = {"law": law_in_force(), "at": now(), "today": today(), **asked}
        context = documents.print_context(place.training_class, paper, **given)
    except KeyError as error:
        raise Http404 from error
    code = documents.PRINTS[paper][0]
    title = rendering.paper(code).title
    subject = f"{number} 列印{title}"
    said = for_reader(request, context, title=title, subject=subject, office=place.office)
    if isinstance(said, HttpResponse):
        return said
    record_access(AccessLog.Action.DOWNLOAD, at=now(), user=request.user, subject=subject, request=request)
    response = HttpResponse(rendering.render(code, said), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{number}_{title}.pdf") or "inline"
    return secure(response, "application/pdf")


@require_safe
@acting
def photo(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    place = load(request, number, right=FILE_CLASS)
    one = get_object_or_404(live_trainees(place.training_class), pk=pk)
    if not one.photo:
        raise Http404
    with one.photo.open("rb") as file:
        response = HttpResponse(file.read(), content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response

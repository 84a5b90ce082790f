"""Papers as PDF: working copies of a case for those who may see it, blank forms for everybody."""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from accounts.clock import now, today
from accounts.limits import DOWNLOAD, REVEALING, limited
from accounts.models import AccessLog
from accounts.services.access import record_access
from casework.cases.access import side_of
from casework.models import Case
from casework.papers import rendering
from casework.views.acting import acting
from casework.views.files import PDF_POLICY
from casework.views.printing import for_reader, from_office
from ojt_accounts import documents
from ojt_accounts.selectors import application_of
from ojt_accounts.states import KIND

#: Word in the address → paper.
PAPERS = {"unit-form": "ojt.unit_form", "account": "ojt.account_form", "pledge": "ojt.pledge", "cover": "ojt.cover"}
ONE_EACH = ("account", "pledge")
BLANK_FOR = 3600


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Content-Security-Policy"] = PDF_POLICY
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@acting
@limited(DOWNLOAD)
@limited(REVEALING)
def printed(request: HttpRequest, number: str, paper: str, pk: int | None = None) -> HttpResponse:
    """A working copy as the case stands, to sign by hand or to look at. It holds identifiers: the printing is logged, and the office
    reads them masked or gives its reason.
    """
    case = Case.objects.select_related("office", "organisation").get(number=number, kind=KIND)
    if paper not in PAPERS or (pk is None) == (paper in ONE_EACH) or not side_of(request.user, case):
        raise Http404
    application = application_of(case)
    try:
        context = documents.print_context(application, PAPERS[paper], today=today(), pk=pk)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    title = rendering.paper(PAPERS[paper]).title
    subject, office = f"{number} 列印{title}", from_office(request, case)
    said = for_reader(request, context, title=title, subject=subject, office=office)
    if isinstance(said, HttpResponse):
        return said
    record_access(AccessLog.Action.DOWNLOAD, at=now(), user=request.user, subject=subject, request=request)
    response = _pdf(rendering.render(PAPERS[paper], said), f"{number}_{title}.pdf")
    response["Cache-Control"] = "private, no-store"
    return response


@login_not_required
@require_safe
def blank(request: HttpRequest, paper: str) -> HttpResponse:
    """An empty form. Made once an hour at most, however many ask."""
    if paper not in PAPERS or paper == "cover":
        raise Http404
    code, day = PAPERS[paper], today()
    key = f"ojt.blank:{code}:{rendering.template_version(code)}:{day}"
    content = cache.get(key)
    if content is None:
        content = documents.blank(code, today=day)
        cache.set(key, content, BLANK_FOR)
    return _pdf(content, f"{rendering.paper(code).title}（空白）.pdf")

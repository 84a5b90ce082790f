"""Papers and documents, streamed from private storage to whoever may see their case."""

from collections.abc import Sequence

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from accounts.clock import now
from accounts.limits import DOWNLOAD, REVEALING, limited
from accounts.models import AccessLog
from accounts.services.access import record_access
from casework.cases import casepage
from casework.cases.access import side_of
from casework.models import Attachment, Document
from casework.papers import rendering
from casework.papers.documents import bytes_of
from casework.sheets.records import CONTENT_TYPES, XLSX, Column, template
from casework.views.acting import acting
from casework.views.printing import for_reader, from_office

#: A file may show itself and nothing else: no script, no request, no other site around it. The browser's own PDF viewer
#: does not run under `sandbox`; a PDF was judged free of active content when it came in.
_SHUT = "default-src 'none'; frame-ancestors 'self'"
PDF_POLICY = f"{_SHUT}; object-src 'self'"
POLICIES = {"application/pdf": PDF_POLICY}


def secure(response: HttpResponseBase, media_type: str) -> HttpResponseBase:
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = POLICIES.get(media_type, f"{_SHUT}; sandbox")
    return response


def to_fill_in(columns: Sequence[Column], title: str, name: str) -> HttpResponseBase:
    """範本: an XLSX with the headings of an import and an example row, which may stay in it."""
    response = HttpResponse(template(columns, title), content_type=CONTENT_TYPES[XLSX])
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or ""
    return response


@require_GET
@acting
@limited(DOWNLOAD)
def attachment(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An uploaded paper. `?download` saves it under the name it came with."""
    one = get_object_or_404(Attachment.objects.select_related("case"), pk=pk)
    if not side_of(request.user, one.case) or one.state == Attachment.State.REFUSED:
        raise Http404
    if not default_storage.exists(str(one.file.name)):
        raise Http404
    subject = f"{one.case.number} {one.label}"
    record_access(AccessLog.Action.DOWNLOAD, at=now(), user=request.user, subject=subject, request=request)
    response = FileResponse(
        one.file.open("rb"),
        as_attachment="download" in request.GET,
        filename=one.original_name,
        content_type=one.media_type or "application/octet-stream",
    )
    return secure(response, one.media_type)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
@limited(DOWNLOAD)
@limited(REVEALING)
def document(request: HttpRequest, number: str) -> HttpResponseBase:
    """An issued paper, byte for byte as it was issued; to the office a masked reading copy, or for a reason as issued."""
    try:
        one = casepage.document(number)
    except Document.DoesNotExist as error:
        raise Http404 from error
    if one.case is None or not side_of(request.user, one.case):
        raise Http404
    subject, office = f"文件 {number}", from_office(request, one.case)
    said = for_reader(request, one.context, title=one.title, subject=subject, office=office)
    if isinstance(said, HttpResponse):
        return said
    record_access(AccessLog.Action.DOWNLOAD, at=now(), user=request.user, subject=subject, request=request)
    name = f"{one.number}_{one.title}.pdf"
    content = bytes_of(one) if said is one.context else rendering.render(one.paper, said)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header("download" in request.GET, name) or "inline"
    return secure(response, "application/pdf")

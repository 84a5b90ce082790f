"""Notices, exported lists, and drafts kept while typing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import now
from accounts.http import SignedIn
from accounts.limits import DOWNLOAD, limited
from accounts.models import AccessLog
from accounts.services.access import record_access
from casework.cases import casepage
from casework.cases.drafts import save_draft
from casework.jobs.exports import KEPT
from casework.models import ExportJob, Notice
from casework.notices.outbox import mark_all_read, mark_read
from casework.views.acting import ENVELOPE
from kernel.dates import roc_moment
from kernel.identifiers import looks_like_person_id
from kernel.links import without_tokens

PER_PAGE = 30
DRAFT_KEY = "draft_key"


def inbox(request: SignedIn) -> HttpResponse:
    """通知: everything the person was told, mailed or not."""
    if request.method == "POST":
        count = mark_all_read(by=request.user, at=now())
        messages.success(request, f"已將 {count} 則通知標為已讀。")
        return redirect("casework:inbox")
    found = Paginator(casepage.inbox(request.user.pk), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "casework/inbox.html", {"page": found, "unread": casepage.unread(request.user.pk)})


@require_GET
def notice(request: SignedIn, pk: int) -> HttpResponse:
    """One notice; opening it is reading it. Links that stand for a password work from the letter alone."""
    one = get_object_or_404(Notice.objects.select_related("case"), pk=pk, user=request.user)
    mark_read(one, by=request.user, at=now())
    body = without_tokens(one.body)
    return render(request, "casework/notice.html", {"notice": one, "body": body, "hidden": body != one.body})


@require_GET
def exports(request: SignedIn) -> HttpResponse:
    """匯出檔案 of this person."""
    jobs = list(ExportJob.objects.filter(user=request.user)[:50])
    waiting = any(job.state in (ExportJob.State.QUEUED, ExportJob.State.RUNNING) for job in jobs)
    return render(request, "casework/exports.html", {"jobs": jobs, "waiting": waiting, "kept_days": KEPT.days})


@require_GET
@limited(DOWNLOAD)
def export_file(request: SignedIn, pk: int) -> FileResponse:
    job = get_object_or_404(ExportJob.objects.exclude(file=""), pk=pk, user=request.user, state=ExportJob.State.DONE)
    record_access(AccessLog.Action.DOWNLOAD, at=now(), user=request.user, subject=f"匯出：{job.title}", request=request)
    return FileResponse(job.file.open("rb"), as_attachment=True, filename=f"{job.title}.{job.format}")


#: Parts of names of fields whose content is never kept in clear.
NOT_KEPT = ("password", "bank_account", "national_id")


@require_POST
def autosave(request: SignedIn) -> HttpResponse:
    """What is typed in a form, kept under the form's key (`draft_key`) until it is saved for good.

    Identifiers and passwords are not kept: a draft is stored as it stands, and those never stand in clear.
    """
    key = request.POST.get(DRAFT_KEY, "").strip()
    if not key or len(key) > 120:
        return JsonResponse({"saved": False, "message": "缺少表單代碼，草稿未儲存。"}, status=400)
    at = now()
    save_draft(user=request.user, key=key, data=_keepable(request), at=at)
    return JsonResponse({"saved": True, "saved_at": roc_moment(at)})


def _keepable(request: SignedIn) -> dict[str, object]:
    kept: dict[str, object] = {}
    for name, values in request.POST.lists():
        if (
            name in ENVELOPE
            or name == DRAFT_KEY
            or any(word in name for word in NOT_KEPT)
            or any(map(looks_like_person_id, values))
        ):
            continue
        kept[name] = values[0] if len(values) == 1 else values
    return kept

"""展示用信箱: the letters the demonstration sent, so that a visitor can follow a set-password link. DEMO only."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from casework.models import Notice

SHOWN = 50


@login_not_required
@require_GET
def demo_mail(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    letters = Notice.objects.exclude(mail_state=Notice.Mail.NONE).select_related("user").order_by("-created_at", "-pk")
    return render(request, "casework/demo_mail.html", {"letters": letters[:SHOWN]})

"""通知與行事曆: what is mailed to me and when, and the calendar my telephone reads."""

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import now, today
from accounts.http import SignedIn
from casework.deadlines import ics
from casework.desk.agenda import agenda
from casework.forms import PortalForm
from casework.models import CalendarFeed
from casework.notices import reaching
from casework.notices.kinds import KINDS
from casework.views.acting import acting, into_form

#: The new address is shown on the page after it was made, and nowhere later.
SHOWN_ONCE = "calendar_feed_token"


class MailForm(PortalForm):
    """One choice for each kind that leaves one."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for kind in KINDS:
            if len(kind.choices) > 1:
                self.fields[kind.code] = forms.ChoiceField(
                    label=kind.label,
                    help_text=kind.text,
                    choices=[(how.value, how.label) for how in kind.choices],
                    widget=forms.RadioSelect,
                    required=False,
                )


@acting
def settings_page(request: SignedIn) -> HttpResponse:
    how = reaching.how_of(request.user)
    form = MailForm(request.POST or None, initial=how)
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            reaching.choose(
                user=request.user, how={kind: how for kind, how in form.cleaned_data.items() if how}, at=now()
            )
        if tried.ok:
            messages.success(request, "已儲存通知方式。")
            return redirect("casework:reach")
    token = request.session.pop(SHOWN_ONCE, "")
    context = {
        "form": form,
        "fixed": [kind for kind in KINDS if len(kind.choices) == 1],
        "feed": CalendarFeed.objects.filter(user=request.user).first(),
        "address": _address(token) if token else "",
        "days": agenda(request.user, today=today(), most=5),
    }
    response = render(request, "casework/reach.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


def _address(token: str) -> str:
    return settings.SITE_URL.rstrip("/") + reverse("casework:feed", args=[token])


@require_POST
def make_feed(request: SignedIn) -> HttpResponse:
    """A new address; the one before ends."""
    request.session[SHOWN_ONCE] = reaching.new_feed(user=request.user, at=now())
    messages.success(request, "已產生新的訂閱網址，請立即加入您的行事曆；離開本頁後不再顯示。")
    return redirect(f"{reverse('casework:reach')}#calendar")


@require_POST
def drop_feed(request: SignedIn) -> HttpResponse:
    if reaching.drop_feed(user=request.user):
        messages.success(request, "已停止訂閱，原網址立即失效。")
    return redirect(f"{reverse('casework:reach')}#calendar")


@login_not_required
@require_GET
def feed(request: SignedIn, token: str) -> HttpResponse:
    """The calendar behind a secret address: days and case numbers, no names and no identifiers. 404 alike for any wrong one."""
    user = reaching.reader_of(token, at=now())
    if user is None:
        raise Http404
    site = settings.SITE_URL.rstrip("/")
    host = urlsplit(site).hostname or "localhost"
    entries = [
        ics.Entry(
            uid=f"{day.uid}@{host}",
            on=day.deadline.due_on,
            summary="　".join(part for part in (f"期限：{day.deadline.label}", day.number) if part),
            description=f"依據：{day.deadline.citation}\n請登入入口網查看案件內容。",
            url=f"{site}{day.url}",
            changed_at=day.deadline.set_at,
            sequence=day.sequence,
        )
        for day in agenda(user, today=today())
    ]
    response = HttpResponse(
        ics.calendar("訓練業務申辦入口網　期限", entries), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = 'inline; filename="deadlines.ics"'
    response["Cache-Control"] = "private, max-age=900"
    response["X-Robots-Tag"] = "noindex"
    return response

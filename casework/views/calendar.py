"""辦公日曆: the year as it is counted, the official table with a preview before anything changes, and days set by hand."""

import base64
import zlib
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import now, today
from accounts.http import SignedIn
from accounts.rights import holds
from casework.forms import PortalForm, RocDateField
from casework.law import calendar as service
from casework.models import CalendarDay
from casework.rights import CALENDAR
from casework.views.acting import acting, into_form
from casework.views.agency import page
from kernel.asked import whole_number
from kernel.dates import roc_year

#: An official table has 365 lines of thirty bytes.
MAX_BYTES = 256 * 1024
SALT = "casework.calendar"


class UploadForm(PortalForm):
    file = forms.FileField(
        label="行政機關辦公日曆表",
        help_text="行政院人事行政總處公布的 CSV（XLSX、ODS 亦可），256 KB 以內。先預覽差異，確認後才會匯入。",
        error_messages={"empty": "這個檔案是空的。"},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError("檔案超過 256 KB，請確認是不是一個年度的辦公日曆表。")
        return file


class DayForm(PortalForm):
    day = RocDateField(label="日期", help_text="例：113/10/31")
    works = forms.ChoiceField(label="設定為", choices=[("off", "停止上班"), ("on", "上班"), ("clear", "取消人工設定")])
    reason = forms.CharField(label="原因", max_length=200, help_text="例：海葵颱風停止上班")


def _page(request: SignedIn, status: int = 200, **context: Any) -> HttpResponse:
    asked = whole_number(request.GET.get("year"))
    shown = asked + 1911 if asked and 80 <= asked <= 189 else today().year
    days = service.year_sheet(shown)
    months: list[dict[str, Any]] = [
        {"label": f"{month} 月", "days": [_cell(*one) for one in found], "blanks": range(0)}
        for month, found in groupby(days, key=lambda one: one[0].month)
    ]
    for month in months:
        month["blanks"] = range((month["days"][0]["day"].weekday() + 1) % 7)
    first = date(shown, 1, 1)
    context = {
        "year": roc_year(first),
        "previous": roc_year(first) - 1,
        "next": roc_year(first) + 1,
        "months": months,
        "by_hand": [one for one in days if one[3] == CalendarDay.Source.MANUAL.label],
        "known": sum(bool(one[3]) for one in days),
        "may_change": holds(request, CALENDAR),
        "upload_form": UploadForm(auto_id="upload_%s"),
        "day_form": DayForm(auto_id="day_%s"),
        "today": today(),
        **context,
    }
    return page(request, "calendar", context, title="辦公日曆", status=status)


def _cell(day: date, works: bool, name: str, source: str) -> dict[str, Any]:
    by_hand = source == CalendarDay.Source.MANUAL.label
    odd = works == (day.weekday() >= 5)
    return {"day": day, "works": works, "name": name, "by_hand": by_hand, "odd": odd}


@require_GET
def year(request: SignedIn) -> HttpResponse:
    return _page(request)


@require_POST
@acting
def upload(request: SignedIn) -> HttpResponse:
    """First a file, answered with what it would change; then the same bytes, signed, to be taken over."""
    service.require_calendar(request.user)
    if packed := request.POST.get("packed"):
        try:
            data = zlib.decompress(base64.b64decode(signing.loads(packed, salt=SALT, max_age=3600)))
        except signing.BadSignature:
            messages.error(request, "預覽已逾時，請重新選擇檔案。")
            return redirect("admin:calendar")
        done = service.import_calendar(data, by=request.user, at=now())
        messages.success(request, f"已匯入 {len(done.days)} 日，其中 {len(done.changed)} 日與原先不同。")
        return redirect(f"{reverse('admin:calendar')}?year={done.years[0] - 1911}")
    form = UploadForm(request.POST, request.FILES, auto_id="upload_%s")
    if not form.is_valid():
        return _page(request, 422, upload_form=form)
    data = form.cleaned_data["file"].read()
    preview = service.preview(data)
    packed = signing.dumps(base64.b64encode(zlib.compress(data)).decode(), salt=SALT) if preview.ready else ""
    return page(request, "calendar_preview", {"preview": preview, "packed": packed}, title="辦公日曆：匯入預覽")


@require_POST
@acting
def day(request: SignedIn) -> HttpResponse:
    """One day by hand, with its reason."""
    service.require_calendar(request.user)
    form = DayForm(request.POST, auto_id="day_%s")
    if form.is_valid():
        given = {
            "day": form.cleaned_data["day"],
            "reason": form.cleaned_data["reason"],
            "by": request.user,
            "at": now(),
        }
        with into_form(request, form) as tried:
            if form.cleaned_data["works"] == "clear":
                service.clear_day(**given)
            else:
                service.set_day(works=form.cleaned_data["works"] == "on", **given)
        if tried.ok:
            messages.success(request, "已更新辦公日曆。已經算好的期限不會自動改變。")
            return redirect(f"{reverse('admin:calendar')}?year={roc_year(given['day'])}")
    return _page(request, 422, day_form=form)

"""設計系統 /design/: the components with made-up data, so that each is seen as pages print it."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.forms.wording import Spoken


class Sample(Spoken, forms.Form):
    unit = forms.CharField(label="單位全銜", help_text="與立案證書相同。")
    seats = forms.IntegerField(label="招生人數", min_value=1, max_value=60)
    edition = forms.ChoiceField(
        label="TTQS 版別", choices=[("a", "訓練機構版"), ("b", "外訓版")], widget=forms.RadioSelect
    )
    agree = forms.BooleanField(label="本人已閱讀並同意資訊安全保密規定")


def _samples() -> dict[str, Any]:
    refused = Sample({"unit": "財團法人南瀛職業訓練中心", "seats": "六十一"}, auto_id="refused_%s")
    plain = Sample(auto_id="plain_%s")
    return {
        "form": refused,
        "fields": [plain["unit"], plain["seats"]],
        "page": Paginator(range(95), 20).page(3),
        "steps": [
            {"label": "單位資料", "state": "done", "url": "#d-step"},
            {"label": "帳號申請人", "state": "error", "url": "#d-step"},
            {"label": "上傳文件", "state": "current"},
            {"label": "檢核與送件", "state": "todo"},
        ],
        "tabs": [
            {"label": "等我處理", "url": "#d-table", "current": True, "count": "3"},
            {"label": "未分案", "url": "#d-table", "current": False, "count": "12"},
            {"label": "全部", "url": "#d-table", "current": False, "count": ""},
        ],
        "rows": [
            {
                "title": "南瀛職業訓練中心　新單位申請", "url": "#d-card", "number": "OA-113-000127",
                "state_label": "待補正", "tone": "warn", "due": "還有 3 日",
            },
            {
                "title": "電腦商業同業公會　年度賦予", "url": "#d-card", "number": "OA-113-000131",
                "state_label": "待簽核", "tone": "info", "due": "今天到期",
            },
        ],
        "facts": [
            {"label": "單位全銜", "value": "財團法人南瀛職業訓練中心"},
            {"label": "聯絡人", "value": "林怡君", "changed": True, "before": "陳志明"},
            {"label": "身分證統一編號", "value": "A12****789"},
            {"label": "傳真", "value": ""},
        ],
        "lines": [
            {
                "text": "TTQS 訓練機構版「銀」，截止日前 120 日內有效", "met": True, "rule": "OA-03", "citation": "申請須知一（三）",
                "comparison": "113/08/15 ≤ 113/12/12", "in_force_from": "2024-01-01", "confirmed": True,
            },
            {
                "text": "本單位已有 6 組帳號，不得再開", "met": False, "rule": "OA-07", "citation": "申請須知二備註",
                "comparison": "6 + 1 ≤ 6", "in_force_from": None, "confirmed": True,
            },
            {
                "text": "辦訓縣市為臺南市，由雲嘉南分署受理", "met": None, "rule": "OA-17", "citation": "各分署聯絡表",
                "comparison": "", "in_force_from": None, "confirmed": False,
            },
        ],
        "signs": [
            {"label": "分署承辦人", "state": "done", "person": "王美玲", "when": "113/12/13 09:20", "comment": "文件齊備"},
            {"label": "科室主管", "state": "current", "person": "張文雄"},
            {"label": "決行", "state": "todo"},
        ],
        "events": [
            _event("113/12/13 09:20", "王美玲", "承辦核章", "good", clause="申請表簽核欄"),
            _event("113/12/12 15:10", "王美玲", "通知補正", "warn", comment="公文受文者請改為雲嘉南分署"),
            _event("113/12/12 14:05", "林怡君", "送件", "info"),
        ],
    }  # fmt: skip


def _event(when: str, who: str, what: str, tone: str, **more: str) -> dict[str, Any]:
    return {
        "when": when, "who": who, "what": what, "tone": tone, "clause": "", "comment": "", "changes": [], "outcomes": [],
        **more,
    }  # fmt: skip


@login_not_required
@require_safe
def design(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/design.html", _samples())

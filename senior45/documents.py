"""What the papers say: 帳號使用（停用）申請表 (附件1) with the agency's part, and the result of an inventory."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from accounts.models import User
from casework.cases.chain import chain_state
from casework.models import Case, Document
from casework.papers import documents, rendering
from casework.papers.rendering import Paper
from kernel.dates import roc, roc_long, taipei_day
from senior45.models import AccountRequest, Campaign
from senior45.params import RIGHT_LABELS, ROLE_LABELS, AccountRole, Right
from senior45.selectors import FORM, HEAD_CHAIN, counts_by_office, digest_of, line_counts, lines

REQUEST, RESULT = "senior45.account_request", "senior45.inventory_result"
PRINTED = (
    Paper(REQUEST, "「45+就業資源網」帳號使用（停用）申請表", "papers/senior45/account_request.html"),
    Paper(RESULT, "「45+就業資源網」帳號清查結果", "papers/senior45/inventory_result.html", signed=True),
)

CHANGES = (("new", "新增，帳號名稱："), ("resume", "恢復使用，原帳號："), ("stop", "停止使用，原帳號："))
#: The three boxes of 附件1; the lead group's two further rights are printed beneath where they are asked for.
PRINTED_RIGHTS = (Right.OPENER, Right.REVIEWER, Right.EDITOR)
#: A line on the paper for each account up to here; beyond, the sheet (ODS) that goes with it has them.
LINES_PRINTED = 300


# --- 申請表 (附件1) ------------------------------------------------------------------------------------------------------


def _signs(case: Case, request: AccountRequest) -> dict[int, dict[str, str]]:
    """Who signed which step, over the words as they stand and in a round that was not returned."""
    return {
        one.number: {"name": one.signoff.person.name, "on": roc(taipei_day(one.signoff.at))}
        for one in chain_state(case, FORM, HEAD_CHAIN, digest_of(request))
        if one.signoff
    }


def request_context(case: Case, request: AccountRequest) -> dict[str, Any]:
    signs = _signs(case, request)
    name = request.account.user.account_name if request.account else (case.person.account_name if case.person else "")
    window = request.window
    more = [RIGHT_LABELS[Right(code)] for code in request.rights if Right(code) not in PRINTED_RIGHTS]
    return {
        "case_number": case.number,
        "applied_on": roc(taipei_day(case.filed_at or case.created_at)),
        "office": request.office.organisation.name,
        "window": {"name": window.name if window else "", "phone": window.phone if window else ""},
        "changes": [
            {"label": label, "on": code == request.change, "name": name if code == request.change else ""}
            for code, label in CHANGES
        ],
        "roles": [
            {
                "label": ROLE_LABELS[role] + ("（請說明）" if role is AccountRole.OTHER else ""),
                "on": role == request.role,
            }
            for role in AccountRole
        ],
        "role_text": request.role_text,
        "rights": [{"label": RIGHT_LABELS[one], "on": one.value in request.rights} for one in PRINTED_RIGHTS],
        "more_rights": "、".join(more),
        "hand_over": request.hand_over,
        "name": request.name,
        "title": request.title,
        "phone": request.phone,
        "email": request.email,
        "leaves_on": roc(request.leaves_on) if request.leaves_on else "",
        "stop_reason": request.stop_reason,
        "accepted": f"{request.name}（{roc(taipei_day(request.accepted_at))} 線上簽署，規定版本 {roc(request.terms.in_force_from)}）"
        if request.accepted_at and request.terms
        else "",
        "head": signs.get(1),
        "agency": {
            "unit": case.office.name if case.received_on else "",
            "received_on": roc(case.received_on) if case.received_on else "",
            "result": request.result_text,
            "reviewer": signs[2]["name"] if 2 in signs else (_decider(case) if case.state == "refused" else ""),
            "answered_on": roc(request.answered_on)
            if request.answered_on and case.state in ("done", "refused")
            else "",
            "done_on": roc(request.done_on) if request.done_on else "",
        },
    }


def _decider(case: Case) -> str:
    event = case.events.filter(code="refuse").order_by("-seq").first()
    return event.by_name if event else ""


def blank_request() -> dict[str, Any]:
    empty = dict.fromkeys(
        ("case_number", "applied_on", "office", "role_text", "more_rights", "name", "title", "phone", "email", "leaves_on",
         "stop_reason", "accepted"), ""
    )  # fmt: skip
    return {
        **empty,
        "hand_over": False,
        "window": {"name": "", "phone": ""},
        "changes": [{"label": label, "on": False, "name": ""} for _, label in CHANGES],
        "roles": [
            {"label": ROLE_LABELS[role] + ("（請說明）" if role is AccountRole.OTHER else ""), "on": False}
            for role in AccountRole
        ],
        "rights": [{"label": RIGHT_LABELS[one], "on": False} for one in PRINTED_RIGHTS],
        "head": None,
        "agency": dict.fromkeys(("unit", "received_on", "result", "reviewer", "answered_on", "done_on"), ""),
    }


def printed_request(case: Case, request: AccountRequest) -> bytes:
    """A working copy as the case stands."""
    return rendering.render(REQUEST, request_context(case, request))


def blank() -> bytes:
    return rendering.render(REQUEST, blank_request())


def issue_request(case: Case, request: AccountRequest, *, by: User, at: datetime) -> Document:
    """The form with the agency's part, once it is answered (S45-12)."""
    return documents.issue(
        case=case,
        paper=REQUEST,
        context=request_context(case, request),
        public=[
            ("案號", case.number),
            ("審查單位", case.office.name),
            ("申請單位", request.office.organisation.name),
            ("帳號異動類型", request.get_change_display()),
            ("處理結果", "不同意" if case.state == "refused" else "同意"),
            ("回覆日期", roc(request.answered_on) if request.answered_on else ""),
        ],
        by=by,
        at=at,
    )


# --- 清查結果 -----------------------------------------------------------------------------------------------------------


def result_context(campaign: Campaign, *, on: date) -> dict[str, Any]:
    counts = line_counts(campaign.lines.all())
    shown: Sequence[Mapping[str, Any]] = ()
    total = counts["total"]
    rows = lines(campaign.lines.all()).order_by(
        "office__branch__organisation__name", "office__organisation__name", "pk"
    )
    if total > LINES_PRINTED:
        rows = rows.exclude(state__in=("keep", "kept"))
    shown = [
        {
            "office": line.office.organisation.label,
            "name": line.account.user.name,
            "account_name": line.account.user.account_name,
            "rights": line.rights,
            "last": roc(line.last_sign_in_on) if line.last_sign_in_on else "無登入紀錄",
            "idle_days": line.idle_days,
            "leaves_on": roc(line.leaves_on) if line.leaves_on else "",
            "state": line.badge["label"],
            "reason": line.reason,
            "answered": f"{line.answered_by.name} {roc(taipei_day(line.answered_at))}"
            if line.answered_by and line.answered_at
            else "",
        }
        for line in rows[:LINES_PRINTED]
    ]
    return {
        "title": str(campaign),
        "case_number": campaign.case.number,
        "period": f"{roc(campaign.period_starts_on)} 起之半年",
        "opened_on": roc(taipei_day(campaign.opened_at)),
        "answer_by": roc(campaign.answer_by),
        "made_on": roc_long(on),
        "counts": {
            "total": total,
            "kept": counts.get("keep", 0) + counts.get("kept", 0),
            "stopped": counts.get("stop", 0) + counts.get("stopped", 0),
            "unanswered": counts["open"],
        },
        "unanswered_means": "清查結束時停用" if campaign.unanswered == "stop" else "陳報並列入清查結果，帳號不變",
        "offices": [
            {
                "name": row["office__organisation__name"],
                "branch": row["office__branch__organisation__name"] or "本署",
                **{name: row[name] for name in ("total", "keep", "stop", "open")},
            }
            for row in counts_by_office(campaign)
        ],
        "lines": shown,
        "all_lines": total <= LINES_PRINTED,
    }


def issue_result(case: Case, campaign: Campaign, *, by: User | None, at: datetime) -> Document:
    context = result_context(campaign, on=taipei_day(at))
    counts = context["counts"]
    return documents.issue(
        case=case,
        paper=RESULT,
        title=f"{campaign}結果",
        context=context,
        public=[
            ("案號", case.number),
            ("清查", str(campaign)),
            ("帳號數", str(counts["total"])),
            ("保留", str(counts["kept"])),
            ("停用", str(counts["stopped"])),
            ("未回覆", str(counts["unanswered"])),
        ],
        by=by,
        at=at,
    )

"""Account requests, articles and inventories as casework knows them: panels, people, deadlines."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse

from accounts.clock import today
from accounts.models import User
from accounts.rights import can
from casework.cases.casetypes import CaseType, Panel, Target, applicants
from casework.deadlines.handlers import Handler
from casework.deadlines.keeping import thing_of
from casework.deadlines.things import Things
from casework.models import Case, Deadline
from casework.notices.kinds import PROGRESS, REMINDER, WORK, classify
from senior45.acts import ARTICLE_ACTS, CAMPAIGN_ACTS, REQUEST_ACTS
from senior45.models import AccountRequest, AccountRight, SiteAccount
from senior45.permissions import APPROVE, FILE, REVIEW, SUBMIT, VIEW_ALL, VIEW_OFFICE, VIEW_OWN, WRITE
from senior45.selectors import (
    article_of,
    campaign_of,
    changed_since_approval,
    counts_by_office,
    current_holder,
    findings,
    lacks_consent,
    line_counts,
    newest_version,
    request_of,
)
from senior45.services import accounts, articles, deciding, idling, inventory, leavers, requests
from senior45.states import WRITABLE

SINGLE = ("system_admin", "opener", "reviewer")


# --- panels ----------------------------------------------------------------------------------------------------------


def _request_panels(case: Case, user: User) -> Sequence[Panel]:
    request = request_of(case)
    taken = [
        {"label": right, "holder": held.account.user.name if held else ""}
        for right in request.rights
        if right in SINGLE
        for held in [current_holder(request.office, right, on=today())]
    ]
    return [
        Panel(
            "申請表（附件1）",
            "senior45/panels/request.html",
            {"request_form": request, "taken": taken, "case": case, "changed": changed_since_approval(request)},
        )
    ]


def _article_panels(case: Case, user: User) -> Sequence[Panel]:
    article = article_of(case)
    return [Panel("文稿", "senior45/panels/article.html", {"article": article, "version": newest_version(article)})]


def _campaign_panels(case: Case, user: User) -> Sequence[Panel]:
    campaign = campaign_of(case)
    counts = line_counts(campaign.lines.all())
    return [
        Panel(
            "清查進度",
            "senior45/panels/campaign.html",
            {
                "campaign": campaign,
                "counts": counts,
                "offices": [row for row in counts_by_office(campaign) if row["open"]][:30],
            },
        )
    ]


def _request_parties(about: CaseType, user: User) -> Q:
    """Whose account a 停止使用 ends stands in it, whoever filed it."""
    stopped = AccountRequest.objects.filter(account__user=user)
    return applicants(about, user) | Q(pk__in=stopped.values("case"))


def _request_url(case: Case) -> str:
    if case.state in WRITABLE:
        return reverse("senior45:request", args=[case.number])
    return reverse("casework:case", args=[case.number])


def _waits_for(case: Case, user: User) -> str:
    """The form goes from the user to the head to the window before it is the office's."""
    right, who = {"at_head": (APPROVE, "單位主管"), "at_window": (FILE, "聯繫窗口")}.get(case.state, (SUBMIT, "申請人"))
    if right == SUBMIT and lacks_consent(case, user):
        return who
    return "" if can(user, right, case) else who


def _targets(case: Case) -> Sequence[Target]:
    page = reverse("senior45:request", args=[case.number])
    return [
        Target(name, str(AccountRequest._meta.get_field(name).verbose_name), page) for name in AccountRequest.FIELDS
    ]


def _export_row(case: Case) -> dict[str, Any]:
    request = request_of(case)
    return {
        "帳號異動類型": request.get_change_display(),
        "姓名": request.name,
        "角色": request.role_label,
        "權限": request.right_labels,
        "回覆日期": request.answered_on,
    }


def _consistency() -> Sequence[str]:
    """Rights of closed accounts, roles without a right, single seats held twice."""
    wrong = [
        f"{right.account}：帳號已停用，仍有{right.get_right_display()}權限"
        for right in AccountRight.objects.filter(
            account__state=SiteAccount.State.CLOSED, ends_before=None
        ).select_related("account__user")
    ]
    open_without_day = SiteAccount.objects.filter(state=SiteAccount.State.OPEN, idle_from=None)
    return [*wrong, *(f"{account}：沒有閒置起算日" for account in open_without_day.select_related("user"))]


# --- deadlines -------------------------------------------------------------------------------------------------------


def _hand_over(deadlines: list[Deadline], at: Any) -> None:
    rights = [thing for one in deadlines if isinstance(thing := thing_of(one), AccountRight)]
    accounts.hand_over(rights, at=at)


HANDLERS = (
    Handler(requests.ANSWER, deciding.escalate, deciding.remind, owed_after=True),
    Handler(accounts.IDLE, idling.close, idling.warn),
    Handler(accounts.HAND_OVER, _hand_over),
    Handler(leavers.LEAVER, leavers.close_ex_officio, leavers.remind),
    Handler(articles.EXPIRE, articles.expire),
    Handler(inventory.TERM, inventory.escalate, inventory.remind, owed_after=True),
)
THINGS = (
    Things(
        "senior45.siteaccount",
        lambda user: user.site_accounts.exclude(state=SiteAccount.State.CLOSED).values_list("pk", flat=True),
        "senior45:home",
    ),
)
NOTICES = (
    *classify(
        REMINDER, "senior45.answer_soon", "senior45.answer_late", "senior45.idle_warning", "senior45.leaver_reminder"
    ),
    *classify(WORK, "senior45.article_to_review", "senior45.to_head", "senior45.to_window", "senior45.filed"),
    *classify(PROGRESS, "senior45.filed_copy", "senior45.article_published", "senior45.register"),
)

KINDS = (
    CaseType(
        kind=REQUEST_ACTS.kind,
        label="45+ 帳號申請",
        series="SA",
        table=REQUEST_ACTS,
        view_rights=(VIEW_OFFICE, VIEW_OWN),
        parties=_request_parties,
        findings=lambda case, on, law: findings(case, on=on, law=law),
        panels=_request_panels,
        targets=_targets,
        applicant_url=_request_url,
        waits_for=_waits_for,
        export_row=_export_row,
        consistency=_consistency,
    ),
    CaseType(
        kind=ARTICLE_ACTS.kind,
        label="45+ 文稿",
        series="SN",
        table=ARTICLE_ACTS,
        view_rights=(REVIEW, WRITE),
        panels=_article_panels,
        # 附件2 has a rule of its own: who wrote a version does not review it (S45-11); taking down is open to the reviewer
        parties=lambda about, user: Q(pk__in=[]),
        applicant_url=lambda case: reverse("senior45:article", args=[case.number]),
    ),
    CaseType(
        kind=CAMPAIGN_ACTS.kind,
        label="45+ 帳號清查",
        series="SI",
        table=CAMPAIGN_ACTS,
        view_rights=(VIEW_ALL,),
        panels=_campaign_panels,
    ),
)

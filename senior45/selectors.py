"""Querysets for screens, and the bridge from rows to the facts of rules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet, Subquery

from accounts.models import Organisation, User
from accounts.rights import holders, organisations_with
from casework.cases.chain import Step, chain_state, content_digest
from casework.models import Case, SignOff
from kernel.law import Law
from kernel.outcome import Outcome
from senior45.models import (
    AccountRequest,
    AccountRight,
    Article,
    ArticleVersion,
    Campaign,
    InventoryLine,
    SiteAccount,
    SiteOffice,
)
from senior45.params import (
    CATEGORY_LABELS,
    OFFICE_LABELS,
    AccountRole,
    Category,
    OfficeKind,
    Right,
)
from senior45.rules import procedure, rights

# --- offices ---------------------------------------------------------------------------------------------------------


def offices() -> QuerySet[SiteOffice]:
    return SiteOffice.objects.select_related("organisation", "branch__organisation", "bureau__organisation", "county")


def lead_office() -> SiteOffice:
    return offices().get(kind=OfficeKind.HQ_LEAD)


def opening_office(office: SiteOffice, *, on: date, law: Law) -> SiteOffice:
    """Who receives and opens: the lead group, or the branch in charge. Where a request goes S45-02 says, whoever approved it."""
    facts = procedure.RoutingFacts(office.office_kind, head_approved=True)
    goes_to = procedure.routing(facts, on=on, law=law).result["files_with"]
    return lead_office() if goes_to == "hq" or office.branch is None else office.branch


def reviewing_office(office: SiteOffice, *, on: date, law: Law) -> SiteOffice:
    """Who reviews its texts: itself, or its bureau (S45-11)."""
    if law.at(f"s45.reviewed_by.{office.kind}", on).value == "own" or office.bureau is None:
        return office
    return office.bureau


def categories_of(office: SiteOffice, *, on: date, law: Law) -> list[Category]:
    return [Category(code) for code in law.at(f"s45.categories.{office.kind}", on).value]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the matrix as it is shown: the words, where it stands in the source, whether the source says it."""

    text: str
    citation: str
    confirmed: bool
    note: str
    in_force_from: date | None


@dataclass(frozen=True, slots=True)
class MatrixRow:
    label: str
    cells: tuple[Cell, ...]


MATRIX_COLUMNS = ("帳號開通", "審稿", "承辦人員", "得刊登類別", "未登入自動關閉")
_WORDS = {"hq_lead": "本署身特組", "branch": "轄區分署", "own": "本機關（設置1人）", "bureau": "所屬局處"}


def matrix(*, on: date, law: Law) -> list[MatrixRow]:
    """附件2 as the law stands on a day, each cell with its source."""
    rows = []
    for kind in OfficeKind:
        cells = []
        for name in ("opened_by", "reviewed_by", "editors", "categories", "idle_lock"):
            if name == "editors":
                cells.append(
                    Cell(
                        "人數不限", f"附件2「一般承辦人員（人數不限）」列、「{OFFICE_LABELS[kind]}」欄", True, "", None
                    )
                )
                continue
            value = law.at(f"s45.{name}.{kind}", on)
            if name == "categories":
                whole = len(value.value) == len(Category)
                text = "全部" if whole else "、".join(CATEGORY_LABELS[Category(one)] for one in value.value)
            elif name == "idle_lock":
                text = "自動關閉" if value.value else "不自動關閉"
            else:
                text = _WORDS[value.value]
            cells.append(Cell(text, value.citation, value.confirmed, value.note, value.in_force_from))
        rows.append(MatrixRow(OFFICE_LABELS[kind], tuple(cells)))
    return rows


def offices_in_charge(user: User, code: str) -> QuerySet[SiteOffice]:
    """Offices whose accounts the holder of an office-side right looks after: a branch its own, the lead group those of HQ."""
    mine = organisations_with(user, code)
    of_branch = Q(branch__organisation__in=mine)
    if mine.filter(site_office__kind=OfficeKind.HQ_LEAD).exists():
        of_branch |= Q(kind__in=(OfficeKind.HQ_LEAD, OfficeKind.HQ_OTHER, OfficeKind.BRANCH))
    return offices().filter(of_branch, is_active=True)


def my_offices(user: User, code: str) -> QuerySet[SiteOffice]:
    """Offices in which the user holds an applicant-side right themselves."""
    return offices().filter(organisation__in=organisations_with(user, code), is_active=True)


def windows_of(office: SiteOffice) -> list[User]:
    return list(holders("senior45.file_request", office.organisation))


def heads_of(office: SiteOffice) -> list[User]:
    return list(holders("senior45.approve_request", office.organisation))


def openers_of(organisation: Organisation) -> list[User]:
    return list(holders("senior45.decide_request", organisation))


# --- requests --------------------------------------------------------------------------------------------------------


def request_of(case: Case) -> AccountRequest:
    """The form of this very case: what an act holds is not read a second time."""
    found = AccountRequest.objects.select_related(
        "office__organisation", "office__branch__organisation", "account__user", "window", "terms"
    ).get(case=case)
    found.case = case
    return found


def lacks_consent(case: Case, user: User) -> bool:
    """Only who will use the account can accept the terms (第5點、第6點); ending one needs nobody's."""
    if case.person_id in (None, user.pk):
        return False
    request = request_of(case)
    return request.accepted_at is None and request.change != AccountRequest.Change.STOP


#: 單位主管 → 審查人員 (附件1): the window files in between without signing the form.
HEAD_CHAIN = (Step("單位主管", "senior45.approve_request"), Step("審查人員", "senior45.decide_request"))
FORM = "request"


def digest_of(request: AccountRequest) -> str:
    return content_digest(request.content())


def head_approved(request: AccountRequest) -> bool:
    """The head's signature in the running round, over the request as it stands."""
    return chain_state(request.case, FORM, HEAD_CHAIN, digest_of(request))[0].signoff is not None


def changed_since_approval(request: AccountRequest) -> dict[str, Any]:
    """What was changed after the head last approved; empty where the words are those approved, or nobody has yet."""
    signed = request.case.signoffs.filter(form=FORM, step=1, decision=SignOff.Decision.APPROVE).select_related("person")
    last = signed.order_by("-round").first()
    if last is None or last.digest == digest_of(request):
        return {}
    events = request.case.events
    approved = events.filter(code="signoff.approve", by=last.person).order_by("-seq").values("seq")[:1]
    changes: dict[str, dict[str, str]] = {}
    for edit in events.filter(code="edited", seq__gt=Subquery(approved)).order_by("seq"):
        for one in edit.changes:
            changes[one["field"]] = {**one, "before": changes.get(one["field"], one)["before"]}
    return {"by": last.person.name, "at": last.at, "changes": [*changes.values()]}


def holder_outcome(request: AccountRequest, *, on: date, law: Law) -> Outcome:
    facts = procedure.HolderFacts(request.office.office_kind, request.duty, request.business)
    return procedure.holder(facts, on=on, law=law)


def routing_outcome(request: AccountRequest, *, by_window: bool, on: date, law: Law) -> Outcome:
    facts = procedure.RoutingFacts(request.office.office_kind, head_approved(request), by_window)
    return procedure.routing(facts, on=on, law=law)


def current_holder(office: SiteOffice, right: str, *, on: date) -> AccountRight | None:
    """Who holds a single seat on a day or will: the row that is open or ends later."""
    rows = AccountRight.objects.filter(office=office, right=right).filter(Q(ends_before=None) | Q(ends_before__gt=on))
    return rows.exclude(ends_before=F("starts_on")).select_related("account__user").order_by("-starts_on").first()


def seat_outcome(
    request: AccountRequest, right: str, *, on: date, law: Law, leaving: AccountRight | None = None
) -> Outcome:
    """May this account take this seat? `leaving`: the holder it takes over from, who does not count."""
    held = current_holder(request.office, right, on=on)
    counts = held is not None and held != leaving and held.account_id != request.account_id
    facts = rights.SeatFacts(
        office=request.office.office_kind,
        right=Right(right),
        held=int(counts and right in ("system_admin", "opener", "reviewer")),
        holder=held.account.user.name if counts and held else "",
        role=AccountRole(request.role),
        role_text=request.role_text,
    )
    return rights.seat(facts, on=on, law=law)


def seat_outcomes(request: AccountRequest, *, on: date, law: Law) -> list[Outcome]:
    """Every seat that is asked for; with 接替現任人員 its present holder does not count."""
    if request.change == AccountRequest.Change.STOP:
        return []
    leaving = {one: current_holder(request.office, one, on=on) if request.hand_over else None for one in request.rights}
    return [seat_outcome(request, one, on=on, law=law, leaving=held) for one, held in leaving.items()]


def answer_outcome(case: Case, request: AccountRequest, *, on: date, law: Law) -> Outcome | None:
    if case.received_on is None:
        return None
    facts = procedure.AnswerFacts(case.received_on, request.answered_on)
    return procedure.answer(facts, on=on, law=law)


def findings(case: Case, *, on: date, law: Law) -> list[Outcome]:
    """Every rule that speaks on a request today."""
    request = request_of(case)
    found = [] if request.change == AccountRequest.Change.STOP else [holder_outcome(request, on=on, law=law)]
    found.append(routing_outcome(request, by_window=True, on=on, law=law))
    if request.change != AccountRequest.Change.STOP:
        found += [seat_outcome(request, right, on=on, law=law) for right in request.rights]
    if answer := answer_outcome(case, request, on=on, law=law):
        found.append(answer)
    return found


# --- accounts --------------------------------------------------------------------------------------------------------


def accounts() -> QuerySet[SiteAccount]:
    in_order = AccountRight.objects.order_by("right", "starts_on")
    return SiteAccount.objects.select_related(
        "user", "office__organisation", "office__branch__organisation"
    ).prefetch_related(Prefetch("rights", in_order))


def idle_outcome(account: SiteAccount, *, on: date, law: Law) -> Outcome:
    # Somebody may sign in past midnight while the night's job still works on the day before.
    seen = account.last_sign_in_on and min(account.last_sign_in_on, on)
    facts = rights.IdleFacts(account.office.office_kind, account.opened_on, account.resumed_on, seen)
    return rights.idle(facts, on=on, law=law)


def leaver_outcome(account: SiteAccount, *, filed_on: date | None, on: date, law: Law) -> Outcome:
    return procedure.leaver(procedure.LeaverFacts(account.leaves_on or on, filed_on), on=on, law=law)


def rights_in_force(account: SiteAccount, *, on: date) -> list[AccountRight]:
    return [one for one in account.rights.all() if one.in_force(on)]


def idle_accounts(rows: QuerySet[SiteAccount], *, on: date, days: int) -> QuerySet[SiteAccount]:
    """Open accounts nobody signed in to for `days` or more, whether their kind is closed for it or not."""
    return rows.filter(state=SiteAccount.State.OPEN, idle_from__lte=on - timedelta(days=days)).order_by(
        "idle_from", "pk"
    )


def seats(rows: Iterable[SiteOffice], *, on: date) -> list[dict[str, Any]]:
    """Single seats of offices, taken or free."""
    offices_ = list(rows)
    taken = AccountRight.objects.filter(
        office__in=offices_, right__in=("opener", "reviewer", "system_admin"), starts_on__lte=on
    ).filter(Q(ends_before=None) | Q(ends_before__gt=on))
    by_office: dict[int, dict[str, AccountRight]] = {}
    for one in taken.select_related("account__user"):
        by_office.setdefault(one.office_id, {})[one.right] = one
    return [{"office": office, "taken": by_office.get(office.pk, {})} for office in offices_]


# --- content ---------------------------------------------------------------------------------------------------------


def article_of(case: Case) -> Article:
    found = Article.objects.select_related("office__organisation", "office__bureau__organisation", "live").get(
        case=case
    )
    found.case = case
    return found


def articles() -> QuerySet[Article]:
    return Article.objects.select_related(
        "case__office", "case__organisation", "office__organisation", "office__bureau__organisation", "live"
    )


def newest_version(article: Article) -> ArticleVersion:
    version = article.versions.order_by("-number").select_related("written_by").first()
    assert version is not None  # an article is made with its first version
    return version


def compared_version(article: Article, version: ArticleVersion) -> ArticleVersion | None:
    """What a reviewer compares with: what the public reads now, else the version before."""
    if article.live_id and article.live_id != version.pk:
        return article.live
    return article.versions.filter(number__lt=version.number).order_by("-number").first()


def public_articles(on: date) -> QuerySet[Article]:
    """What the public page shows on a day."""
    return (
        Article.objects.filter(live__isnull=False, withdrawn_at=None, starts_on__lte=on)
        .filter(Q(ends_before=None) | Q(ends_before__gt=on))
        .select_related("live", "office__organisation")
        .order_by("-starts_on", "-pk")
    )


def search_articles(rows: QuerySet[Article], asked: str) -> QuerySet[Article]:
    """Every word must stand in title, summary, text or office name."""
    for word in asked.split()[:8]:
        rows = rows.filter(
            Q(live__title__holding=word)
            | Q(live__summary__holding=word)
            | Q(live__body__holding=word)
            | Q(office__organisation__name__holding=word)
        )
    return rows


def board(user: User) -> QuerySet[Article]:
    """The content board: texts of offices I write for, and of offices I review."""
    writing = organisations_with(user, "senior45.write_article")
    reviewing = organisations_with(user, "senior45.review_article")
    return articles().filter(Q(office__organisation__in=writing) | Q(case__office__in=reviewing))


def articles_waiting(reviewing: QuerySet[Organisation], user: User) -> QuerySet[Article]:
    """Texts these offices are to review, but for the person's own."""
    rows = articles().filter(case__state="waiting", case__office__in=reviewing)
    return rows.exclude(versions__written_by=user.pk, versions__reviewed_at=None).order_by("case__filed_at")


# --- inventory -------------------------------------------------------------------------------------------------------


def campaign_of(case: Case) -> Campaign:
    found = Campaign.objects.get(case=case)
    found.case = case
    return found


def campaigns() -> QuerySet[Campaign]:
    return Campaign.objects.select_related("case")


def line_counts(lines: QuerySet[InventoryLine]) -> dict[str, int]:
    counts = dict(lines.order_by().values_list("state").annotate(n=Count("pk")))
    total = sum(counts.values())
    open_ = counts.get("pending", 0) + counts.get("escalated", 0)
    return {**counts, "total": total, "open": open_, "answered": total - open_}


def counts_by_office(campaign: Campaign) -> list[dict[str, Any]]:
    """One row per office: how many lines, how many answered. One query."""
    rows = (
        campaign.lines.order_by()
        .values("office_id", "office__kind", "office__organisation__name", "office__branch__organisation__name")
        .annotate(
            total=Count("pk"),
            open=Count("pk", filter=Q(state__in=("pending", "escalated"))),
            keep=Count("pk", filter=Q(state__in=("keep", "kept"))),
            stop=Count("pk", filter=Q(state__in=("stop", "stopped"))),
        )
        .order_by("office__branch__organisation__name", "office__organisation__name")
    )
    return [{**row, "answered": row["total"] - row["open"]} for row in rows]


def lines(rows: QuerySet[InventoryLine]) -> QuerySet[InventoryLine]:
    return rows.select_related("account__user", "office__organisation", "answered_by")


def lines_of(user: User, campaign: Campaign) -> QuerySet[InventoryLine]:
    """Lines of the offices whose window the person is."""
    mine: Sequence[Organisation] = list(organisations_with(user, "senior45.answer_inventory"))
    return lines(campaign.lines.filter(office__organisation__in=mine)).order_by("office", "pk")

"""帳號清查: opens by itself each half-year, asks the windows line by line, escalates, ends in a signed report (S45-10)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Q

from accounts.locks import locking
from accounts.models import AccessLog, Organisation, User
from accounts.rights import holders, organisations_with
from accounts.services.access import record_access
from casework.cases.doing import Doing, perform
from casework.cases.events import record
from casework.cases.moving import lock, open_case
from casework.deadlines.keeping import meet_deadline, set_deadline
from casework.errors import NotAllowed, Refused
from casework.law.in_force import law_in_force
from casework.models import Case, Deadline, Document, Reminder
from casework.models.notice import page
from casework.notices.outbox import Told, notify_each, send_task
from kernel.dates import ONE_DAY, roc, taipei_day
from senior45 import documents
from senior45.models import Campaign, InventoryLine, LineAnswer, SiteAccount
from senior45.params import RIGHT_LABELS
from senior45.permissions import ANSWER, DECIDE, RUN, WINDOW
from senior45.rules import rights
from senior45.selectors import campaign_of, lead_office, line_counts, windows_of
from senior45.services.accounts import hold_accounts, stop_account
from senior45.states import CAMPAIGN_KIND, INVENTORY_LINE

BATCH = 200
TERM = "senior45.inventory_answer"
CLAUSE = "附件2「帳號清查者（每半年清查1次）」列"


# --- opening ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_due(*, at: datetime) -> Campaign | None:
    """The daily job: this half-year's campaign where there is none yet. A night missed opens it later, never twice."""
    on, law = taipei_day(at), law_in_force()
    held = tuple(Campaign.objects.values_list("period_starts_on", flat=True))
    outcome = rights.inventory(rights.InventoryFacts(held), on=on, law=law)
    if outcome.met:
        return None
    with connection.cursor() as cursor:  # two jobs at once: the second waits, then finds the first's campaign
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('senior45.inventory'))")
    starts_on = date.fromisoformat(outcome.result["period_starts_on"])
    if Campaign.objects.filter(period_starts_on=starts_on).exists():
        return None
    lead = lead_office().organisation
    ends_before = date.fromisoformat(outcome.result["period_ends_on"]) + ONE_DAY
    answer_by = on + timedelta(days=law.at("s45.inventory_answer_days", on).value)
    campaign = Campaign(
        period_starts_on=starts_on,
        period_ends_before=ends_before,
        opened_at=at,
        answer_by=answer_by,
        unanswered=law.at("s45.inventory_unanswered", on).value,
    )
    campaign.case = open_case(kind=CAMPAIGN_KIND, title=f"45+ {campaign}", office=lead, by=None, at=at)
    campaign.save()
    lines = _make_lines(campaign, on)
    record(
        campaign.case,
        "inventory.opened",
        f"開始清查，共 {lines} 組帳號",
        by=None,
        at=at,
        clause=CLAUSE,
        outcomes=[outcome],
    )
    set_deadline(
        code=TERM,
        rule="S45-10",
        label="回覆帳號清查",
        citation=law.at("s45.inventory_answer_days", on).citation,
        counted_from=on,
        due_on=answer_by,
        at=at,
        case=campaign.case,
        outcome=outcome,
        remind_days=law.at("s45.inventory_reminder_days", on).value,
    )
    _tell_windows(campaign, f"{campaign}：請回覆", "請逐筆回覆貴單位帳號保留或停用", "opened", at=at)
    _tell(
        holders(RUN, lead),
        campaign,
        "opened_lead",
        f"{campaign}已開始",
        f"共 {lines} 組帳號，回覆期限 {roc(answer_by)}。",
        at=at,
    )
    return campaign


_WORDS = " ".join(f"WHEN '{code.value}' THEN '{label}'" for code, label in RIGHT_LABELS.items())


def _make_lines(campaign: Campaign, on: date) -> int:
    """A line per open account, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO senior45_inventoryline "  # noqa: S608 - the only words put in are this module's own
            "(campaign_id, account_id, office_id, rights, last_sign_in_on, idle_days, leaves_on, state, reason) "
            f'SELECT %s, a.id, a.office_id, coalesce((SELECT string_agg(CASE r."right" {_WORDS} END, \'、\' ORDER BY r."right") '
            "FROM senior45_accountright r WHERE r.account_id = a.id AND r.starts_on <= %s "
            "AND (r.ends_before IS NULL OR r.ends_before > %s)), ''), "
            "a.last_sign_in_on, greatest(0, %s - a.idle_from), a.leaves_on, 'pending', '' "
            "FROM senior45_siteaccount a WHERE a.state = 'open' ORDER BY a.office_id, a.id",
            [campaign.pk, on, on, on],
        )
        return cursor.rowcount


# --- answering -------------------------------------------------------------------------------------------------------


def answer(campaign: Campaign, answers: Sequence[tuple[int, str, str]], *, by: User, at: datetime) -> int:
    """(line, keep or stop, reason) by the window of the line's office. All or none. Says how many lines were answered.

    A line of another office is refused and the attempt logged.
    """
    mine = set(organisations_with(by, ANSWER).values_list("pk", flat=True))
    places = campaign.lines.filter(pk__in=[pk for pk, _, _ in answers]).values_list("pk", "office__organisation_id")
    foreign = [pk for pk, organisation in places if organisation not in mine]
    if foreign or len(places) != len({pk for pk, _, _ in answers}):
        record_access(
            AccessLog.Action.REFUSED, at=at, user=by, subject=f"{campaign} 明細 {foreign}", reason="非本機關之帳號"
        )
        raise Refused(f"只能回覆本機關的帳號，其他機關的帳號由其聯繫窗口回覆（第4點、{CLAUSE}）。")
    return _answer(campaign, answers, by=by, at=at)


@transaction.atomic
def _answer(campaign: Campaign, answers: Sequence[tuple[int, str, str]], *, by: User, at: datetime) -> int:
    running(campaign)
    rows = {one.pk: one for one in locking(campaign.lines.filter(pk__in=[a[0] for a in answers]))}
    facts = []
    for pk, act, reason in answers:
        line = rows[pk]
        if line.state in ("keep", "stop"):
            if (line.state, line.reason) == (act, reason.strip()):
                continue
            line.state = INVENTORY_LINE.move(line.state, "correct").code
            facts.append(LineAnswer(line=line, act="correct", at=at, by=by, by_name=by.name))
        if act == "stop" and not reason.strip():
            raise Refused("「停用」請填寫說明。", field=f"reason_{pk}")
        if act not in ("keep", "stop"):
            raise Refused("請選擇保留或停用。", field=f"act_{pk}")
        line.state = INVENTORY_LINE.move(line.state, act).code
        line.reason, line.answered_at, line.answered_by = reason.strip()[:300], at, by
        facts.append(LineAnswer(line=line, act=act, reason=line.reason, at=at, by=by, by_name=by.name))
    changed = list({fact.line_id: rows[fact.line_id] for fact in facts}.values())
    InventoryLine.objects.bulk_update(changed, ["state", "reason", "answered_at", "answered_by"], batch_size=1000)
    LineAnswer.objects.bulk_create(facts, batch_size=1000)
    return len(changed)


def running(campaign: Campaign) -> Campaign:
    """The campaign's row, held against its end. Raises NotAllowed."""
    locked = locking(Campaign.objects).select_related("case").get(pk=campaign.pk)
    if locked.closed_at:
        raise NotAllowed(f"{campaign}已結束，不能再回覆。")
    return locked


# --- the term --------------------------------------------------------------------------------------------------------


def remind(pairs: list[tuple[Deadline, Reminder]], at: datetime) -> None:
    for deadline, reminder in pairs:
        campaign = campaign_of(deadline.case)
        words = f"尚有帳號未回覆清查，請於 {roc(deadline.due_on)} 前逐筆回覆保留或停用"
        _tell_windows(campaign, f"催辦：{campaign}", words, f"remind{reminder.days_before}", at=at)


def escalate(deadlines: list[Deadline], at: datetime) -> None:
    """The term is over; of an inventory that has ended meanwhile nothing is asked any more."""
    for deadline in deadlines:
        with suppress(NotAllowed):
            perform(deadline.case, "inventory.escalated", by=None, at=at, due_on=deadline.due_on)


def held_with(case: Case) -> list[Campaign]:
    """Held before its lines, as whoever answers holds it."""
    return [campaign_of(case)]


def escalate_campaign(doing: Doing, *, due_on: date) -> None:
    """Report unanswered lines to the lead group and to whoever opens for the office."""
    campaign, at = campaign_of(doing.case), doing.at
    pending = campaign.lines.filter(state="pending")
    by_opener = defaultdict(int)
    for branch, n in pending.order_by().values_list("office__branch__organisation").annotate(n=Count("pk")):
        by_opener[branch] += n
    total = pending.update(state=INVENTORY_LINE.move("pending", "escalate").code)
    Campaign.objects.filter(pk=campaign.pk).update(escalated_at=at)
    lead = lead_office().organisation
    sentence = f"回覆期限 {roc(due_on)} 已過，{campaign}仍有 {total} 組帳號未回覆。"
    label = f"逾期未回覆 {total} 組，陳報本署"
    record(doing.case, doing.act.code, label, by=doing.by, at=at, clause=doing.act.clause)
    _tell(holders(RUN, lead), campaign, "escalated", f"逾期未回覆：{campaign}", sentence, at=at)
    for branch in Organisation.objects.filter(pk__in=[key for key in by_opener if key]):
        words = f"{sentence}其中貴分署轄區 {by_opener[branch.pk]} 組，請協助催辦。"
        _tell(holders(DECIDE, branch), campaign, "escalated_branch", f"逾期未回覆：{campaign}", words, at=at)
    _tell_windows(campaign, f"逾期未回覆：{campaign}", "回覆期限已過，已陳報本署；請立即回覆", "late", at=at)


# --- ending ----------------------------------------------------------------------------------------------------------


def all_answered_or_over(case: Case, by: User | None, at: datetime) -> None:
    """Everybody has answered, or the term is over."""
    campaign = campaign_of(case)
    left = line_counts(campaign.lines.all())["open"]
    if left and taipei_day(at) <= campaign.answer_by:
        raise Refused(f"尚有 {left} 組帳號未回覆，回覆期限 {roc(campaign.answer_by)} 屆滿前不能結束。")


def finish_campaign(doing: Doing) -> None:
    """End the campaign: no answer is taken any more. What the answers lead to is carried out in the background, since there
    may be tens of thousands of accounts; it bears this moment, however late it is done.
    """
    case, campaign = doing.case, campaign_of(doing.case)
    campaign.lines.filter(state="keep").update(state=INVENTORY_LINE.move("keep", "confirm").code)
    if campaign.unanswered != "stop":
        campaign.lines.filter(state="pending").update(state=INVENTORY_LINE.move("pending", "escalate").code)
    campaign.closed_at, campaign.closed_by = doing.at, doing.by
    campaign.save()
    case.decided_on = doing.day
    meet_deadline(code=TERM, at=doing.at, case=case)
    transaction.on_commit(lambda: send_task("senior45.tasks.carry_out_inventory"), robust=True)


def carry_out_due(*, at: datetime) -> int:
    """The job: stop the accounts of campaigns that have ended and issue their results. Says how many results were issued.

    A batch of lines is one transaction under the campaign's lock; killed in between it goes on where it was.
    """
    waiting = Campaign.objects.filter(closed_at__isnull=False, carried_out_at=None).values_list("pk", flat=True)
    return sum(_carried_out(pk, at) for pk in list(waiting))


def _carried_out(pk: int, at: datetime) -> bool:
    while True:
        with transaction.atomic():
            case = lock(Campaign.objects.values_list("case", flat=True).get(pk=pk))
            rows = locking(Campaign.objects, skip=True).select_related("closed_by")
            campaign = rows.filter(pk=pk, carried_out_at=None).first()
            if campaign is None:  # another worker is at it, or done with it
                return False
            campaign.case = case
            if not _stop_some(campaign):
                documents.issue_result(case, campaign, by=campaign.closed_by, at=campaign.closed_at)
                campaign.carried_out_at = at
                campaign.save(update_fields=["carried_out_at"])
                return True


def _stop_some(campaign: Campaign) -> int:
    """Stop the next accounts whose line says so; says how many."""
    ending = ["stop", *(["escalated", "pending"] if campaign.unanswered == "stop" else [])]
    found = campaign.lines.filter(state__in=ending).select_related("account__user", "office__organisation")
    lines = list(found.order_by("office", "pk")[:BATCH])
    tell = {office: windows_of(office) for office in {line.office for line in lines}}
    hold_accounts(line.account_id for line in lines)
    for line in lines:
        reason = f"{campaign}回覆停用：{line.reason}" if line.state == "stop" else f"{campaign}逾期未回覆"
        stop_account(
            line.account, closing=SiteAccount.Closing.INVENTORY, reason=reason, clause=CLAUSE, by=campaign.closed_by,
            at=campaign.closed_at, case=campaign.case, tell=tell[line.office],
        )  # fmt: skip
    campaign.lines.filter(pk__in=[line.pk for line in lines]).update(state="stopped")
    return len(lines)


def result_of(campaign: Campaign) -> Document | None:
    return campaign.case.documents.filter(paper=documents.RESULT, state=Document.State.ISSUED).first()


# --- telling ---------------------------------------------------------------------------------------------------------


def _tell_windows(campaign: Campaign, subject: str, words: str, code: str, *, at: datetime) -> None:
    """Every window with unanswered lines, told once with its own count: two queries, one statement."""
    open_ = Q(state__in=("pending", "escalated"))
    counts = dict(campaign.lines.filter(open_).order_by().values_list("office__organisation").annotate(n=Count("pk")))
    people = User.objects.filter(
        is_active=True, groups__held_role__role=WINDOW, groups__held_role__organisation__in=counts
    )
    rows = people.values_list("pk", "email", "name", "groups__held_role__organisation")
    told: dict[int, tuple[User, int]] = {}
    for pk, email, name, organisation in rows:
        user, n = told.get(pk, (User(pk=pk, email=email, name=name), 0))
        told[pk] = (user, n + counts.get(organisation, 0))
    due = roc(campaign.answer_by)
    notify_each(
        [
            Told(
                user,
                subject,
                f"{words}（{n} 組），回覆期限 {due}。",
                f"s45.inventory.{code}:{campaign.pk}",
                None,
                page("senior45:inventory"),
            )
            for user, n in told.values()
            if n
        ],
        code="senior45.inventory",
        at=at,
    )


def _tell(users: Iterable[User], campaign: Campaign, code: str, subject: str, body: str, *, at: datetime) -> None:
    link = page("admin:s45_campaign", campaign.pk)
    told = [Told(user, subject, body, f"s45.inventory.{code}:{campaign.pk}", None, link) for user in users]
    notify_each(told, code="senior45.inventory", at=at)

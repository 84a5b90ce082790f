"""三年七萬: what each course takes of a person's cap, kept as entries that are never changed (SUB-09, SUB-10).

All amounts of a person are computed together, under the person's lock: whichever course is admitted, proven, refused, paid or
reversed first, they can never exceed the cap together, and what one gives back the next one gets. What becomes known late (a
course of another programme, a first course given up) may move the window over amounts already decided: those not yet with the
bank go back to be approved anew, for money that has left an entry takes what lies beyond the cap out of it until recovered.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.locks import held_of, locking
from accounts.models import User
from casework.cases.events import record
from casework.cases.moving import lock
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.models.notice import page
from casework.notices.telling import tell_office
from kernel.dates import taipei_day
from kernel.money import dollars
from kernel.outcome import Outcome
from ojt_subsidy.models import Enrolment, MoneyEntry, PaymentBatch, PaymentLine
from ojt_subsidy.permissions import REVERSE_PAYMENT, REVIEW_PAYMENT
from ojt_subsidy.selectors.lines import for_unit
from ojt_subsidy.selectors.money import FIXED, GONE, Cap, cap_of, kept, line_of
from ojt_subsidy.states import PAYMENT


def hold(*people: int, cases: Iterable[int] = (), filing: int | None = None) -> None:
    """Hold whatever settling these people may touch: the dossiers in which they have money, then batches, then lines, each by
    key; `cases` are held with the dossiers, a `filing` before the lines. The caller holds the people (places.lock_person).

    A batch comes before its lines, as with whoever sends it; where a line is put into one in between, both are let go.
    """
    lines = PaymentLine.objects.filter(enrolment__person__in=people)
    dossiers = set(lines.values_list("closing__case", flat=True))
    held_of(Case, {*cases, *dossiers})
    while dossiers:
        before = transaction.savepoint()
        batches = held_of(PaymentBatch, lines.exclude(batch=None).values_list("batch", flat=True))
        held_of(Enrolment, () if filing is None else (filing,))
        if {line.batch_id for line in locking(lines)} - {None} <= batches.keys():
            transaction.savepoint_commit(before)
            return
        transaction.savepoint_rollback(before)


def settle(person: User, *, by: User | None, at: datetime, reason: str) -> dict[int, int]:
    """Bring the person's entries to what the rules give now, all of it held (`hold`). Returns amount per filing."""
    on, law = taipei_day(at), law_in_force()
    cap = cap_of(person.pk)
    wanted = cap.amounts(on=on, law=law)
    if _reopened(cap, wanted, by=by, at=at, reason=reason):
        cap = cap_of(person.pk)
        wanted = cap.amounts(on=on, law=law)
    # A filing that left the class before anything was decided gives everything back.
    left = Enrolment.objects.filter(pk__in=cap.standing).exclude(pk__in=[row.pk for row in cap.rows])
    entries = []
    for row in [*cap.rows, *left]:
        amount, outcomes = wanted.get(row.pk, (0, []))
        change = amount - cap.standing.get(row.pk, 0)
        if not change:
            continue
        line = line_of(row)
        gone = line is not None and line.state in GONE
        entries.append(
            MoneyEntry(
                enrolment=row, person=person, kind=MoneyEntry.Kind.EXCESS if gone else _kind(cap.standing.get(row.pk), amount),
                amount=change, at=at, by=by, reason=reason, outcome={"outcomes": [one.as_json() for one in outcomes]},
            )
        )  # fmt: skip
        if line is not None and gone and kept(line) > amount:
            _tell_overpaid(line, kept(line) - amount, outcomes, by=by, at=at)
    MoneyEntry.objects.bulk_create(entries)
    return {pk: amount for pk, (amount, _) in wanted.items()}


def settle_anew(person: User, *, by: User, at: datetime, reason: str) -> None:
    """`settle` after what decisions rested on was corrected: approved lines not yet with the bank are decided anew, and of those
    that are gone the office is told. The caller holds the person's lock."""
    for row in cap_of(person.pk).rows:
        line = line_of(row)
        if line is None or line.state not in FIXED or _reopen(line.pk, [], by=by, at=at, reason=reason):
            continue
        case = Case.objects.get(pk=line.closing.case_id)
        body = f"報名序號 {row.receipt}之補助款核定後，學員資料已更正（{reason}）；請覈實已核定之金額，溢領者辦理追繳沖回。"
        _tell_office(case, REVERSE_PAYMENT, "補助款核定後資料更正", body, at=at)
    settle(person, by=by, at=at, reason=reason)


def _kind(before: int | None, after: int) -> str:
    if before is None:
        return MoneyEntry.Kind.RESERVE
    return MoneyEntry.Kind.ADJUST if after else MoneyEntry.Kind.RELEASE


def _reopened(
    cap: Cap, wanted: dict[int, tuple[int, list[Outcome]]], *, by: User | None, at: datetime, reason: str
) -> bool:
    """重新核定: approved amounts that no longer fit and have not gone to the bank. Says whether there were any."""
    found = False
    for row in cap.rows:
        line, (amount, outcomes) = line_of(row), wanted[row.pk]
        if line and line.state in FIXED and line.state not in GONE and amount < kept(line):
            found |= _reopen(line.pk, outcomes, by=by, at=at, reason=reason)
    return found


def _reopen(pk: int, outcomes: list[Outcome], *, by: User | None, at: datetime, reason: str) -> bool:
    line = PaymentLine.objects.select_related("batch", "closing", "enrolment__course").get(pk=pk)
    batch = line.batch
    if line.state not in PAYMENT.act("reopen").sources:
        return False  # with the bank by now, or come back from it: whoever corrects the account comes here again
    if batch is not None:
        batch.let_go(line)
    line.state = PAYMENT.move(line.state, "reopen").code
    line.amount, line.outcomes, line.changed_at = 0, [], at
    # The unit reads this and the event: what moved the cap (a status, another course) is for the office alone.
    line.approved_at, line.approved_by, line.problem = None, None, "補助額度變動，請重新核定"
    line.save()
    case = lock(line.closing.case_id)
    receipt = line.enrolment.receipt
    record(
        case,
        "payment.reopen",
        f"重新核定：報名序號 {receipt}",
        by=by,
        at=at,
        reason=line.problem,
        outcomes=for_unit(outcomes),
    )
    body = f"報名序號 {receipt}：補助額度變動（{reason}），請重新核定。"
    _tell_office(case, REVIEW_PAYMENT, "補助款須重新核定", body, at=at)
    return True


def _tell_overpaid(line: PaymentLine, beyond: int, outcomes: list[Outcome], *, by: User | None, at: datetime) -> None:
    line = PaymentLine.objects.select_related("closing", "enrolment__course").get(pk=line.pk)
    case, receipt = lock(line.closing.case_id), line.enrolment.receipt
    label = f"溢領{dollars(beyond)}應追繳：報名序號 {receipt}"
    record(case, "payment.excess", label, by=by, at=at, outcomes=for_unit(outcomes))
    body = f"報名序號 {receipt}已撥付之補助超出補助額度{dollars(beyond)}，請於補助款明細辦理追繳沖回。"
    _tell_office(case, REVERSE_PAYMENT, "補助款溢領應追繳", body, at=at)


def _tell_office(case: Case, right: str, subject: str, body: str, *, at: datetime) -> None:
    link = page("admin:subsidy_payments", case.number)
    tell_office(case, "ojt_subsidy.cap_moved", subject, body, right=right, at=at, link=link)

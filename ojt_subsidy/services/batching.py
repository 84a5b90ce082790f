"""撥款清冊: approved lines to the bank in one file with control totals; its answer comes back whole or not at all.

Out: H,清冊編號,製作日,筆數,總金額 / D,序號,戶名,金融機構代碼,帳號,金額,報名序號 … / T,筆數,總金額.
In:  清冊編號,序號,金額,結果,說明 with one row per payment, then 合計,筆數,成功筆數,成功金額,失敗筆數,失敗金額.
"""

import csv
import hashlib
import io
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from simple_history.utils import bulk_update_with_history

from accounts.locks import held_of, locking
from accounts.models import Organisation, User
from accounts.rights import can
from casework.cases.events import record
from casework.cases.moving import lock
from casework.cases.recusal import RECUSED, bodies_of
from casework.errors import NotAllowed, NotPermitted, Refused
from casework.intake.sheet_table import heading_key
from casework.models import Case
from casework.notices.outbox import Told, notify_each
from casework.sheets import reading
from kernel.characters import half_width
from kernel.dates import roc, taipei_day
from kernel.identifiers import plain
from kernel.lines import cell_errors
from kernel.money import dollars
from ojt_subsidy.models import PaymentBatch, PaymentLine, Trainee, UnitPayee
from ojt_subsidy.permissions import BATCH_PAYMENT
from ojt_subsidy.selectors.accounts import UNPROVEN, Doubt, bank_fields, doubts
from ojt_subsidy.selectors.lines import by_receipt
from ojt_subsidy.services.paying import tell_bounced
from ojt_subsidy.services.telling import mine
from ojt_subsidy.states import PAYMENT

RESULT_HEADER = ["清冊編號", "序號", "金額", "結果", "說明"]
PAID, FAILED = "成功", "失敗"
#: Who corrects the account of a payment that came back.
MEND = {"trainee": "請到個人報名資料更正帳戶。", "unit": "由訓練單位更正受款帳戶後重新撥付。"}


def _require(by: User, office: Organisation) -> None:
    if not can(by, BATCH_PAYMENT, office):
        raise NotPermitted("您沒有製作撥款清冊的權限。")


def _own(by: User, at: datetime) -> Q:
    """Lines whose money goes to this person, or to a class of the unit they belong to (迴避)."""
    return Q(enrolment__person=by) | Q(closing__case__organisation__in=bodies_of(by, taipei_day(at)))


def _lines(**which: Any) -> Any:
    return PaymentLine.objects.filter(**which).select_related(
        "closing__case__office", "enrolment__course", "enrolment__person__trainee"
    )


@transaction.atomic
def make_batch(*, office: Organisation, by: User, at: datetime) -> tuple[PaymentBatch, list[str]]:
    """Every approved line of the office whose payee has an account. Returns the batch and who was left out, and why.

    The maker's own lines wait for a colleague's batch.
    """
    _require(by, office)
    locking(Organisation.objects).get(pk=office.pk)  # batches of one office are numbered one after the other
    own, approved = _own(by, at), _lines(state="approved", closing__case__office=office)
    ready = locking(approved.exclude(own), skip=True)
    lines = sorted(ready, key=lambda one: (one.closing_id, one.enrolment.number))
    payees = _payees(lines)
    wrong = doubts(payees.values())
    chosen, left_out = [], [f"{one.enrolment.receipt} {one.enrolment.name}：{RECUSED}" for one in approved.filter(own)]
    for line in lines:
        payee = payees.get(line.pk)
        why = _why_not(line, payee, wrong)
        if why:
            left_out.append(f"{line.enrolment.receipt} {line.enrolment.name}：{why}")
        else:
            chosen.append(line)
    if not chosen:
        raise Refused("目前沒有可列入清冊的補助款。" + "；".join(left_out[:5]))
    batch = PaymentBatch.objects.create(
        number=_number(office, at),
        office=office,
        made_at=at,
        made_by=by,
        count=len(chosen),
        total=sum(c.amount for c in chosen),
    )
    for n, line in enumerate(chosen, 1):
        line.batch, line.reference, line.state, line.changed_at = batch, f"{n:05d}", "batched", at
    _save(chosen, by, "batch", "reference", "state", "changed_at")
    return batch, left_out


def _why_not(line: PaymentLine, payee: Trainee | UnitPayee | None, wrong: Mapping[Trainee | UnitPayee, Doubt]) -> str:
    """Why a line is not paid now; empty where it may be."""
    if line.enrolment.person.national_id_proven_at is None:
        return UNPROVEN
    if payee is None:
        return "受款人未登錄帳戶"
    return wrong[payee].why if payee in wrong else ""


def _payees(lines: list[PaymentLine]) -> dict[int, Trainee | UnitPayee]:
    """By line, where an account is on file."""
    bodies = {line.closing.case.organisation_id for line in lines if line.payee == PaymentLine.Payee.UNIT}
    units = {one.organisation_id: one for one in UnitPayee.objects.filter(organisation__in=bodies)}
    found: dict[int, Trainee | UnitPayee | None] = {}
    for line in lines:
        through_unit = line.payee == PaymentLine.Payee.UNIT
        trainee = getattr(line.enrolment.person, "trainee", None)
        found[line.pk] = units.get(line.closing.case.organisation_id) if through_unit else trainee
    return {pk: payee for pk, payee in found.items() if payee is not None and payee.bank_account}


def _number(office: Organisation, at: datetime) -> str:
    """P0019-1151121-001: office, day and the count of the day, under the office's lock."""
    day = taipei_day(at)
    stem = f"P{office.pk:04d}-{day.year - 1911}{day:%m%d}"
    return f"{stem}-{PaymentBatch.objects.filter(number__startswith=stem).count() + 1:03d}"


def _save(lines: list[PaymentLine], by: User, *fields: str) -> None:
    bulk_update_with_history(lines, PaymentLine, list(fields), batch_size=1000, default_user=by)


@transaction.atomic
def take_out(batch: PaymentBatch, *, reference: str, reason: str, by: User, at: datetime) -> PaymentLine:
    """移出撥款清冊 while it has not gone to the bank: the line waits for the next one."""
    named = _lines(batch=batch).filter(_named(reference))
    held_of(Case, named.values_list("closing__case", flat=True))
    batch = _locked(batch.pk, by, at)
    if batch.state != PaymentBatch.State.OPEN:
        raise NotAllowed("清冊已送銀行，不能移出。")
    if not reason.strip():
        raise Refused("移出清冊請填寫理由。", field="reason")
    row = locking(named).first()
    if row is None:
        raise Refused(f"清冊內沒有序號「{reference}」。", field="reference")
    batch.let_go(row)
    row.state, row.changed_at, row.problem = PAYMENT.move(row.state, "unbatch").code, at, reason.strip()
    row.save()
    case = lock(row.closing.case_id)
    record(
        case, "payment.unbatch", f"移出撥款清冊 {batch.number}：報名序號 {row.enrolment.receipt}", by=by, at=at, reason=row.problem
    )  # fmt: skip
    return row


def _named(text: str) -> Q:
    """序號 with or without its zeros (3, 00003), or 報名序號 (115-000123-0004)."""
    text = half_width(text).strip()
    if text.isdecimal():
        return Q(reference=text.zfill(5))
    return by_receipt(text, "enrolment__")


def _locked(pk: int | None, by: User, at: datetime) -> PaymentBatch:
    """Raises NotPermitted, Refused where a line of the batch is their own."""
    batch = locking(PaymentBatch.objects).select_related("office").get(pk=pk)
    _require(by, batch.office)
    if PaymentLine.objects.filter(_own(by, at), batch=batch).exists():
        raise Refused(RECUSED)
    return batch


def _file(batch: PaymentBatch, lines: list[PaymentLine]) -> str:
    """One line per payment and nothing else, whatever the rows hold: each field is read again in the alphabet and width of the
    format, and no field needs quotation marks. Raises Refused naming the line that cannot be written, or may not yet be."""
    payees = _payees(lines)
    wrong = doubts(payees.values())
    rows: list[tuple[object, ...]] = [("H", batch.number, roc(taipei_day(batch.made_at)), batch.count, batch.total)]
    for line in lines:
        payee, receipt = payees.get(line.pk), line.enrolment.receipt
        why = _why_not(line, payee, wrong)
        if payee is None or why:
            raise Refused(
                f"清冊序號 {line.reference}（{receipt} {line.enrolment.name}）：{why}；請移出後再送，尚未送出。"
            )
        rows.append(("D", line.reference, *bank_fields(payee), line.amount, receipt))
    rows.append(("T", batch.count, batch.total))
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_NONE).writerows(rows)
    return out.getvalue()


@transaction.atomic
def send_batch(
    batch: PaymentBatch, *, by: User, at: datetime, confirmed: tuple[str, str] | None = None
) -> PaymentBatch:
    """送交銀行: totals must agree with the lines; the bytes are frozen, and again gives the same file.

    `confirmed`: number and sum the person was shown; a batch that has changed since is shown again before it goes.
    """
    batch = _locked(batch.pk, by, at)
    if batch.state != PaymentBatch.State.OPEN:
        return batch
    if confirmed is not None and confirmed != (str(batch.count), str(batch.total)):
        raise Refused(f"清冊目前為 {batch.count} 筆、{batch.total:,} 元，請核對後再按「確認送交銀行」；尚未送出。")
    lines = sorted(locking(_lines(batch=batch)), key=lambda one: one.reference)
    wrong = [line for line in lines if line.state != "batched"]
    if wrong or len(lines) != batch.count or sum(line.amount for line in lines) != batch.total or not lines:
        raise Refused(f"清冊筆數或總金額與明細不符（應為 {batch.count} 筆、{batch.total:,} 元），未送出。")
    batch.content = _file(batch, lines)
    batch.sha256 = hashlib.sha256(batch.content.encode("utf-8-sig")).hexdigest()
    batch.state, batch.sent_at, batch.sent_by = PaymentBatch.State.SENT, at, by
    batch.save()
    for line in lines:
        line.state, line.changed_at = "sent", at
    _save(lines, by, "state", "changed_at")
    return batch


def read_result(batch: PaymentBatch, data: bytes) -> dict[str, Any]:
    """The bank's answer as it reads: counts, sums and what failed. Raises Refused for anything that does not agree."""
    try:
        table = reading.read(data)
    except reading.SheetError as error:
        raise Refused(str(error), field="file") from error
    if not table or [heading_key(cell) for cell in table[0]] != RESULT_HEADER:
        raise Refused(f"第 1 列欄位應為：{'、'.join(RESULT_HEADER)}。", field="file")
    body, total = table[1:-1], table[-1]
    if len(table) < 3 or total[0] != "合計" or len(total) < 6:
        raise Refused("檔案沒有「合計」列，可能不完整；未入帳任何一筆。", field="file")
    amounts = dict(PaymentLine.objects.filter(batch=batch).values_list("reference", "amount"))
    paid: dict[str, int] = {}
    failed: dict[str, str] = {}
    for n, row in enumerate(body, 2):
        if said := cell_errors(dict(zip(RESULT_HEADER, row, strict=False))):
            raise Refused(f"第 {n} 列{'、'.join(said)}；未入帳任何一筆。", field="file")
        number, serial, amount, result, *why = [*map(str.strip, row), "", "", "", ""][:5]
        # as Excel saves it again: 00001 is 1, 8000 is 8,000
        serial, amount = plain(serial).zfill(5), plain(amount).replace(",", "")
        if number != batch.number:
            raise Refused(f"第 {n} 列是清冊 {number} 的資料，不是 {batch.number}；未入帳任何一筆。", field="file")
        if serial not in amounts or serial in paid or serial in failed:
            raise Refused(f"第 {n} 列序號「{serial}」不在清冊內或重複；未入帳任何一筆。", field="file")
        if amount != str(amounts[serial]):
            raise Refused(f"第 {n} 列金額 {amount} 與清冊 {amounts[serial]} 不符；未入帳任何一筆。", field="file")
        if result == PAID:
            paid[serial] = amounts[serial]
        elif result == FAILED:
            failed[serial] = why[0] if why and why[0] else "銀行未說明"
        else:
            raise Refused(f"第 {n} 列結果「{result}」應為「成功」或「失敗」；未入帳任何一筆。", field="file")
    expected = [len(body), len(paid), sum(paid.values()), len(failed), sum(amounts[s] for s in failed)]
    if [str(value) for value in expected] != [plain(cell).replace(",", "") for cell in total[1:6]] or len(
        body
    ) != batch.count:
        raise Refused(
            f"合計與明細不符：明細 {len(body)} 筆、成功 {len(paid)} 筆 {sum(paid.values()):,} 元，清冊 {batch.count} 筆；未入帳任何一筆。",
            field="file",
        )
    return {"paid": paid, "failed": failed, "totals": expected, "sha256": hashlib.sha256(data).hexdigest()}


@transaction.atomic
def apply_result(batch: PaymentBatch, *, data: bytes, by: User, at: datetime) -> tuple[PaymentBatch, bool]:
    """Settle a batch by the bank's file, whole. The same file again changes nothing: (batch, False)."""
    batch = _locked(batch.pk, by, at)
    digest = hashlib.sha256(data).hexdigest()
    if batch.state == PaymentBatch.State.SETTLED:
        if batch.result_sha256 == digest:
            return batch, False
        raise NotAllowed(f"清冊 {batch.number} 已依銀行回覆檔入帳，不能再匯入不同的檔案。")
    if batch.state != PaymentBatch.State.SENT:
        raise NotAllowed("清冊尚未送銀行。")
    found = read_result(batch, data)
    lines = sorted(locking(_lines(batch=batch, state="sent")), key=lambda one: one.reference)
    on = taipei_day(at)
    for line in lines:
        line.changed_at = at
        if line.reference in found["failed"]:
            line.state, line.problem, line.bounced_at = "bounced", found["failed"][line.reference], at
        else:
            line.state, line.paid_on = ("with_unit" if line.payee == "unit" else "paid"), on
    _save(lines, by, "state", "changed_at", "problem", "bounced_at", "paid_on")
    batch.state, batch.settled_at, batch.result_sha256 = PaymentBatch.State.SETTLED, at, digest
    batch.result_report = {"totals": found["totals"], "failed": found["failed"]}
    batch.save()
    _tell(lines, on, at)
    return batch, True


def _tell(lines: list[PaymentLine], on: date, at: datetime) -> None:
    told = []
    for line in lines:
        row = line.enrolment
        if line.state == "bounced":
            subject, body = "補助款退匯", f"銀行退匯：{line.problem}。{MEND[line.payee]}"
        elif line.state == "with_unit":
            subject, body = "補助款已撥付訓練單位", f"補助款{dollars(line.amount)}已撥付訓練單位，由訓練單位轉撥給您。"
        else:
            subject, body = "補助款已撥付", f"補助款{dollars(line.amount)}已於 {roc(on)} 撥入您的帳戶。"
        key = f"paid:{line.pk}:{line.batch_id}"
        told.append(Told(row.person, f"{subject}：{row.course.title}", body, key, None, mine(row)))
    notify_each(told, code="ojt_subsidy.paid", at=at)
    tell_bounced([line for line in lines if line.state == "bounced"], at=at)


def totals_in_database(batch: PaymentBatch) -> tuple[int, int]:
    """(count, sum) of the lines, for the page that compares them with the batch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(amount), 0) FROM ojt_subsidy_paymentline WHERE batch_id = %s", [batch.pk]
        )
        count, total = cursor.fetchone()
    return int(count), int(total)

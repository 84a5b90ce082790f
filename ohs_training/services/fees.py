"""十二: fees with receipts, and the class's account."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from casework.cases.events import record
from casework.cases.moving import lock, next_number, require
from casework.errors import Refused
from casework.models import Case
from kernel.dates import taipei_day
from ohs_training import documents
from ohs_training.models import Payment, Spending
from ohs_training.permissions import FILE_CLASS
from ohs_training.selectors.classes import class_of, live_trainees


@transaction.atomic
def receive(
    case: Case, *, trainee: int, amount: int, paid_on: date, by: User, at: datetime, version: int | None = None
) -> Payment:
    """收費並掣給收據: there is no payment without its receipt."""
    case = lock(case, version=version)
    require(by, FILE_CLASS, case)
    training_class = class_of(case)
    one = live_trainees(training_class).get(pk=trainee)
    if paid_on > taipei_day(at):
        raise Refused("收費日不得晚於今天。", field="paid_on")
    if amount <= 0:
        raise Refused("收費金額應大於 0。", field="amount")
    if Payment.objects.filter(trainee=one).exists():
        raise Refused(f"{one}已收費並掣給收據。", field="trainee")
    receipt = next_number("OHR", at=at)
    document = documents.issue_receipt(
        case, training_class, one, amount=amount, paid_on=paid_on, receipt=receipt, by=by, at=at
    )
    row = Payment.objects.create(
        training_class=training_class,
        trainee=one,
        amount=amount,
        paid_on=paid_on,
        receipt=receipt,
        document=document,
        recorded_by=by,
    )
    record(case, "fee.received", f"收費 {amount:,} 元：{one.name}（{receipt}）", by=by, at=at, clause="要點十二")
    return row


@transaction.atomic
def spend(
    case: Case,
    *,
    item: str,
    amount: int,
    spent_on: date,
    voucher: str,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Spending:
    case = lock(case, version=version)
    require(by, FILE_CLASS, case)
    if spent_on > taipei_day(at):
        raise Refused("支出日不得晚於今天。", field="spent_on")
    row = Spending.objects.create(
        training_class=class_of(case), item=item, amount=amount, spent_on=spent_on, voucher=voucher, recorded_by=by
    )
    record(case, "fee.spent", f"支出 {amount:,} 元：{item}", by=by, at=at, clause="要點十二第2項")
    return row

"""十二: fees with receipts, and the class's account."""

from datetime import date

from casework.cases.doing import Doing
from casework.cases.moving import next_number
from casework.errors import Refused
from ohs_training import documents
from ohs_training.models import Payment, Spending
from ohs_training.selectors.classes import class_of, trainee_of
from ohs_training.services.saying import say


def receive_fee(doing: Doing, *, trainee: int, amount: int, paid_on: date) -> Payment:
    """收費並掣給收據: there is no payment without its receipt."""
    case, by, at = doing.case, doing.by, doing.at
    training_class, one = class_of(case), trainee_of(case, trainee)
    if paid_on > doing.day:
        raise Refused("收費日不得晚於今天。", field="paid_on")
    if amount <= 0:
        raise Refused("收費金額應大於 0。", field="amount")
    if Payment.objects.filter(trainee=one).exists():
        raise Refused(f"{one}已收費並掣給收據。", field="trainee")
    receipt = next_number("OHR", at=at)
    given = {"amount": amount, "paid_on": paid_on, "receipt": receipt}
    document = documents.issue_receipt(case, training_class, one, by=by, at=at, **given)
    row = Payment.objects.create(training_class=training_class, trainee=one, document=document, recorded_by=by, **given)
    say(doing, "fee.received", f"收費 {amount:,} 元：{one.name}（{receipt}）")
    return row


def record_spending(doing: Doing, *, item: str, amount: int, spent_on: date, voucher: str) -> Spending:
    """A line of what the class cost."""
    if spent_on > doing.day:
        raise Refused("支出日不得晚於今天。", field="spent_on")
    row = Spending.objects.create(
        training_class=class_of(doing.case), item=item, amount=amount, spent_on=spent_on, voucher=voucher,
        recorded_by=doing.by,
    )  # fmt: skip
    say(doing, "fee.spent", f"支出 {amount:,} 元：{item}")
    return row

"""Papers a person asks for: issued once under the person's lock, given again afterwards."""

import csv
from datetime import datetime

from django.db import transaction

from accounts.models import User
from casework.errors import NotAllowed
from casework.models import Document
from ojt_subsidy.documents import issued
from ojt_subsidy.models import Enrolment, PaymentLine
from ojt_subsidy.services.places import lock_person

SHOWN = 4


@transaction.atomic
def receipt(enrolment: Enrolment, *, by: User, at: datetime) -> Document:
    lock_person(enrolment.person_id)
    return issued.receipt(enrolment, by=by, at=at)


@transaction.atomic
def payment_notice(line: PaymentLine, *, by: User, at: datetime) -> Document:
    """Once the money has left. Raises NotAllowed before."""
    if line.paid_on is None:
        raise NotAllowed("補助款尚未撥付。")
    lock_person(line.enrolment.person_id)
    return issued.payment_notice(line, account=_paid_into(line), by=by, at=at)


def _paid_into(line: PaymentLine) -> str:
    """The account as it stood in the file that went to the bank, whatever the profile says since; masked."""
    assert line.batch is not None
    rows = csv.reader(line.batch.content.splitlines())
    holder, number = next((row[2], row[4]) for row in rows if row[0] == "D" and row[1] == line.reference)
    return f"{holder}　{'*' * max(0, len(number) - SHOWN)}{number[-SHOWN:]}"


@transaction.atomic
def balance_statement(person: User, *, by: User, at: datetime) -> Document:
    lock_person(person.pk)
    return issued.balance_statement(person, by=by, at=at)

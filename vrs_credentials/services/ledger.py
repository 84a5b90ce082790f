"""Writing the hours ledger: crediting approved hours to certificates, and corrections as entries of their own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from casework.cases.events import record
from casework.cases.moving import lock, require
from casework.errors import Refused
from casework.models import Case
from kernel.dates import taipei_day
from kernel.law import Law
from kernel.saying import plain
from vrs_credentials.models import Attendance, Certificate, LedgerEntry
from vrs_credentials.permissions import CORRECT_LEDGER
from vrs_credentials.rules.ledger import weight

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Credit:
    """Hours of one person to be credited to their certificates of the kinds given."""

    holder: int
    kinds: tuple[str, ...]
    group: str
    base: Decimal
    held_on: date
    title: str
    island: bool = False
    international: bool = False
    lecturer: bool = False
    attendance: Attendance | None = None


def kinds_addressed(audience: Iterable[str]) -> tuple[str, ...]:
    """辦理對象 to kinds of certificate: 職業訓練師 is three of them."""
    trainers = ("trainer_senior", "trainer_associate", "trainer_assistant")
    return tuple(kind for one in audience for kind in (trainers if one == "trainer" else (one,)))


#: Certificates by holder and kind, newest first.
Held = dict[tuple[int, str], list[Certificate]]


def certificates_of(holders: set[int]) -> Held:
    """Every certificate that stands of these people: one query for a whole roster."""
    rows = Certificate.objects.filter(holder__in=holders, state=Certificate.State.VALID)
    found: Held = {}
    for one in rows.only("holder", "kind", "speciality", "starts_on").order_by("-starts_on"):
        found.setdefault((one.holder_id, one.kind), []).append(one)
    return found


def credited_to(held: Held, holder: int, kinds: Sequence[str], day: date) -> list[Certificate]:
    """The certificates that hours of a day belong to: per kind and speciality the last that had begun; maybe none."""
    return [
        of_the_day
        for kind in kinds
        for speciality in {one.speciality for one in held.get((holder, kind), ())}
        if (of_the_day := _of_the_day(held[holder, kind], speciality, day))
    ]


def entries_for(
    credits: Sequence[Credit], *, source: str, case: Case, by: User, at: datetime, law: Law
) -> list[LedgerEntry]:
    """Rows to be written. Hours belong to the certificate of their day; with none that began by then, to none."""
    held, on, entries = certificates_of({one.holder for one in credits}), taipei_day(at), []
    for credit in credits:
        times = weight(
            island=credit.island,
            international=credit.international,
            lecturer=credit.lecturer,
            held_on=credit.held_on,
            law=law,
        ).quantize(CENT)
        entries += [
            LedgerEntry(
                certificate=one, group=credit.group, base=credit.base.quantize(CENT), weight=times,
                hours=credit.base.quantize(CENT) * times, held_on=credit.held_on, source=source, title=credit.title[:200],
                attendance=credit.attendance, case=case, approved_on=on, approved_at=at, approved_by=by,
            )
            for one in credited_to(held, credit.holder, credit.kinds, credit.held_on)
        ]  # fmt: skip
    return entries


def _of_the_day(rows: Sequence[Certificate], speciality: str, day: date) -> Certificate | None:
    return next((one for one in rows if one.speciality == speciality and one.starts_on <= day), None)


def credit(
    credits: Sequence[Credit], *, source: str, case: Case, by: User, at: datetime, law: Law
) -> list[LedgerEntry]:
    """Append the entries."""
    entries = entries_for(credits, source=source, case=case, by=by, at=at, law=law)
    return LedgerEntry.objects.bulk_create(entries, batch_size=1000)


@transaction.atomic
def correct(
    certificate: Certificate, *, group: str, hours: Decimal, held_on: date, reason: str, by: User, at: datetime,
    corrects: LedgerEntry | None = None,
) -> LedgerEntry:  # fmt: skip
    """更正: an entry of its own, below zero where hours are taken back. The case of the certificate keeps the event."""
    case = lock(certificate.case)
    require(by, CORRECT_LEDGER, case)
    if not hours:
        raise Refused("更正時數不得為 0。", field="hours")
    if not reason.strip():
        raise Refused("請填寫更正理由。", field="reason")
    if corrects is not None:
        if corrects.certificate_id != certificate.pk:
            raise Refused("被更正的一筆不屬於這張證明。", field="corrects")
        left = corrects.hours + sum((one.hours for one in corrects.corrections.all()), Decimal(0))
        if hours < 0 and -hours > left:
            raise Refused(f"這一筆只剩 {plain(left)} 小時可以扣除。", field="hours")
    entry = LedgerEntry.objects.create(
        certificate=certificate, group=corrects.group if corrects else group, base=hours, weight=1, hours=hours,
        held_on=corrects.held_on if corrects else held_on, source=LedgerEntry.Source.CORRECTION, title="更正",
        initial_training=corrects.initial_training if corrects else False, corrects=corrects, case=case, reason=reason.strip(),
        approved_on=taipei_day(at), approved_at=at, approved_by=by,
    )  # fmt: skip
    record(
        case, "ledger.corrected", f"更正時數：{plain(hours)} 小時", by=by, at=at, reason=reason, clause="說明書肆、二、(二)5",
        changes=[{"label": entry.get_group_display(), "before": "", "after": plain(hours)}],
    )  # fmt: skip
    return entry

"""專業訓練時數認定及抵免 (VRS-04): class records saved one by one, filed together."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from casework.cases.doing import Doing
from casework.cases.events import record
from casework.cases.moving import lock, open_case
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import roc, taipei_day
from kernel.facts import Impossible
from kernel.saying import plain
from vrs_credentials.models import Certificate, ClassRecord, HoursApplication, LedgerEntry, Professional
from vrs_credentials.params.clauses import KINDS
from vrs_credentials.rules import hours as rules
from vrs_credentials.rules import qualification
from vrs_credentials.selectors.papers import attached
from vrs_credentials.services.certifying import set_follow_up, stands
from vrs_credentials.services.deciding import decide_by_letter, tell_granted
from vrs_credentials.services.office import office
from vrs_credentials.states import HOURS_KIND

FIELDS = ("course", "hours", "trainer", "class_name", "starts_on", "ends_on", "disabilities", "matches")


@transaction.atomic
def start(
    *, person: User, purpose: str, kind: str, clause: str, certificate: Certificate | None, at: datetime
) -> HoursApplication:
    if not Professional.objects.filter(user=person).exists():
        raise Refused("請先填寫專業人員基本資料。")
    try:
        qualification.clause(kind, clause, on=taipei_day(at), law=law_in_force())
    except Impossible as error:
        raise Refused(str(error), field="clause") from error
    if purpose == HoursApplication.Purpose.AFTER and certificate is None:
        raise Refused("進用後訓練須先取得資格認證證明。", field="purpose")
    if certificate is not None and certificate.holder_id != person.pk:
        raise Refused("這張證明不是您的。", field="certificate")
    if certificate is not None and (certificate.kind, certificate.clause) != (kind, clause):
        raise Refused("資格名稱、遴用條款與所選之資格證明不符。", field="certificate")
    if certificate is not None:
        lock(certificate.case_id)
        stands(Certificate.objects.get(pk=certificate.pk))
    label = HoursApplication.Purpose(purpose).label
    case = open_case(
        kind=HOURS_KIND,
        title=f"{person.name} {KINDS[kind]}專業訓練時數（{label}）",
        office=office(),
        person=person,
        by=person,
        at=at,
    )
    return HoursApplication.objects.create(
        case=case, purpose=purpose, kind=kind, clause=clause, certificate=certificate
    )


def live_records(one: HoursApplication) -> list[ClassRecord]:
    return list(one.records.filter(removed_at=None))


def save_record(doing: Doing, *, position: int | None, data: Mapping[str, Any]) -> ClassRecord:
    """Keep a class record as it was typed, a new one where no position is given; it is not filing."""
    one = HoursApplication.objects.get(case=doing.case)
    given = {name: data[name] for name in FIELDS if name in data}
    if position is None:
        last = one.records.order_by("-position").values_list("position", flat=True).first() or 0
        row = ClassRecord.objects.create(application=one, position=last + 1, **given)
    else:
        row = one.records.get(position=position, removed_at=None)
        for name, value in given.items():
            setattr(row, name, value)
        row.save()
    record(doing.case, "record.saved", f"儲存上課紀錄：{row.course}", by=doing.by, at=doing.at)
    return row


def remove_record(doing: Doing, *, position: int) -> None:
    """Take a class record out of the application; its row stays."""
    row = ClassRecord.objects.get(application__case=doing.case, position=position, removed_at=None)
    row.removed_at = doing.at
    row.save(update_fields=["removed_at"])
    record(doing.case, "record.removed", f"刪除上課紀錄：{row.course}", by=doing.by, at=doing.at)


def missing(case: Case) -> list[str]:
    """Sentences for everything that keeps 送審 from going through."""
    one = HoursApplication.objects.get(case=case)
    rows, found = live_records(one), []
    if not rows:
        return ["請至少登錄一筆上課紀錄。"]
    pledge = "pledge" in attached(case)
    for row in rows:
        wrong = rules.missing_in(
            rules.ClassRecord(
                one.purpose, KINDS[one.kind], one.clause, row.course, row.hours, row.starts_on, row.ends_on,  # type: ignore[arg-type]
                tuple(row.disabilities), "certificate" in attached(case, row.code), pledge,
            )
        )  # fmt: skip
        found += [f"第 {row.position} 筆「{row.course}」：{text}" for name, text in wrong.items() if name != "pledge"]
    return [*found, *([] if pledge else ["請上傳親簽之切結書。"])]


def records_complete(case: Case, by: User | None, at: datetime) -> None:
    """Refuse while a record or a paper lacks something (VRS-04)."""
    if found := missing(case):
        raise Refused("".join(found))


def approve_hours(doing: Doing, *, letter_number: str, letter_on: date) -> None:
    """Recognise the hours; those after being taken on go into the ledger and may end its clock.

    The certificate's own case is held from the beginning: hours of two applications add up.
    """
    case, by, at, law = doing.case, doing.by, doing.at, law_in_force()
    letter = decide_by_letter(doing, letter_number, letter_on)
    one = HoursApplication.objects.select_related("certificate").get(case=case)
    rows = live_records(one)
    total = sum((row.hours for row in rows), Decimal(0))
    if one.certificate is not None and one.purpose == HoursApplication.Purpose.AFTER:
        LedgerEntry.objects.bulk_create(
            LedgerEntry(
                certificate=one.certificate, group="professional", base=row.hours, weight=1, hours=row.hours, held_on=row.ends_on,
                source=LedgerEntry.Source.INITIAL, title=f"{row.position}. {row.course}"[:200], initial_training=True, case=case,
                approved_on=doing.day, approved_at=at, approved_by=by,
            )
            for row in rows
        )  # fmt: skip
        follow_up = getattr(one.certificate, "follow_up", None)
        if follow_up is not None and follow_up.done_at is None:
            set_follow_up(follow_up, case=case, by=by, at=at, law=law)
    said = f"認定專業訓練時數 {plain(total)} 小時（{one.get_purpose_display()}，{roc(letter_on)} 核定）。"
    tell_granted(doing, letter, said)

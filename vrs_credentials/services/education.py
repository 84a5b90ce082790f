"""繼續教育個人申請 (VRS-09) in ten kinds."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from casework.cases.doing import Doing
from casework.cases.moving import open_case
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import taipei_day
from kernel.outcome import Outcome
from kernel.saying import plain
from vrs_credentials.models import LedgerEntry, OwnEducation
from vrs_credentials.params.figures import OWN_WAYS
from vrs_credentials.selectors.outcomes import education_outcome
from vrs_credentials.selectors.papers import attached
from vrs_credentials.selectors.register import certificate_at
from vrs_credentials.services.deciding import decide_by_letter, tell_granted
from vrs_credentials.services.ledger import Credit, credit
from vrs_credentials.services.office import office
from vrs_credentials.states import EDUCATION_KIND

FIELDS = (
    "way", "organiser", "title", "capacity", "group", "competence", "area", "starts_on", "ended_on", "asked_hours", "island",
    "international", "lecturer", "kinds",
)  # fmt: skip


def _title(person: User, data: Mapping[str, Any]) -> str:
    return f"{person.name} {OWN_WAYS[data['way']]}：{data['title']}"[:200]


def _certified(person: User, data: Mapping[str, Any]) -> None:
    """Hours are counted per certificate: each kind chosen must have one on the day."""
    if not any(certificate_at(person.pk, kind, data["ended_on"]) for kind in data["kinds"]):
        raise Refused("您在課程結束日沒有所勾選資格的認證證明，時數無從登錄。", field="kinds")


@transaction.atomic
def start(*, person: User, data: Mapping[str, Any], at: datetime) -> OwnEducation:
    _certified(person, data)
    case = open_case(kind=EDUCATION_KIND, title=_title(person, data), office=office(), person=person, by=person, at=at)
    return OwnEducation.objects.create(case=case, **{name: data[name] for name in FIELDS if name in data})


def save_education(doing: Doing, *, data: Mapping[str, Any]) -> None:
    """Write the application's data; the case is named by them."""
    case = doing.case
    assert case.person is not None
    _certified(case.person, data)
    one = OwnEducation.objects.get(case=case)
    for name in FIELDS:
        if name in data:
            setattr(one, name, data[name])
    one.save()
    case.title = _title(case.person, data)


def education_complete(case: Case, by: User | None, at: datetime) -> Sequence[Outcome]:
    """Refuse what VRS-09 does, and a weight asked for without its proof."""
    one, there = OwnEducation.objects.get(case=case), attached(case)
    outcome = education_outcome(case, on=taipei_day(at), law=law_in_force())
    if not outcome.met:
        raise Refused(outcome.sentence, outcomes=[outcome])
    if (one.island or one.international or one.lecturer) and "weight_proof" not in there:
        raise Refused("申請加倍計算，請上傳證明文件。", outcomes=[outcome])
    return [outcome]


def approve_education(
    doing: Doing, *, letter_number: str, letter_on: date, approved_hours: Decimal | None = None
) -> None:
    """Credit the hours, as asked or fewer, to the certificates of the day."""
    case = doing.case
    letter = decide_by_letter(doing, letter_number, letter_on)
    one = OwnEducation.objects.get(case=case)
    hours = approved_hours or one.asked_hours
    if hours > one.asked_hours:
        raise Refused("核定時數不得超過申請時數。", field="approved_hours")
    one.approved_hours = hours
    one.save(update_fields=["approved_hours"])
    entries = credit(
        [
            Credit(
                case.person_id, tuple(one.kinds), one.group, hours, one.ended_on, one.title, one.island, one.international,
                one.lecturer,
            )
        ],
        source=LedgerEntry.Source.OWN, case=case, by=doing.by, at=doing.at, law=law_in_force(),
    )  # fmt: skip
    if not entries:
        raise Refused("申請人在課程結束日沒有所申請資格的認證證明，無從登錄時數。")
    tell_granted(doing, letter, f"核定「{one.title}」{plain(hours)} 小時，已登錄時數帳。")

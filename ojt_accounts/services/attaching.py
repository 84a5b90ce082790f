"""Papers of an application 文件 and pledges 切結書: attached, taken away, signed by hand and scanned back."""

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from accounts import crypto
from accounts.models import User
from casework.cases import attachments
from casework.cases.doing import Doing
from casework.cases.events import record
from casework.errors import Refused
from casework.intake import Verdict
from casework.models import Case
from casework.papers.wordings import wording
from kernel.characters import same_name
from kernel.dates import taipei_day
from ojt_accounts.models import Application, Pledge
from ojt_accounts.rules.papers import PAPERS
from ojt_accounts.selectors import Person, live_forms, pledge_people
from ojt_accounts.wordings import PLEDGE


def judge_paper(case: Case, by: User, *, paper: str, upload: UploadedFile, attested: bool) -> dict[str, Any]:
    """A paper of the checklist, judged before the case is held; copies need the uploader's word that they are true (OA-15).

    The letter is an original: nothing is declared of it, and the officer may confirm it at once.
    """
    if paper not in PAPERS:
        raise Refused("沒有這種文件。", field="file")
    if paper != "letter" and not attested:
        raise Refused("請勾選「本文件與正本相符，並已加蓋職章」。", field="attested")
    return {"paper": paper, "upload": upload, "verdict": attachments.judged(upload, attachments.Limits())}


def add_paper(doing: Doing, *, paper: str, upload: UploadedFile, verdict: Verdict) -> None:
    """Keep the paper; an earlier one of its kind steps aside."""
    if paper == "letter":
        unconfirm_letter(doing.case.ojt_application)
    attachments.keep_attachment(
        verdict,
        case=doing.case,
        field=paper,
        label=PAPERS[paper],
        upload=upload,
        attested=True,
        by=doing.by,
        at=doing.at,
    )


def unconfirm_letter(application: Application) -> None:
    """Another letter, or another number or day of it: the officer reads it anew (OA-16)."""
    if application.letter_confirmed_at:
        application.letter_confirmed_at = None
        application.save(update_fields=["letter_confirmed_at"])


def remove_paper(doing: Doing, *, pk: int) -> None:
    """Take a paper away, and the pledge it was the scan of loses it."""
    attachment = doing.case.attachments.filter(pk=pk, removed_at=None).first()
    if attachment:
        Pledge.objects.filter(scan=attachment).update(scan=None, scan_confirmed_at=None)
        attachments.remove_attachment(attachment, case=doing.case, by=doing.by, at=doing.at)


def sync_pledges(application: Application, *, at: datetime) -> None:
    """One pledge per person who must sign; those no longer needed step aside, and come back with the person."""
    rows = sorted(application.pledges.all(), key=lambda one: (one.removed_at is not None, one.scan_id is None, -one.pk))
    people = pledge_people(application)
    kept: dict[str, Pledge] = {}
    for fits in (_same_number, _same_place, _same_office):  # the surest first, over everybody
        for person in people:
            free = (one for one in rows if one not in kept.values() and fits(one, person))
            if person.key not in kept and (found := next(free, None)):
                kept[person.key] = found
    for pledge in rows:
        if pledge.removed_at is None and pledge not in kept.values():
            pledge.removed_at = at
            pledge.save(update_fields=["removed_at"])
    text, moved = wording(PLEDGE, on=taipei_day(at)), []
    for person in people:
        pledge = kept.get(person.key) or Pledge(application=application, name=person.name, wording=text)
        before = _standing(pledge)
        number = person.national_id or pledge.national_id
        if pledge.name != person.name or pledge.national_id != number:
            pledge.scan_confirmed_at = None  # what was signed bears another name or number
        if pledge.national_id != number:
            pledge.national_id, pledge.national_id_index = number, crypto.index(number)
        pledge.person, pledge.name, pledge.capacities = person.key, person.name, list(person.capacities)
        pledge.phone, pledge.removed_at = pledge.phone or person.phone, None
        pledge.namesake = pledge.namesake and person.key in Pledge.OFFICES
        if _standing(pledge) != before:
            moved.append(pledge)
    # two rows may change places
    application.pledges.filter(pk__in=[one.pk for one in moved], removed_at=None).update(person="")
    for pledge in moved:
        pledge.save()


def _standing(pledge: Pledge) -> tuple[object, ...]:
    names = ("person", "name", "national_id", "phone", "namesake", "removed_at", "scan_confirmed_at")
    return (*(getattr(pledge, name) for name in names), tuple(pledge.capacities))


def _same_number(pledge: Pledge, person: Person) -> bool:
    """The same person, however the name is spelled now."""
    return bool(person.national_id) and pledge.national_id == person.national_id


def _same_place(pledge: Pledge, person: Person) -> bool:
    """The same form or office and the same name: a number that was mistyped."""
    return pledge.person == person.key and same_name(pledge.name, person.name)


def _same_office(pledge: Pledge, person: Person) -> bool:
    """A contact or custodian who became an applicant too, or is none any more: the pledge they signed as such."""
    offices = set(Pledge.OFFICES) & set(pledge.capacities) & set(person.capacities)
    unlike = person.national_id and pledge.national_id  # of two numbers that agree it was found before
    return bool(offices) and not unlike and same_name(pledge.name, person.name)


def save_pledge(doing: Doing, *, pk: int, national_id: str, address: str, phone: str) -> None:
    """What is printed on a person's pledge; the name is that of the forms."""
    application = doing.case.ojt_application
    pledge = _pledge(application, pk)
    on_form = next((f for f in live_forms(application) if f.code == pledge.person), None)
    if on_form and on_form.national_id != national_id:
        raise Refused("與帳號申請單上的身分證字號不同，請核對。", field="national_id")
    if pledge.national_id != national_id:
        pledge.national_id, pledge.national_id_index = national_id, crypto.index(national_id)
        pledge.scan_confirmed_at = None
    pledge.address, pledge.phone = address, phone
    if pledge.scan is None:  # the same person under an earlier spelling of the name
        signed = application.pledges.filter(national_id_index=pledge.national_id_index, scan__isnull=False)
        pledge.scan = next((one.scan for one in signed.order_by("-pk") if one.removed_at), None)
    pledge.save()
    sync_pledges(application, at=doing.at)
    record(doing.case, doing.act.code, f"填寫切結書資料：{pledge.name}", by=doing.by, at=doing.at)


def separate_pledge(doing: Doing, *, pk: int) -> None:
    """The unit's word that the contact or custodian is not the applicant of that name: they sign a pledge of their own."""
    application = doing.case.ojt_application
    pledge = _pledge(application, pk)
    offices = [one for one in Pledge.OFFICES if one in pledge.capacities]
    if "applicant" not in pledge.capacities or not offices:
        raise Refused("這份切結書沒有同名的人。")
    for office in offices:
        Pledge.objects.update_or_create(
            application=application,
            person=office,
            removed_at=None,
            defaults={"name": pledge.name, "namesake": True, "wording": pledge.wording, "capacities": [office]},
        )
    sync_pledges(application, at=doing.at)
    label = f"{pledge.capacity_labels}為同名的不同人：{pledge.name}"
    record(doing.case, doing.act.code, label, by=doing.by, at=doing.at)


def _pledge(application: Application, pk: int) -> Pledge:
    pledge = application.pledges.filter(pk=pk, removed_at=None).first()
    if pledge is None:
        raise Refused("這份切結書已不需要，請重新整理頁面。")
    return pledge


def judge_scan(case: Case, by: User, *, pk: int, upload: UploadedFile) -> dict[str, Any]:
    """The signed pledge scanned back (OA-23), judged before the case is held."""
    _to_scan(case, pk)
    return {"pk": pk, "upload": upload, "verdict": attachments.judged(upload, attachments.Limits())}


def add_scan(doing: Doing, *, pk: int, upload: UploadedFile, verdict: Verdict) -> None:
    """Keep the scan beside an earlier one; the officer looks at the signature anew."""
    pledge = _to_scan(doing.case, pk)
    pledge.scan = attachments.keep_attachment(
        verdict, case=doing.case, field="pledge", subject=pledge.code, label=f"保密切結書（{pledge.name}）", upload=upload,
        attested=True, by=doing.by, at=doing.at,
    )  # fmt: skip
    pledge.scan_confirmed_at = None
    pledge.save(update_fields=["scan", "scan_confirmed_at"])


def _to_scan(case: Case, pk: int) -> Pledge:
    pledge = _pledge(case.ojt_application, pk)
    if not pledge.national_id or not pledge.address:
        raise Refused("請先填妥身分證字號與戶籍地址，列印後簽章，再上傳掃描檔。", field="file")
    return pledge

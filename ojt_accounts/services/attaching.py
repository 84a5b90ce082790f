"""Papers of an application 文件 and pledges 切結書: attached, taken away, signed by hand and scanned back."""

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts import crypto
from accounts.models import User
from casework.errors import Refused
from casework.kernel.dates import taipei_day
from casework.models import Case
from casework.services import attachments
from casework.services.cases import require
from casework.services.events import record
from casework.services.wordings import wording
from ojt_accounts.models import Application, Pledge
from ojt_accounts.permissions import PREPARE
from ojt_accounts.rules.papers import PAPERS
from ojt_accounts.selectors import live_forms, pledge_people
from ojt_accounts.services.editing import editable
from ojt_accounts.wordings import PLEDGE


def add_paper(
    case: Case, *, code: str, upload: UploadedFile, attested: bool, by: User, at: datetime
) -> attachments.Attachment:
    """Attach a paper of the checklist; copies need the uploader's word that they are true (OA-15).

    The letter is an original: nothing is declared of it, and the officer may confirm it at once.
    """
    require(by, PREPARE, case)
    if code not in PAPERS:
        raise Refused("沒有這種文件。", field="file")
    if code != "letter" and not attested:
        raise Refused("請勾選「本文件與正本相符，並已加蓋職章」。", field="attested")
    with transaction.atomic():
        editable(case, by=by)
    verdict = attachments.judged(upload, attachments.Limits())
    with transaction.atomic():
        case, application = editable(case, by=by)
        if code == "letter":
            unconfirm_letter(application)
        return attachments.keep_attachment(
            verdict,
            case=case,
            field=code,
            label=PAPERS[code],
            upload=upload,
            attested=attested or code == "letter",
            by=by,
            at=at,
        )


def unconfirm_letter(application: Application) -> None:
    """Another letter, or another number or day of it: the officer reads it anew (OA-16)."""
    if application.letter_confirmed_at:
        application.letter_confirmed_at = None
        application.save(update_fields=["letter_confirmed_at"])


@transaction.atomic
def remove_paper(case: Case, *, pk: int, by: User, at: datetime) -> None:
    case, _ = editable(case, by=by)
    attachment = case.attachments.filter(pk=pk, removed_at=None).first()
    if attachment:
        Pledge.objects.filter(scan=attachment).update(scan=None, scan_confirmed_at=None)
        attachments.remove_attachment(attachment, by=by, at=at)


def sync_pledges(application: Application, *, at: datetime) -> None:
    """One pledge per person who must sign; those no longer needed step aside (a scan with them is kept)."""
    application = Application.objects.select_related("case", "unit_form").get(pk=application.pk)
    people = {person.name: person for person in pledge_people(application)}
    existing = {pledge.name: pledge for pledge in application.pledges.filter(removed_at=None)}
    for name in existing.keys() - people.keys():
        pledge = existing[name]
        pledge.removed_at = at
        pledge.save(update_fields=["removed_at"])
    text = wording(PLEDGE, on=taipei_day(at))
    for name, person in people.items():
        pledge = existing.get(name) or Pledge(application=application, name=name, wording=text)
        pledge.capacities = list(person.capacities)
        pledge.phone = pledge.phone or person.phone
        if person.national_id and pledge.national_id != person.national_id:
            pledge.national_id, pledge.national_id_index = person.national_id, crypto.index(person.national_id)
            pledge.scan_confirmed_at = None  # what was signed bears the other number
        pledge.save()


@transaction.atomic
def save_pledge(
    case: Case,
    *,
    pk: int,
    national_id: str,
    address: str,
    phone: str,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Pledge:
    """What is printed on a person's pledge; the name is that of the forms."""
    case, application = editable(case, by=by, version=version)
    pledge = application.pledges.get(pk=pk, removed_at=None)
    on_form = next((f for f in live_forms(application) if f.name == pledge.name), None)
    if on_form and on_form.national_id != national_id:
        raise Refused("與帳號申請單上的身分證字號不同，請核對。", field="national_id")
    pledge.national_id, pledge.national_id_index = national_id, crypto.index(national_id)
    pledge.address, pledge.phone = address, phone
    pledge.save()
    record(case, "pledge.saved", f"填寫切結書資料：{pledge.name}", by=by, at=at)
    return pledge


def add_pledge_scan(case: Case, *, pk: int, upload: UploadedFile, by: User, at: datetime) -> Pledge:
    """The signed pledge scanned back (OA-23); an earlier scan is kept beside it."""
    with transaction.atomic():
        _pledge_to_scan(case, pk=pk, by=by)
    verdict = attachments.judged(upload, attachments.Limits())
    with transaction.atomic():
        case, pledge = _pledge_to_scan(case, pk=pk, by=by)
        pledge.scan = attachments.keep_attachment(
            verdict,
            case=case,
            field="pledge",
            subject=pledge.code,
            label=f"保密切結書（{pledge.name}）",
            upload=upload,
            attested=True,
            by=by,
            at=at,
        )
        pledge.scan_confirmed_at = None
        pledge.save(update_fields=["scan", "scan_confirmed_at"])
    return pledge


def _pledge_to_scan(case: Case, *, pk: int, by: User) -> tuple[Case, Pledge]:
    case, application = editable(case, by=by)
    pledge = application.pledges.filter(pk=pk, removed_at=None).first()
    if pledge is None:
        raise Refused("這份切結書已不需要，請重新整理頁面。")
    if not pledge.national_id or not pledge.address:
        raise Refused("請先填妥身分證字號與戶籍地址，列印後簽章，再上傳掃描檔。")
    return case, pledge

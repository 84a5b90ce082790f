"""更名、更正字號: another name or number of a person, with the document that says so. Two officers: one checks, a second confirms.

The person may ask with proof from their own page; an officer may begin without being asked. Nothing changes before the second
officer confirms; then the person is told, and what stood before is kept and goes on to find them (accounts/identity.py). Issued
papers keep what they print: each scheme corrects or issues its own anew.
"""

from datetime import date, datetime

from django.core.files.base import File
from django.db import IntegrityError, transaction

from accounts import crypto, mailer
from accounts.errors import Refused
from accounts.identity import holder_of
from accounts.locks import locking
from accounts.models import AccessLog, IdentityChange, User
from accounts.services.access import record_access
from accounts.services.proving import prove, taken
from kernel.characters import same_name
from kernel.dates import roc, taipei_day

_OPEN = {"confirmed_at": None, "refused_at": None}
_ANSWERED = "這件更正已經辦理過了，請重新檢視。"


def open_identity_change(user: User) -> IdentityChange | None:
    """The change that waits for an officer."""
    rows = user.identity_changes.filter(**_OPEN).select_related("asked_by", "checked_by")
    return rows.defer("asked_by__national_id", "checked_by__national_id").first()


def _judged(user: User, name: str, national_id: str, kind: str) -> tuple[str, str, str]:
    """What really changes. Raises Refused at the field."""
    name = "" if name == user.name else name
    national_id = "" if national_id == (user.national_id or "") else national_id
    if not name and not national_id:
        raise Refused("姓名及字號都與目前登錄的相同，無須更正。")
    if national_id and user.national_id and kind not in IdentityChange.Kind.values:
        raise Refused("請選擇原字號是否也是本人的。", field="kind")
    return name, national_id, kind if national_id and user.national_id else ""


@transaction.atomic
def ask_identity_change(
    *, user: User, name: str, national_id: str, kind: str, reason: str, proof: File, at: datetime
) -> IdentityChange:
    """The person asks, with proof. Whether the number is somebody else's they do not learn. Raises Refused at the field."""
    user = locking(User.objects).get(pk=user.pk)
    name, national_id, kind = _judged(user, name, national_id, kind)
    change = IdentityChange(user=user, name=name, national_id=national_id, kind=kind, reason=reason)
    change.asked_at, change.asked_by = at, user
    _save_first(change, proof)
    _log(AccessLog.Action.IDENTITY_ASKED, change, by=user, at=at)
    return change


def _save_first(change: IdentityChange, proof: File | None) -> None:
    try:
        with transaction.atomic():
            change.save()
    except IntegrityError as error:
        raise Refused("已有一件更正申請在辦理中，請等辦理完畢，或先撤回。") from error
    if proof is not None:
        change.proof.save("proof.pdf", proof)


@transaction.atomic
def withdraw_identity_change(*, user: User, at: datetime) -> None:
    """The person takes back what they asked for and nobody has confirmed."""
    change = locking(IdentityChange.objects).filter(user=user, asked_by=user, **_OPEN).first()
    if change is None:
        raise Refused("目前沒有可以撤回的更正申請。")
    change.refused_at, change.refused_by, change.refused_reason = at, user, "本人撤回"
    change.save(update_fields=["refused_at", "refused_by", "refused_reason"])
    _log(AccessLog.Action.IDENTITY_REFUSED, change, by=user, at=at)


@transaction.atomic
def check_identity_change(
    *, user: User, name: str, national_id: str, kind: str, document: str, seen_on: date, reason: str, by: User,
    at: datetime, proof: File | None = None,
) -> IdentityChange:  # fmt: skip
    """核對: the first officer typed name and number from the document. What the person asked for must be the same. Raises Refused at
    the field."""
    if by.pk == user.pk:
        raise Refused("不能辦理自己的更正，請由其他帳號管理人員辦理。")
    if seen_on > taipei_day(at):
        raise Refused("核對日期不得晚於今天。", field="seen_on")
    if not reason.strip():
        raise Refused("請填寫更正的理由。", field="reason")
    asked = locking(IdentityChange.objects).filter(user=user, **_OPEN).first()
    user = locking(User.objects).get(pk=user.pk)
    name, national_id, kind = _judged(user, name, national_id, kind)
    if asked is not None and asked.checked_at:
        raise Refused("這個人已有一件更正核對完畢，等第二人確認；內容有誤者，請先退回。")
    if asked is not None:
        if not same_name(asked.name, name):
            raise Refused("與本人申請的姓名不同。證件無誤時，請退回並請本人重新申請。", field="name")
        if asked.national_id != national_id:
            raise Refused("與本人申請的字號不同。證件無誤時，請退回並請本人重新申請。", field="national_id")
    change = asked or IdentityChange(user=user, name=name, national_id=national_id, asked_at=at, asked_by=by)
    change.kind = kind  # whose the former number was is the officer's to judge
    change.reason = change.reason or reason.strip()
    change.document = f"{document}，{roc(seen_on)} 核對；{reason.strip()}"[:300]
    change.checked_at, change.checked_by = at, by
    change.former_name = user.name if name else ""
    if national_id and user.national_id:
        change.former_national_id, change.former_id_index = user.national_id, crypto.index(user.national_id)
        change.former_proven_at = user.national_id_proven_at
        note = f"：{user.national_id_proof_note}" if user.national_id_proof_note else ""
        change.former_proof = f"{user.get_national_id_proof_display()}{note}"
    if asked is None:
        _save_first(change, proof)
    else:
        change.save()
        if proof is not None:
            change.proof.save("proof.pdf", proof)
    _log(AccessLog.Action.IDENTITY_CHECKED, change, by=by, at=at)
    return change


def _held(change: IdentityChange) -> IdentityChange:
    rows = locking(IdentityChange.objects).select_related("user", "asked_by", "checked_by")
    change = rows.get(pk=change.pk)
    if change.confirmed_at or change.refused_at:
        raise Refused(_ANSWERED)
    return change


@transaction.atomic
def confirm_identity_change(change: IdentityChange, *, by: User, at: datetime) -> User:
    """確認: the second officer. Name and number are written, the number as proven; the person is told. Raises Refused."""
    change = _held(change)
    user = locking(User.objects).get(pk=change.user_id)
    if by.pk == user.pk:
        raise Refused("不能辦理自己的更正，請由其他帳號管理人員辦理。")
    if not change.checked_at:
        raise Refused("這件更正還沒有核對證件。")
    if by.pk == change.checked_by_id:
        raise Refused("核對的人不能自己確認，請由另一位帳號管理人員辦理。")
    index = crypto.index(change.former_national_id) if change.former_national_id else None
    if (change.name and user.name != change.former_name) or (change.national_id and user.claimed_id_index != index):
        raise Refused("核對以後，帳號的姓名或字號已有異動；請退回，重新核對後再確認。")
    if change.name:
        user.name = change.name
        user.save(update_fields=["name"])
    try:
        with transaction.atomic():
            if change.national_id:
                user.set_national_id(change.national_id)
                prove(user, User.Proof.OFFICE, by=change.checked_by, note=f"{change.document}；{by.name}複核", at=at)
            change.confirmed_at, change.confirmed_by = at, by
            change.save(update_fields=["confirmed_at", "confirmed_by"])
    except IntegrityError as error:
        raise _taken(change) from error
    _log(AccessLog.Action.IDENTITY_CHANGED, change, by=by, at=at)
    _tell(
        change,
        "您的姓名或身分證字號已更正",
        f"帳號「{user.account_name}」的{change.said}已依{change.document.partition('，')[0]}更正。"
        "以原來的姓名、字號登錄的紀錄仍然是您的；已核發的證書、文件不隨同改變，須更正或換發者，請洽原核發機關。\n\n"
        "如果您沒有辦理過，請儘速洽承辦機關。",
        at=at,
    )
    return user


def _taken(change: IdentityChange) -> Refused:
    """Of the new number and the one of before, the one that is another person's."""
    numbers = [one for one in (change.national_id, change.former_national_id) if one]
    others = [one for one in numbers if (holder := holder_of(one)) and holder.pk != change.user_id]
    return taken((others or numbers)[0])


@transaction.atomic
def refuse_identity_change(change: IdentityChange, *, reason: str, by: User, at: datetime) -> None:
    """退回: nothing changes; whoever asked is told why. Raises Refused."""
    if not reason.strip():
        raise Refused("請填寫不予更正的理由。", field="reason")
    change = _held(change)
    if by.pk == change.user_id:
        raise Refused("不能辦理自己的更正，請由其他帳號管理人員辦理。")
    change.refused_at, change.refused_by, change.refused_reason = at, by, reason.strip()[:300]
    change.save(update_fields=["refused_at", "refused_by", "refused_reason"])
    _log(AccessLog.Action.IDENTITY_REFUSED, change, by=by, at=at, reason=reason)
    if change.asked_by_id == change.user_id:
        said = (
            f"您申請更正{change.said}，未能辦理。理由：{reason.strip()}\n\n補齊證明文件後，可以在「我的資料」重新申請。"
        )
        _tell(change, "您申請的更正未能辦理", said, at=at)


def _tell(change: IdentityChange, subject: str, body: str, *, at: datetime) -> None:
    mailer.mail(
        user=change.user, code="identity_change", subject=subject, body=f"{change.user.name} 您好：\n\n{body}",
        key=f"identity-change:{change.pk}:{at.isoformat()}", at=at,
    )  # fmt: skip


def _log(action: AccessLog.Action, change: IdentityChange, *, by: User, at: datetime, reason: str = "") -> None:
    subject = f"{change.user.account_name}（{change.said}）"
    record_access(action, at=at, user=by, subject=subject, reason=reason or change.document or change.reason)

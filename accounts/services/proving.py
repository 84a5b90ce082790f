"""身分確認: what proves a national ID, and what takes it off an account again. Everything is written to the access log."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts import crypto, mailer
from accounts.errors import Refused
from accounts.identity import former_numbers, holder_of
from accounts.locks import locking
from accounts.models import AccessLog, IdentityChange, User
from accounts.services.access import record_access
from kernel.characters import same_name
from kernel.dates import roc, taipei_day

_COLUMNS = [
    "national_id", "claimed_id_index", "national_id_proven_at", "national_id_proof", "national_id_proven_by", "national_id_proof_note",
]  # fmt: skip


def _locked(user: User) -> User:
    return locking(User.objects).get(pk=user.pk)


def taken(number: str) -> Refused:
    """The sentence for an officer where a number is proven for another account."""
    other = holder_of(number)
    named = f"（{other.account_name}）" if other else ""
    return Refused(f"這個身分證字號已確認為另一個帳號{named}所有，請先查明並釋出該帳號的字號。", field="national_id")


def prove(user: User, proof: User.Proof, *, by: User | None, note: str, at: datetime) -> None:
    """Raises IntegrityError where the number is proven for somebody else: of two at one moment the database takes one."""
    user.national_id_proven_at, user.national_id_proof = at, proof
    user.national_id_proven_by, user.national_id_proof_note = by, note[:300]
    with transaction.atomic():
        user.save(update_fields=_COLUMNS)
    reason = f"{proof.label}{'：' if note else ''}{note}"
    record_access(AccessLog.Action.ID_PROVEN, at=at, user=by or user, subject=user.account_name, reason=reason)


@transaction.atomic
def prove_by_card(user: User, *, at: datetime, last_four: str = "") -> bool:
    """The person signed with a 自然人憑證 that fits. False where the number is proven already, or for another account: the sign-in
    goes on, both are told, and an officer settles it (登入協助 lists the two). A card that says a number of before (`last_four`)
    proves nothing of the one stated now.
    """
    user = _locked(user)
    if user.national_id is None or user.national_id_proven_at is not None or not user.national_id.endswith(last_four):
        return False
    try:
        prove(user, User.Proof.CARD, by=None, note="", at=at)
    except IntegrityError:
        user.refresh_from_db()
        _tell_of_two(user, at=at)
        return False
    return True


def _tell_of_two(user: User, *, at: datetime) -> None:
    """Once for each pair: a card fits this account, and its number is proven for another. Neither learns who the other is."""
    other = holder_of(user.national_id or "")
    if other is None:
        return
    said = {
        user: "您已以自然人憑證登入，但帳號登錄的身分證字號先前已確認為另一個帳號所有，因此您的身分尚未確認。",
        other: "另一個帳號以自然人憑證登入，登錄的身分證字號與您帳號已確認的相同。",
    }
    for one, what in said.items():
        mailer.mail(
            user=one, code="identity_contested", subject="您的身分證字號另有帳號使用", at=at,
            key=f"identity-contested:{user.pk}:{other.pk}:{one.pk}",
            body=(
                f"{one.name} 您好：\n\n{what}\n\n"
                "請攜帶附照片的身分證件正本，洽承辦機關的帳號管理人員於「登入協助」核對，查明字號為何人所有。"
            ),
        )  # fmt: skip


@transaction.atomic
def prove_by_decision(user: User, *, note: str, by: User, at: datetime) -> str:
    """The office has approved what this person applied for, on papers that bear name and number. Returns the number, whole.

    Raises Refused where there is none: it was released (釋出) while the case ran, so what the papers say is in doubt.
    """
    user = _locked(user)
    number = stated_number(user)
    if user.national_id_proven_at is not None:
        return number
    try:
        prove(user, User.Proof.DECISION, by=by, note=note, at=at)
    except IntegrityError as error:
        raise Refused(
            f"{user.name}的身分證字號已確認為另一個帳號所有，請先由帳號管理人員於「登入協助」釐清。"
        ) from error
    return number


def stated_number(user: User) -> str:
    """The number a decision is written on. Raises Refused, with the way out, for somebody whose claim was released."""
    if user.national_id is None:
        raise Refused(
            f"{user.name}的帳號沒有身分證字號（未登錄，或已由機關釋出），不能核定；"
            "請先由帳號管理人員於「登入協助」依證件正本確認。"
        )
    return user.national_id


@transaction.atomic
def confirm_identity(
    *, user: User, name: str, national_id: str, document: str, seen_on: date, note: str, by: User, at: datetime
) -> None:
    """確認身分證字號: an officer typed name and number from the original document. Where the account has no number it is entered."""
    if by.pk == user.pk:
        raise Refused("不能確認自己的身分，請由其他帳號管理人員辦理。")
    if seen_on > taipei_day(at):
        raise Refused("核對日期不得晚於今天。", field="seen_on")
    user = _locked(user)
    if user.national_id_proven_at is not None and user.national_id_proof == User.Proof.OFFICE:
        raise Refused("這個帳號的身分證字號已核對證件正本確認。")
    if not same_name(user.name, name):
        raise Refused(
            f"證件上的姓名與這個帳號的姓名「{user.name}」不同。是同一人者，請先更正這個帳號的姓名；不是同一人者，不能確認。",
            field="name",
        )
    if user.national_id and user.claimed_id_index != crypto.index(national_id):
        raise Refused("與這個帳號登錄的身分證字號不同。證件無誤時，請以「更正姓名、字號」辦理。", field="national_id")
    user.set_national_id(national_id)
    try:
        prove(user, User.Proof.OFFICE, by=by, note=f"{document}，{roc(seen_on)} 核對；{note.strip()}", at=at)
    except IntegrityError as error:
        raise taken(national_id) from error
    mailer.mail(
        user=user, code="identity_confirmed", subject="您的身分證字號已確認", key=f"identity:{user.pk}:{at.isoformat()}", at=at,
        body=(
            f"{user.name} 您好：\n\n帳號「{user.account_name}」登錄的身分證字號已由機關核對{document}確認。"
            "您現在可以在「我的資料」及各項業務查看以這個字號登錄的紀錄。\n\n如果您沒有辦理過，請儘速洽承辦機關。"
        ),
    )  # fmt: skip


@transaction.atomic
def release_identity(*, user: User, reason: str, by: User, at: datetime) -> None:
    """釋出身分證字號: the number comes off the account, proven or not, and those of before find the person no more. The true holder,
    or this person with the right number, is confirmed afterwards."""
    if by.pk == user.pk:
        raise Refused("不能釋出自己的身分證字號，請由其他帳號管理人員辦理。")
    if not reason.strip():
        raise Refused("請填寫釋出身分證字號的理由。", field="reason")
    former = [one.pk for one in locking(former_numbers(user))]
    user = _locked(user)
    if user.national_id is None and not former:
        raise Refused("這個帳號沒有登錄身分證字號。")
    IdentityChange.objects.filter(pk__in=former).update(withdrawn_at=at, withdrawn_by=by)
    user.set_national_id(None)
    user.save(update_fields=_COLUMNS)
    record_access(AccessLog.Action.ID_RELEASED, at=at, user=by, subject=user.account_name, reason=reason.strip())
    mailer.mail(
        user=user, code="identity_released", subject="您帳號上的身分證字號已釋出", key=f"identity:{user.pk}:{at.isoformat()}", at=at,
        body=(
            f"{user.name} 您好：\n\n帳號「{user.account_name}」登錄的身分證字號已由機關釋出。理由：{reason.strip()}\n\n"
            "如有疑義，請攜帶身分證件正本洽承辦機關的帳號管理人員。"
        ),
    )  # fmt: skip

"""Which account a card opens (OA-12): bound at first use by name and last four of the ID, or by the unit; then by the card."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.certificates.holder import Holder
from accounts.certificates.refusals import CertificateRefused
from accounts.errors import Refused
from accounts.identity import last_fours, names_of
from accounts.locks import locking
from accounts.models import AccessLog, CertificateBinding, Organisation, User
from accounts.services.access import record_access
from accounts.services.lockout import person_named
from accounts.services.proving import prove_by_card
from accounts.services.users import end_sessions
from kernel.characters import same_name

#: Bodies that have accounts of their own; an agency's people sign in as persons.
UNITS = (Organisation.Kind.UNIT, Organisation.Kind.INSTITUTION)


def person_of(holder: Holder, *, login: str, at: datetime) -> User:
    """The person this card opens the account of; bound now where it is the first time. Raises CertificateRefused."""
    bound = list(
        CertificateBinding.objects.filter(fingerprint=holder.fingerprint, released_at=None).select_related("user")
    )
    typed = login.strip()
    if not typed:
        if len(bound) != 1:  # nobody's yet, or a unit's card that serves several accounts
            raise CertificateRefused("name_account")
        user = bound[0].user
    else:
        named = person_named(typed)
        if named is None:
            raise CertificateRefused("not_the_persons")
        user = named
    if user.pk in {one.user_id for one in bound}:
        _still_fits(user, holder)
    elif bound and not holder.is_unit:
        raise CertificateRefused("somebody_elses")
    else:
        user = _bind(user, holder, at=at)
    if not holder.is_unit:
        prove_by_card(user, at=at, last_four=holder.last_four)
    return user


def _of_their_unit(user: User, holder: Holder) -> bool:
    """The person works for the unit of the card: holds a role there, or is counted among its people."""
    number = {"unified_number": holder.unified_number} if holder.unified_number else {"code": holder.organisation_oid}
    unit = Organisation.objects.filter(kind__in=UNITS, is_active=True, **number)
    return (
        user.groups.filter(held_role__organisation__in=unit).exists()
        or user.memberships.filter(organisation__in=unit, ends_before=None).exists()
    )


def _still_fits(user: User, holder: Holder) -> None:
    """A bound card opens the account only while both still say the same of the person."""
    if holder.is_unit:
        if not _of_their_unit(user, holder):
            raise CertificateRefused("unit_changed")
    elif holder.last_four not in last_fours(user):
        raise CertificateRefused("last_four")
    elif not _is_called(user, holder.name):
        raise CertificateRefused("name_changed")


def _is_called(user: User, name: str) -> bool:
    return any(same_name(one, name) for one in names_of(user))


def _fits(user: User, holder: Holder) -> bool:
    """A person whose ID is on file signs in with a citizen's card, never with the unit's: the rule matches ID to ID."""
    if holder.is_unit:
        return not user.national_id and not user.is_staff and _of_their_unit(user, holder)
    return holder.last_four in last_fours(user) and _is_called(user, holder.name)


@transaction.atomic
def _bind(user: User, holder: Holder, *, at: datetime) -> User:
    user = locking(User.objects).get(pk=user.pk)
    if not user.is_active or not _fits(user, holder):
        # a closed account is answered like a wrong card: whoever asks learns nothing about it
        raise CertificateRefused("not_the_persons")
    if user.certificates.filter(released_at=None).exists():
        raise CertificateRefused("other_card")
    kinds = CertificateBinding.Kind
    try:
        with transaction.atomic():
            binding = CertificateBinding.objects.create(
                user=user,
                kind=kinds.UNIT if holder.is_unit else kinds.CITIZEN,
                issuer=holder.issuer,
                serial=holder.serial,
                fingerprint=holder.fingerprint,
                valid_until=holder.valid_until,
                bound_at=at,
            )
    except IntegrityError as error:  # the same card, at the same moment, for somebody else
        raise CertificateRefused("somebody_elses") from error
    record_access(AccessLog.Action.CERTIFICATE_BOUND, at=at, user=user, subject=f"{user.account_name} {binding}")
    return user


@transaction.atomic
def release_certificate(*, user: User, reason: str, by: User, at: datetime) -> CertificateBinding:
    """改綁: an officer takes the card off, with the reason; the next card that fits is bound at its first use."""
    if not reason.strip():
        raise Refused("請填寫解除憑證綁定的理由。", field="reason")
    if by.pk == user.pk:
        raise Refused("不能為自己解除憑證綁定，請由其他帳號管理人員辦理。")
    binding = locking(CertificateBinding.objects).filter(user=user, released_at=None).first()
    if binding is None:
        raise Refused("這個帳號目前沒有綁定憑證。")
    binding.released_at, binding.released_by, binding.release_reason = at, by, reason.strip()[:300]
    binding.save(update_fields=["released_at", "released_by", "release_reason"])
    end_sessions(user)  # whoever lost the card may have lost the desk it lies on
    record_access(
        AccessLog.Action.CERTIFICATE_FREED, at=at, user=by, subject=f"{user.account_name} {binding}", reason=reason
    )
    return binding

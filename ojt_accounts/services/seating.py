"""Seats (OA-07): at most six accounts of a unit at a branch, however many are approved at one instant.

Whoever takes a seat holds the registration's row; below that the unique seat number refuses twins even without the lock.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.locks import locking
from accounts.models import User
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from kernel.dates import taipei_day
from kernel.outcome import Outcome
from ojt_accounts.models import AccountForm, Application, Registration, TrainingAccount
from ojt_accounts.rules import accounts as account_rules
from ojt_accounts.rules import papers
from ojt_accounts.selectors import form_values, live_forms, person_of


def lock_registration(application: Application) -> Registration:
    """The unit's record at the branch, locked; made at the first approval."""
    case = application.case
    Registration.objects.bulk_create(
        [Registration(organisation_id=case.organisation_id, branch_id=case.office_id)], ignore_conflicts=True
    )
    return locking(Registration.objects).get(organisation=case.organisation_id, branch=case.office_id)


@transaction.atomic
def reserve_seats(application: Application, *, at: datetime) -> Outcome:
    """On 決行: register the unit, take a seat for every 申請, and make its user (who cannot sign in yet).

    Raises Refused naming the accounts that fill the seats, or where another case has registered the 新單位 meanwhile.
    """
    registration = lock_registration(application)
    on, law = taipei_day(at), law_in_force()
    fits = papers.kind_fits(
        application.kind,
        registered=registration.registered_on is not None,
        branch=registration.branch.label,
        on=on,
        law=law,
    )
    if not fits.met:
        raise Refused(fits.sentence, outcomes=[fits])
    if hasattr(application, "unit_form") and application.kind != Application.Kind.CANCELLATION:
        registration.form, registration.form_case = form_values(application.unit_form), application.case
        registration.registered_on = registration.registered_on or on
        registration.save()
    asked = [form for form in live_forms(application) if form.request == AccountForm.Request.OPEN]
    taken = list(registration.accounts.exclude(state=TrainingAccount.State.CLOSED))
    outcome = account_rules.seats(account_rules.SeatFacts(taken=len(taken), asked=len(asked)), on=on, law=law)
    if not outcome.met:
        names = "、".join(f"{a.name}（{a.account_name}）" for a in taken)
        raise Refused(f"{outcome.sentence}目前帳號：{names}。", outcomes=[outcome])
    free = [n for n in range(1, law.at("oa.account_cap", on).value + 1) if n not in {a.seat for a in taken}]
    for form, seat in zip(asked, free, strict=False):
        form.account = _open(registration, form, seat)
        TrainingAccount.objects.filter(pk=form.account.pk).update(user=_user_for(application.case, form))
    return outcome


def _open(registration: Registration, form: AccountForm, seat: int) -> TrainingAccount:
    try:
        with transaction.atomic():
            return TrainingAccount.objects.create(
                registration=registration,
                name=form.name,
                account_name=form.account_name,
                national_id_index=form.national_id_index,
                seat=seat,
                state=TrainingAccount.State.OPENING,
            )
    except IntegrityError as error:
        raise Refused(f"{form.name}的帳號剛才已由另一案開通，請重新檢視。") from error


def _user_for(case: Case, form: AccountForm) -> User:
    """The person's user: the one they have, or a new one that cannot sign in until the account is set.

    A contact who registered themselves gets the identifier of the form here. It stays a claim: the unit wrote it, the branch has
    not seen the person's document; the card they sign in with proves it (OA-12).
    """
    asked = {"national_id": form.national_id, "name": form.name, "account_name": form.account_name, "email": form.email}
    user = person_of(case, asked)
    if user and user.national_id:
        return user
    if user is None:
        user = User(account_name=form.account_name, email=form.email, name=form.name, phone=form.phone, is_active=False)
        user.set_unusable_password()
    user.set_national_id(form.national_id)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Refused(f"帳號「{form.account_name}」或電子郵件已有其他人使用，請通知單位補正。") from error
    return user

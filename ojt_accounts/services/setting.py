"""The administrator sets accounts 帳號設定: open 啟用, grant 賦予, close 註銷 (OA-11, OA-13, OA-14, OA-21)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q

from accounts.identity import every_number, under_every_number
from accounts.locks import held_of, locking
from accounts.models import Membership, User
from accounts.rights import holders
from accounts.services.addresses import ask_address_change, taken
from accounts.services.passwords import issue_password_link, link_lines
from accounts.services.roles import grant_role, revoke_role
from accounts.services.users import open_user, update_phone
from casework.cases.doing import Doing
from casework.cases.events import record
from casework.cases.signoffs import sign
from casework.deadlines.keeping import of_thing, owed, set_deadline, withdraw_all
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case
from casework.notices.outbox import notify
from casework.notices.telling import tell_applicant
from kernel.dates import ONE_DAY, roc, taipei_day
from ojt_accounts import documents
from ojt_accounts.models import AccountForm, Application, PlanRight, TrainingAccount
from ojt_accounts.permissions import PREPARE
from ojt_accounts.rules import accounts as account_rules
from ojt_accounts.selectors import application_of, closing_facts, holder_facts, live_forms
from ojt_accounts.services.closing import end_sign_in
from ojt_accounts.services.seating import lock_registration
from ojt_accounts.services.signing import forms_due

RIGHTS_END = "ojt_accounts.rights_end"


def set_accounts(doing: Doing, *, codes: Sequence[str], set_on: date) -> None:
    """Sign the last step of the chosen account forms and carry them out; the last one completes the case."""
    case = doing.case
    if set_on > doing.day:
        raise Refused("設定日期不得晚於今日。", field="set_on")
    if case.decided_on and set_on < case.decided_on:
        raise Refused(f"設定日期不得早於核定日 {roc(case.decided_on)}。", field="set_on")
    application = application_of(case)
    chosen = [one for one in forms_due(application, doing.act.right) if one.code in codes]
    if not chosen:
        raise Refused("請選擇要設定的帳號。", field="codes")
    lock_registration(application)
    _hold_accounts(case, [one.account_form for one in chosen if one.account_form])
    for one in chosen:
        form = one.account_form
        assert form is not None
        sign(
            case, form=one.code, form_label=one.label, chain=one.chain, digest=one.digest, by=doing.by, at=doing.at,
            clause=doing.act.clause,
        )  # fmt: skip
        form.set_on = set_on
        form.save(update_fields=["set_on"])
        carry_out = _close if form.request == AccountForm.Request.CLOSE else _open_or_grant
        carry_out(doing, form, program_year=application.program_year)
        documents.issue_account_form(case, application, form, by=doing.by, at=doing.at)
    _finish(doing, application)


def _hold_accounts(case: Case, forms: Sequence[AccountForm]) -> None:
    """Every account that is set, and whose it is, before the first of them."""
    named = Q(pk__in=[one.account_id for one in forms]) | Q(
        registration__organisation=case.organisation_id,
        registration__branch=case.office_id,
        national_id_index__in=under_every_number({one.national_id_index: one for one in forms}),
    )
    accounts = locking(TrainingAccount.objects.filter(named))
    held_of(User, [one.user_id for one in accounts if one.user_id is not None])


def _finish(doing: Doing, application: Application) -> None:
    if all(form.set_on for form in live_forms(application)):
        doing.then("complete")


def drop_accounts(doing: Doing, *, codes: Sequence[str]) -> None:
    """不予設定: what was approved and can no longer be carried out (the year is over, the account was closed by another
    case meanwhile). The seat is free again, the unit is told why; with the last form the case is complete.
    """
    case, reason = doing.case, doing.reason.strip()
    application = application_of(case)
    chosen = [form for form in live_forms(application) if form.code in codes and form.set_on is None]
    if not chosen:
        raise Refused("請選擇不予設定的帳號。", field="codes")
    registration = lock_registration(application)
    for form in chosen:
        form.removed_at = doing.at
        form.save(update_fields=["removed_at"])
        if form.request == AccountForm.Request.OPEN:
            opening = registration.accounts.filter(
                national_id_index=form.national_id_index, state=TrainingAccount.State.OPENING
            )
            for account in opening:
                account.state, account.closed_on = TrainingAccount.State.CLOSED, doing.day
                account.save(update_fields=["state", "closed_on"])
        label = f"不予設定：{form.name}（{form.account_name}）"
        record(case, "account.dropped", label, by=doing.by, at=doing.at, reason=doing.reason, clause=doing.act.clause)
    body = f"{'、'.join(form.name for form in chosen)}的帳號不予設定。理由：{reason}"
    tell_applicant(case, "ojt_accounts.account_dropped", "帳號不予設定", body, right=PREPARE, at=doing.at)
    _finish(doing, application)


def all_set(case: Case, by: User | None, at: datetime) -> None:
    if left := [form.label for form in live_forms(application_of(case)) if form.set_on is None]:
        raise Refused("尚有帳號未設定：" + "、".join(left) + "。")


def _account_of(case: Case, form: AccountForm) -> TrainingAccount:
    rows = locking(TrainingAccount.objects).select_related("user", "registration")
    if form.account_id:
        return rows.get(pk=form.account_id)
    # 使用中 too: another case's 賦予 may have been set before this 申請
    account = (
        rows.exclude(state=TrainingAccount.State.CLOSED)
        .filter(
            registration__organisation=case.organisation_id,
            registration__branch=case.office_id,
            national_id_index__in=every_number(form.national_id),
        )
        .first()
    )
    if account is None:
        raise Refused(f"{form.name}的帳號已由另一案註銷，不能再開通；請改按「不予設定」。")
    return account


def _open_or_grant(doing: Doing, form: AccountForm, *, program_year: int) -> None:
    """開通 or 賦予: the person's sign-in, membership and role, and the rights of the year."""
    case, by, at, on = doing.case, doing.by, doing.at, doing.day
    account, law = _account_of(case, form), law_in_force()
    if account.state == TrainingAccount.State.CLOSED or account.user is None or case.organisation is None:
        raise Refused(f"{form.name}的帳號已註銷，不能賦予權限；請改按「不予設定」。")
    user, unit = account.user, case.organisation
    fits = account_rules.holder(holder_facts(form, user), on=on, law=law)
    if not fits.met:
        raise Refused(fits.sentence, field="codes", outcomes=[fits])
    if account.state == TrainingAccount.State.OPENING:
        account.state, account.opened_on = TrainingAccount.State.OPEN, on
        account.save(update_fields=["state", "opened_on"])
    open_user(user=user, by=by, at=at)
    _contact(case, form, user, by=by, at=at)
    user.refresh_from_db()
    Membership.objects.get_or_create(user=user, organisation=unit, ends_before=None, defaults={"starts_on": on})
    grant_role(user=user, role_code="unit_user", organisation=unit, by=by, at=at)
    ends = account_rules.rights_end(account_rules.YearFacts(program_year), on=on, law=law)
    last_day = date.fromisoformat(ends.result["last_day"])
    starts_on = max(on, date.fromisoformat(ends.result["starts_on"]))
    if starts_on > last_day:
        raise Refused(f"{program_year} 年度已終了，不能再開通該年度權限；請改按「不予設定」。")
    for plan in form.plans:
        PlanRight.objects.get_or_create(
            account=account,
            program_year=program_year,
            plan=plan,
            withdrawn_on=None,
            defaults={"starts_on": starts_on, "ends_before": last_day + ONE_DAY, "granted_by_case": case},
        )
    _watch_end(account, at=at)
    verb = "開通" if form.request == AccountForm.Request.OPEN else "賦予"
    record(
        case,
        "account.opened" if form.request == AccountForm.Request.OPEN else "account.granted",
        f"帳號{verb}：{account.name}（{account.account_name}）",
        by=by,
        at=at,
        clause="OA-11、OA-13",
        outcomes=[ends],
    )
    plans = "、".join(form.plan_labels)
    body = f"{user.name} 您好：\n\n您在{unit}的帳號「{account.account_name}」已{verb}，{program_year} 年度可使用：{plans}，至 {roc(last_day)} 止。\n\n"
    if not user.has_usable_password():
        link, token = issue_password_link(user=user, by=by, at=at)
        body += link_lines(link, token)
    else:
        body += "請以原有密碼登入。"
    notify(
        users=[user],
        code="ojt_accounts.account_opened",
        subject=f"您的在職訓練系統帳號已{verb}",
        body=body,
        key=f"account:{case.number}:{form.position}",
        case=case,
        at=at,
    )


def _contact(case: Case, form: AccountForm, user: User, *, by: User, at: datetime) -> None:
    """Where the person is reached. The telephone is taken over; the address, which opens the account, the person is asked about.

    What stood there before is the office's to see, not the unit's.
    """
    changes = []
    if before := update_phone(user=user, phone=form.phone):
        changes.append({"field": "", "label": "聯絡電話", "before": before, "after": form.phone})
    if form.email.casefold() != user.email.casefold():
        source = f"{case.organisation}的帳號{form.get_request_display()}單（{case.number}）"
        asked = not taken(form.email, besides=user) and ask_address_change(
            user=user, address=form.email, source=source, by=by, at=at
        )
        after = f"{form.email}（{'待本人確認' if asked else '不能使用，未變更'}）"
        changes.append({"field": "", "label": "電子郵件", "before": user.email, "after": after})
    if changes:
        label = f"帳號{form.get_request_display()}單的聯絡資料與登錄的不同：{form.name}"
        record(case, "account.contact", label, by=by, at=at, changes=changes, internal=True)


def _close(doing: Doing, form: AccountForm, *, program_year: int) -> None:
    """註銷: access to what the form ticks stops now; rows and past work keep the name (OA-14)."""
    case, by, at, on = doing.case, doing.by, doing.at, doing.day
    account = _account_of(case, form)
    who = f"{account.name}（{account.account_name}）"
    if account.state == TrainingAccount.State.CLOSED:  # by another case meanwhile: nothing is left to do
        closed_on = roc(account.closed_on) if account.closed_on else ""
        record(case, "account.closed", f"帳號已於 {closed_on} 註銷：{who}", by=by, at=at)
        return
    facts = closing_facts(account, program_year=program_year, plans=form.plans, whole_account=form.whole_account, on=on)
    decided = account_rules.closing(facts)
    for right in account.plan_rights.filter(withdrawn_on=None):
        if (right.program_year, right.plan) in decided.withdrawn:
            right.withdrawn_on = on
            right.save(update_fields=["withdrawn_on"])
    given = {"by": by, "at": at, "reason": form.reason, "clause": "OA-14"}
    if decided.account_ends:
        _end_account(case, account, by=by, at=at)
        record(case, "account.closed", f"帳號註銷：{who}", **given)
        subject = f"帳號已註銷：{account.account_name}"
        body = f"帳號「{account.account_name}」已於 {roc(on)} 註銷，即日起停止使用權限。"
    else:
        _watch_end(account, at=at)
        gone, left = map(account_rules.plans_in_words, (decided.withdrawn, decided.left))
        record(case, "account.narrowed", f"註銷計畫權限：{who}，{gone or '所列計畫已無權限'}；保留{left}", **given)
        subject = f"計畫權限已註銷：{account.account_name}"
        body = (
            f"帳號「{account.account_name}」的{gone or '所列計畫'}權限已於 {roc(on)} 註銷；保留{left}，帳號繼續使用。"
        )
    unit = case.organisation
    told = list(holders(PREPARE, unit)) if unit is not None else []
    notify(
        users=[*told, *([account.user] if account.user else [])],
        code="ojt_accounts.account_closed",
        subject=subject,
        body=f"{unit} {account.name}的{body}",
        key=f"closed:{case.number}:{form.position}",
        case=case,
        at=at,
    )


def _end_account(case: Case, account: TrainingAccount, *, by: User, at: datetime) -> None:
    """Seat, role and membership go; the person's sign-in only where nothing else in the portal is theirs."""
    on, user, unit = taipei_day(at), account.user, case.organisation
    account.state, account.closed_on = TrainingAccount.State.CLOSED, on
    account.save(update_fields=["state", "closed_on"])
    withdraw_all(at=at, thing=account)
    if user is None or unit is None:
        return
    elsewhere = user.training_accounts.exclude(state=TrainingAccount.State.CLOSED)
    if not elsewhere.filter(registration__organisation=unit).exists():
        revoke_role(user=user, role_code="unit_user", organisation=unit, by=by, at=at)
        if not user.groups.filter(held_role__organisation=unit).exists():
            for membership in user.memberships.filter(organisation=unit, ends_before=None):
                membership.ends_before = max(on, membership.starts_on)
                membership.save(update_fields=["ends_before"])
    end_sign_in(user, reason=f"帳號註銷（{case.number}）", by=by, at=at)


def _watch_end(account: TrainingAccount, *, at: datetime) -> None:
    """The deadline of an account is the end of its last year, in whatever order years are set or taken away."""
    last = account.plan_rights.filter(withdrawn_on=None).order_by("-ends_before").first()
    if last is None:
        return
    due_on = last.ends_before - ONE_DAY
    if of_thing(account).filter(owed(), code=RIGHTS_END, due_on=due_on).exists():
        return
    ends = account_rules.rights_end(account_rules.YearFacts(last.program_year), on=taipei_day(at), law=law_in_force())
    set_deadline(
        code=RIGHTS_END,
        rule="OA-13",
        label=f"{last.program_year} 年度計畫權限屆滿",
        citation=ends.lines[0].citation,
        counted_from=last.starts_on,
        due_on=due_on,
        at=at,
        thing=account,
        outcome=ends,
        remind_days=(60, 30, 7),
    )

"""Amendments 修正案: a draft, its values, the second person who puts it in force. Nothing already decided moves: outcomes are
stored with what they decided, and rules ask for a figure by day.
"""

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from accounts.locks import locking
from accounts.models import AccessLog, User
from accounts.rights import can_anywhere
from accounts.services.access import record_access
from casework.errors import NotPermitted, Refused
from casework.law.in_force import amendments_in_force, law_in_force
from casework.models import AmendedValue, Amendment, ImpactSheet
from casework.rights import AMEND, ENACT
from kernel import shape
from kernel.dates import roc, taipei_day

State = Amendment.State


def require(user: User, code: str) -> None:
    """Raises NotPermitted."""
    if not can_anywhere(user, code):
        raise NotPermitted("您沒有辦理法規修正的權限。")


@transaction.atomic
def draft(
    *, title: str, citation: str, in_force_from: date, retroactive_reason: str = "", by: User, at: datetime
) -> Amendment:
    """Begin an amendment. Raises Refused, NotPermitted."""
    require(by, AMEND)
    _check_day(in_force_from, retroactive_reason, at)
    return Amendment.objects.create(
        title=_text(title, "title", "名稱"),
        citation=_text(citation, "citation", "修正依據"),
        in_force_from=in_force_from,
        retroactive_reason=retroactive_reason.strip(),
        drafted_by=by,
        drafted_at=at,
    )


@transaction.atomic
def redraft(
    amendment: Amendment,
    *,
    title: str,
    citation: str,
    in_force_from: date,
    retroactive_reason: str = "",
    by: User,
    at: datetime,
    version: int | None = None,
) -> Amendment:
    """Change what a draft is called, rests on, or when it begins. Raises Refused, NotPermitted."""
    row = _own_draft(amendment, by, version)
    _check_day(in_force_from, retroactive_reason, at)
    row.title, row.citation = _text(title, "title", "名稱"), _text(citation, "citation", "修正依據")
    row.in_force_from, row.retroactive_reason = in_force_from, retroactive_reason.strip()
    return _changed(row, by)


@transaction.atomic
def set_value(
    amendment: Amendment,
    *,
    code: str,
    value: Any,
    citation: str = "",
    note: str = "",
    by: User,
    at: datetime,
    version: int | None = None,
) -> AmendedValue:
    """Put a figure's later value into a draft. Its type and form are those of the value before. Raises Refused, NotPermitted."""
    row = _own_draft(amendment, by, version)
    law = law_in_force()
    if code not in law:
        raise Refused("沒有這個法規數值。")
    if problems := shape.check(law[code], value):
        raise Refused(problems[0].sentence, field="value")
    if value == law.at(code, row.in_force_from).value:
        raise Refused(f"與 {roc(row.in_force_from)} 當日適用的數值相同，沒有修正。", field="value")
    found, _ = AmendedValue.objects.update_or_create(
        amendment=row,
        code=code,
        defaults={"value": value, "citation": (citation.strip() or row.citation)[:300], "note": note.strip()[:500]},
    )
    _changed(row, by)
    return found


@transaction.atomic
def drop_value(amendment: Amendment, *, code: str, by: User, at: datetime, version: int | None = None) -> None:
    """Take a figure out of a draft. Raises Refused, NotPermitted."""
    row = _own_draft(amendment, by, version)
    if not row.values.filter(code=code).delete()[0]:
        raise Refused("修正案裡沒有這個數值。")
    _changed(row, by)


@transaction.atomic
def withdraw(amendment: Amendment, *, reason: str, by: User, at: datetime) -> Amendment:
    """Give a draft up; who drafts or puts in force may. Raises Refused, NotPermitted."""
    if not can_anywhere(by, AMEND):
        require(by, ENACT)
    row = _locked(amendment)
    row.withdrawn_reason = _text(reason, "reason", "撤回原因")
    row.state, row.withdrawn_by, row.withdrawn_at = State.WITHDRAWN, by, at
    row._history_user = by  # type: ignore[attr-defined]
    row.save()
    _log(row, "撤回", by, at, reason)
    return row


@transaction.atomic
def put_in_force(amendment: Amendment, *, by: User, at: datetime, version: int | None = None) -> Amendment:
    """The second person: on an impact sheet of this very draft, by somebody who did not draft it. Raises Refused, NotPermitted."""
    require(by, ENACT)
    row = _locked(amendment)
    _fresh(row, version)
    if row.drafted_by_id == by.pk:
        raise Refused("起草人不得核定自己的修正案，請由另一人核定。")
    values = list(row.values.all())
    if not values:
        raise Refused("修正案還沒有任何數值。")
    with connection.cursor() as cursor:  # one after the other: the second sees the law with the first
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('casework.law'))")
    sheets = row.sheets.filter(version=row.version, state=ImpactSheet.State.DONE)
    if not sheets.exists():
        raise Refused("請先完成這個版本的影響試算，再行核定。")
    if not sheets.filter(amendments=amendments_in_force()).exists():
        raise Refused("試算之後已有其他修正案核定生效，請重新試算後再行核定。")
    _check_day(row.in_force_from, row.retroactive_reason, at)
    law = law_in_force()
    for one in values:
        if one.code not in law:
            raise Refused(f"系統已無「{one.code}」這個數值，請退回起草人修改。")
        if problems := shape.check(law[one.code], one.value):
            raise Refused(f"{law[one.code].label}：{problems[0].sentence}")
    row.state, row.put_in_force_by, row.put_in_force_at = State.IN_FORCE, by, at
    row._history_user = by  # type: ignore[attr-defined]
    row.save()
    _log(row, f"核定，{roc(row.in_force_from)} 生效", by, at, row.retroactive_reason)
    return row


# --- both ------------------------------------------------------------------------------------------------------------


def _locked(amendment: Amendment) -> Amendment:
    row = locking(Amendment.objects).get(pk=amendment.pk)
    if not row.is_open:
        raise Refused(f"修正案{row.get_state_display()}，不能再變更。")
    return row


def _own_draft(amendment: Amendment, by: User, version: int | None) -> Amendment:
    require(by, AMEND)
    row = _locked(amendment)
    if row.drafted_by_id != by.pk:
        raise Refused(f"修正案由 {row.drafted_by.name} 起草，只有起草人可以修改。")
    _fresh(row, version)
    return row


def _fresh(row: Amendment, version: int | None) -> None:
    if version is not None and version != row.version:
        raise Refused(f"修正案已更新為第 {row.version} 版，您看到的是第 {version} 版，請重新整理後再辦理。")


def _changed(row: Amendment, by: User) -> Amendment:
    """Another draft than the one its sheet was of."""
    row.version += 1
    row.state = State.DRAFT
    row._history_user = by  # type: ignore[attr-defined]
    row.save()
    return row


def _check_day(day: date, reason: str, at: datetime) -> None:
    if day < taipei_day(at) and not reason.strip():
        raise Refused(
            f"生效日 {roc(day)} 早於今日，已經辦理的案件不會改變；確有溯及必要者，請填寫理由。",
            field="retroactive_reason",
        )


def _text(text: str, field: str, label: str) -> str:
    if not text.strip():
        raise Refused(f"請填寫「{label}」。", field=field)
    return text.strip()


def _log(row: Amendment, what: str, by: User, at: datetime, reason: str) -> None:
    record_access(
        AccessLog.Action.OVERRIDE, at=at, user=by, subject=f"修正案「{row.title}」{what}"[:200], reason=reason[:200]
    )

"""What the passing of days says to people: supplements, the end of a certificate, follow-up training, the way back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from casework.models import Deadline, Reminder
from casework.models.notice import page
from casework.notices.outbox import Told, notify_each
from casework.notices.telling import late_applicant, remind_applicant
from kernel.dates import roc
from vrs_credentials.models import Certificate, FollowUp
from vrs_credentials.permissions import VIEW_OWN
from vrs_credentials.services.certifying import ENDS, FOLLOW_UP, WAY_BACK
from vrs_credentials.services.filing import SUPPLEMENT

Pairs = list[tuple[Deadline, Reminder]]


def _certificates(deadlines: Sequence[Deadline]) -> Mapping[int, Certificate]:
    """Those on which something can still be done: neither revoked nor followed by another."""
    rows = Certificate.objects.select_related("holder").filter(state=Certificate.State.VALID, renewed_as=None)
    return {one.pk: one for one in rows.filter(pk__in=[d.thing_id for d in deadlines])}


def _link(certificate: Certificate) -> str:
    return page("vrs_credentials:certificate", certificate.pk)


def _opens(deadline: Deadline, reminder: Reminder) -> bool:
    """Whether this reminder is that of the day the window opens: the day stands in the stored outcome."""
    opens_on = deadline.outcome.get("result", {}).get("opens_on")
    return bool(opens_on) and reminder.on == date.fromisoformat(opens_on)


def remind_end(pairs: Pairs, at: datetime) -> None:
    held, told = _certificates([deadline for deadline, _ in pairs]), []
    for deadline, reminder in pairs:
        one = held.get(deadline.thing_id or 0)
        if one is None:
            continue
        if _opens(deadline, reminder):
            subject = "可以申請資格更新了"
            body = f"您的{one.kind_label}資格（{one.number}）至 {roc(deadline.due_on)} 屆滿，自今日起開放申請更新。"
        else:
            subject = f"資格將於 {roc(deadline.due_on)} 屆滿"
            body = f"您的{one.kind_label}資格（{one.number}）至 {roc(deadline.due_on)} 屆滿；屆滿前未提出更新，自翌日起失其效力。"
        told.append(Told(one.holder, subject, body, f"remind:{reminder.pk}", None, _link(one)))
    notify_each(told, code="vrs_credentials.ends_soon", at=at)


def ended(deadlines: list[Deadline], at: datetime) -> None:
    held = _certificates(deadlines)
    told = [
        Told(
            one.holder,
            "資格認證證明已屆滿",
            f"您的{one.kind_label}資格（{one.number}）已於 {roc(deadline.due_on)} 屆滿失效。仍可申請更新，新證明自申請日起算；"
            "屆滿時已離開職場一段期間者，請看「失效後如何恢復」。",
            f"ended:{deadline.pk}",
            None,
            _link(one),
        )
        for deadline in deadlines
        if (one := held.get(deadline.thing_id or 0))
        and not one.renewals.filter(closed_at=None, applied_on__isnull=False).exists()
    ]
    notify_each(told, code="vrs_credentials.ended", at=at)


def _follow_ups(deadlines: Sequence[Deadline]) -> Mapping[int, FollowUp]:
    rows = FollowUp.objects.filter(certificate__state=Certificate.State.VALID).select_related("certificate__holder")
    return rows.in_bulk([d.thing_id for d in deadlines if d.thing_id])


def _training(
    deadlines: Sequence[Deadline], keys: Sequence[str], subject: str, body: str, code: str, at: datetime
) -> None:
    rows, told = _follow_ups(deadlines), []
    for deadline, key in zip(deadlines, keys, strict=True):
        one = rows.get(deadline.thing_id or 0)
        if one is not None and one.done_at is None:
            words = body.format(kind=one.certificate.kind_label, due=roc(deadline.due_on))
            told.append(Told(one.certificate.holder, subject, words, key, None, page("vrs_credentials:hours")))
    notify_each(told, code=code, at=at)


def remind_training(pairs: Pairs, at: datetime) -> None:
    body = "您應於 {due} 前完成{kind}進用後專業訓練，並申請時數認定。"
    keys = [f"remind:{reminder.pk}" for _, reminder in pairs]
    _training([d for d, _ in pairs], keys, "進用後專業訓練期限將屆", body, "vrs_credentials.training_soon", at)


def training_late(deadlines: list[Deadline], at: datetime) -> None:
    body = "{kind}進用後專業訓練期限（{due}）已過，尚未完成者不得繼續提供服務。"
    keys = [f"late:{deadline.pk}" for deadline in deadlines]
    _training(deadlines, keys, "已逾進用後專業訓練期限", body, "vrs_credentials.training_late", at)


def _back(deadlines: Sequence[Deadline], keys: Sequence[str], subject: str, body: str, at: datetime) -> None:
    held = _certificates(deadlines)
    told = [
        Told(one.holder, subject, body.format(due=roc(deadline.due_on)), key, None, _link(one))
        for deadline, key in zip(deadlines, keys, strict=True)
        if (one := held.get(deadline.thing_id or 0))
    ]
    notify_each(told, code="vrs_credentials.way_back", at=at)


def remind_back(pairs: Pairs, at: datetime) -> None:
    keys = [f"remind:{reminder.pk}" for _, reminder in pairs]
    _back(
        [d for d, _ in pairs],
        keys,
        "先行提供服務：請完成繼續教育",
        "請於 {due} 前完成規定時數之繼續教育並申請更新。",
        at,
    )


def back_late(deadlines: list[Deadline], at: datetime) -> None:
    keys = [f"late:{deadline.pk}" for deadline in deadlines]
    _back(deadlines, keys, "先行提供服務期限已過", "期限 {due} 已過，未完成規定時數者不得繼續提供服務。", at)


remind_supplement = remind_applicant(
    "vrs_credentials.supplement_due", right=VIEW_OWN, subject="補件期限將屆", body="請於 {day} 前完成補件。"
)
supplement_late = late_applicant(
    "vrs_credentials.supplement_due",
    right=VIEW_OWN,
    subject="已逾補件期限",
    body="補件期限 {day} 已過，請儘速補件，否則依現有文件審查。",
)


HANDLERS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    ENDS: (ended, remind_end),
    FOLLOW_UP: (training_late, remind_training),
    WAY_BACK: (back_late, remind_back),
    SUPPLEMENT: (supplement_late, remind_supplement),
}

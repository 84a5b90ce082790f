"""Choices of mail, the daily letter, and the calendar's address."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.errors import Refused
from accounts.locks import locking
from accounts.models import User
from casework.models import CalendarFeed, MailChoice, Notice
from casework.models.notice import page
from casework.notices.kinds import KINDS, How, kind_named
from casework.notices.outbox import Told, notify_each
from kernel.dates import roc, taipei_day

DIGEST = "casework.digest"
#: A letter names so many; the rest is counted, and everything stands in the inbox.
NAMED = 40


# --- choices -----------------------------------------------------------------------------------------------------------


def how_of(user: User) -> dict[str, How]:
    """Kind → what holds for the person."""
    chosen = {one.kind: How(one.how) for one in MailChoice.objects.filter(user=user)}
    return {kind.code: chosen.get(kind.code, kind.choices[0]) for kind in KINDS}


@transaction.atomic
def choose(*, user: User, how: Mapping[str, str], at: datetime) -> None:
    """Raises Refused at the kind that does not allow it: what must be told is mailed."""
    for code, chosen in how.items():
        kind = kind_named(code)
        if chosen not in kind.choices:
            raise Refused(f"「{kind.label}」依規定必須通知，不能改為「{How(chosen).label}」。", field=code)
        MailChoice.objects.update_or_create(user=user, kind=code, defaults={"how": chosen, "set_at": at})


# --- the daily letter ----------------------------------------------------------------------------------------------------


def send_digests(*, at: datetime) -> int:
    """One letter to each person who has notices waiting for it; says how many. A second run on the same day adds nothing."""
    waiting = Notice.objects.filter(mail_state=Notice.Mail.DAILY, created_at__lt=at)
    people = list(waiting.order_by("user_id").values_list("user_id", flat=True).distinct())
    return sum(_digest(user, at) for user in people)


@transaction.atomic
def _digest(user_id: int, at: datetime) -> bool:
    day = taipei_day(at)
    user = locking(User.objects).get(pk=user_id)
    rows = list(
        Notice.objects.filter(user=user, mail_state=Notice.Mail.DAILY, created_at__lt=at).order_by("created_at", "pk")
    )
    if not rows:
        return False
    written = notify_each(
        [
            Told(
                user,
                f"{roc(day)} 通知彙整（{len(rows)} 則）",
                _letter(rows),
                f"digest:{day}",
                link=page("casework:inbox"),
            )
        ],
        code=DIGEST,
        at=at,
    )
    if not written:  # today's letter has gone: these are tomorrow's
        return False
    Notice.objects.filter(pk__in=[one.pk for one in written]).update(read_at=at)
    Notice.objects.filter(pk__in=[one.pk for one in rows]).update(mail_state=Notice.Mail.IN_DIGEST, sent_at=at)
    return True


def _letter(rows: list[Notice]) -> str:
    lines = [f"．{roc(taipei_day(one.created_at))}　{one.subject}" for one in rows[:NAMED]]
    if len(rows) > NAMED:
        lines.append(f"其餘 {len(rows) - NAMED} 則請至站內「通知」查看。")
    return (
        "您好，以下是您選擇每日彙整的通知：\n\n"
        + "\n".join(lines)
        + "\n\n寄送方式可在「我的資料」的「通知與行事曆」變更。"
    )


# --- the calendar ----------------------------------------------------------------------------------------------------------


def _digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def new_feed(*, user: User, at: datetime) -> str:
    """The token of a new address, told this once; the old address ends."""
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.update_or_create(
        user=user, defaults={"digest": _digest_of(token), "made_at": at, "read_at": None}
    )
    return token


@transaction.atomic
def drop_feed(*, user: User) -> bool:
    return CalendarFeed.objects.filter(user=user).delete()[0] > 0


def reader_of(token: str, *, at: datetime) -> User | None:
    """Whose calendar a token opens; None for one that is unknown, replaced, or of a closed person."""
    feed = CalendarFeed.objects.select_related("user").filter(digest=_digest_of(token), user__is_active=True).first()
    if feed is None:
        return None
    stale = Q(read_at=None) | Q(read_at__lt=at - timedelta(hours=1))
    CalendarFeed.objects.filter(stale, pk=feed.pk).update(read_at=at)
    return feed.user

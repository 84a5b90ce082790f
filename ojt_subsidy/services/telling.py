"""What trainees are told. A filing's receipt is written after the rush: the rows without `told_at` are the to-do list."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.locks import locking
from casework.models.notice import page
from casework.notices.outbox import Told, notify_each, send_task
from kernel.dates import roc, roc_moment
from ojt_subsidy.models import Enrolment


def mine(enrolment: Enrolment) -> str:
    return page("ojt_subsidy:enrolled", enrolment.pk)


def nudge() -> None:
    """Wake the worker after the filing is in; without a broker the next beat finds the rows."""
    transaction.on_commit(lambda: send_task("ojt_subsidy.tasks.tell_filed"), robust=True)


@transaction.atomic
def tell_filed(*, at: datetime, limit: int = 500) -> int:
    """Notices of filings received, oldest first; says how many."""
    rows = list(locking(Enrolment.objects.filter(told_at=None), skip=True).select_related("course", "person")[:limit])
    told = [
        Told(
            row.person,
            f"報名收件成功：{row.course.title}",
            f"您的報名序號為第 {row.number} 號（{row.receipt}），收件時間 {roc_moment(row.filed_at)}。\n\n"
            + (
                "目前列為備取，有名額釋出時依序號遞補，屆時會另行通知。"
                if row.state == "waiting"
                else "收件成功不代表已錄訓，請等候訓練單位依序號通知繳費及繳交資料。"
            ),
            f"filed:{row.pk}",
            None,
            mine(row),
        )
        for row in rows
    ]
    notify_each(told, code="ojt_subsidy.filed", at=at)
    Enrolment.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=at)
    return len(rows)


def tell_moved_up(rows: Iterable[Enrolment], *, at: datetime) -> None:
    """遞補通知, with the term."""
    notify_each(
        [
            Told(
                row.person,
                f"遞補通知：{row.course.title}",
                f"報名序號第 {row.number} 號遞補成功，請於 {roc(row.respond_by)} 前確認參訓，並向訓練單位繳費及繳交資料；"
                "逾期即由下一順位遞補。課程如已開訓，遞補前未上課之時數計入缺課。",
                f"moved_up:{row.pk}",
                None,
                mine(row),
            )
            for row in rows
            if row.respond_by
        ],
        code="ojt_subsidy.moved_up",
        at=at,
    )


def tell(row: Enrolment, code: str, subject: str, body: str, *, at: datetime) -> None:
    """One trainee, about one filing."""
    key = f"{code}:{row.pk}:{at.isoformat(timespec='seconds')}"
    notify_each(
        [Told(row.person, f"{subject}：{row.course.title}", body, key, None, mine(row))],
        code=f"ojt_subsidy.{code}",
        at=at,
    )

"""What is kept how long 保存期限, and deleted after. The days are settings (RETENTION_DAYS): each agency has its own schedule.

What belongs to a case (its papers, events, notices, decisions) is a record of the agency and is not deleted here. Uploads that
were refused are never kept: they are judged in a temporary file that goes with the request.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from accounts.models import AccessLog, SetPasswordLink
from accounts.services import challenges, lockout
from casework.jobs import exports
from casework.models import Draft, ExportJob, Receipt

log = structlog.get_logger(__name__)
BATCH = 5000


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data with a term: `rows` finds what is over it."""

    code: str
    label: str
    why: str
    rows: Callable[[datetime], QuerySet]
    delete: Callable[[QuerySet, datetime], int] | None = None

    @property
    def days(self) -> int:
        return settings.RETENTION_DAYS[self.code]

    def over(self, at: datetime) -> QuerySet:
        return self.rows(at - timedelta(days=self.days))


KEPT = (
    Kept(
        "drafts",
        "未送出表單的暫存內容",
        "蒐集目的未成就即無繼續保存之必要（個人資料保護法第11條第3項）",
        lambda since: Draft.objects.filter(saved_at__lt=since),
    ),
    Kept(
        "receipts",
        "按鍵回條（防止重複送出）",
        "僅供辨識同一次送出，逾期即無用途",
        lambda since: Receipt.objects.filter(at__lt=since),
    ),
    Kept(
        "exports",
        "匯出清單之檔案",
        "清單為副本，下載後即無保存必要；匯出之紀錄仍留存",
        lambda since: ExportJob.objects.filter(finished_at__lt=since).exclude(file=""),
        lambda rows, at: exports.drop_files(rows),
    ),
    Kept(
        "links",
        "設定密碼連結",
        "使用或逾期後即無用途",
        lambda since: SetPasswordLink.objects.filter(Q(used_at__lt=since) | Q(expires_at__lt=since)),
    ),
    Kept(
        "access_log",
        "存取紀錄",
        "使用紀錄及軌跡資料之保存（個人資料保護法施行細則第12條第2項第10款），期間由機關訂定；資料庫本身拒絕刪除未滿三年者",
        lambda since: AccessLog.objects.filter(at__lt=since),
    ),
)


def clear(*, at: datetime, rehearse: bool = False) -> dict[str, int]:
    """Delete what is over its term; says how many of each. A rehearsal only counts."""
    done = {}
    for kept in KEPT:
        rows = kept.over(at)
        if rehearse:
            done[kept.code] = rows.count()
        else:
            done[kept.code] = kept.delete(rows, at) if kept.delete else _in_batches(rows)
    if not rehearse:
        done["failed_sign_ins"] = lockout.forget_old(at=at)
        done["card_challenges"] = challenges.forget_challenges(at=at)
        log.info("retention", **done)
    return done


def _in_batches(rows: QuerySet) -> int:
    """By key and a few thousand at a time: no long lock, and nothing read that is to be deleted."""
    table, deleted = connection.ops.quote_name(rows.model._meta.db_table), 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [keys])  # noqa: S608 - a table of ours
            deleted += cursor.rowcount
            if not cursor.rowcount:
                break
    return deleted

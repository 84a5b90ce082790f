"""Jobs. What is to do stands in rows; each finds it, and running twice does nothing twice."""

from celery import shared_task

from accounts.clock import now
from ojt_subsidy.services import digests, running, screening, telling


@shared_task
def tell_filed() -> int:
    told = 0
    while count := telling.tell_filed(at=now()):
        told += count
    return told


@shared_task
def lapse_terms() -> int:
    return screening.lapse_due(at=now())


@shared_task
def digest_ledgers() -> int:
    return digests.digest_due(at=now())


@shared_task
def run_classes() -> tuple[int, int]:
    return running.run_day(at=now())

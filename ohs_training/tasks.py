"""Work outside the page: the files of certificates, the list of what need not be kept any more."""

from celery import shared_task

from accounts.clock import now
from ohs_training.services import issuing, keeping


@shared_task
def make_certificates(batch: int) -> int:
    return issuing.make_files(batch, at=now())


@shared_task
def run_waiting_certificates() -> int:
    return issuing.run_waiting(at=now())


@shared_task
def list_expired_records() -> int:
    return keeping.list_expired(at=now())

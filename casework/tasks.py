"""Jobs. Each only reads the clock and makes one call; what there is to do stands in the database, so a task lost with its
worker, doubled or late changes nothing but lateness. Their times stand in casework/part.py.
"""

from typing import Any

from celery import shared_task

from accounts.clock import now, today
from casework.deadlines import sweeping
from casework.jobs import exports, findings, retention
from casework.law import impact_sheets
from casework.notices import delivery, reaching


@shared_task(name="casework.tasks.deliver_notices")
def deliver_notices() -> None:
    """Mail the outbox until nothing is due. Nudged on commit, and every minute by the beat."""
    while delivery.deliver_due(at=now()):
        pass


@shared_task(name="casework.tasks.sweep_daily", bind=True, max_retries=5)
def sweep_daily(self: Any) -> None:
    """The day's deadlines and reminders. What an act held at that moment, and what failed, is asked for again a little later."""
    report = sweeping.sweep(on=today(), at=now())
    if report.left or report.failed:
        raise self.retry(countdown=120)


@shared_task(name="casework.tasks.run_export")
def run_export(job_id: int) -> None:
    """Write one requested list."""
    exports.run_export(job_id, at=now())


@shared_task(name="casework.tasks.run_waiting_exports")
def run_waiting_exports() -> None:
    """Lists whose nudge or worker was lost."""
    exports.run_waiting(at=now())


@shared_task(name="casework.tasks.run_impact")
def run_impact(sheet_id: int) -> None:
    """Write one impact sheet."""
    impact_sheets.run_sheet(sheet_id, clock=now)


@shared_task(name="casework.tasks.run_waiting_impact")
def run_waiting_impact() -> None:
    """Sheets whose nudge or worker was lost."""
    impact_sheets.run_waiting(clock=now)


@shared_task(name="casework.tasks.keep_no_longer")
def keep_no_longer() -> None:
    """What is over its term of keeping."""
    retention.clear(at=now())


@shared_task(name="casework.tasks.check_consistency")
def check_consistency() -> None:
    """The nightly check; what it finds stands on the desk of whoever watches."""
    findings.look(at=now())


@shared_task(name="casework.tasks.send_digests")
def send_digests() -> None:
    """每日彙整: one letter a day to those who asked for one."""
    reaching.send_digests(at=now())

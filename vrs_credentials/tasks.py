"""Work outside the page: rosters checked and imported. The rows of the jobs are the to-do list; their times stand in scheme.py."""

from celery import shared_task

from accounts.clock import now
from vrs_credentials.services import rosters


@shared_task
def run_roster_job(job_id: int) -> bool:
    """Check or import one upload."""
    return rosters.run(job_id, at=now())


@shared_task
def run_waiting_rosters() -> int:
    """Uploads whose nudge or worker was lost."""
    return rosters.run_waiting(at=now())


@shared_task
def drop_old_rosters() -> int:
    """Uploads nobody confirmed, and files of those over, after a week."""
    return rosters.drop_old(at=now())

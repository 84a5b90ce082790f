"""The one job."""

from celery import shared_task

from casework.models import Case


@shared_task
def count_waiting() -> int:
    """How many visits wait for the office."""
    return Case.objects.filter(kind="sixth.visit", state="filed").count()

from celery import shared_task
from django.core.management import call_command


@shared_task(name="config.tasks.clear_sessions")
def clear_sessions() -> None:
    """Sessions stay in the database after they expire; nobody needs them there."""
    call_command("clearsessions")

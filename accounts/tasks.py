"""Jobs of sign-in. Their times stand in accounts/part.py."""

from celery import shared_task
from django.core.management import call_command

from accounts.certificates.fetching import fetch_crls as fetch
from accounts.clock import now


@shared_task(name="accounts.tasks.fetch_crls")
def fetch_crls() -> None:
    """Revocation lists renewed; one that cannot be had stays as it is until its own nextUpdate shuts it."""
    fetch(at=now())


@shared_task(name="accounts.tasks.clear_sessions")
def clear_sessions() -> None:
    """Sessions stay in the database after they expire; nobody needs them there."""
    call_command("clearsessions")

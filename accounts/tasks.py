"""Jobs of sign-in. Their times stand in accounts/part.py."""

from celery import shared_task

from accounts.certificates.fetching import fetch_crls as fetch
from accounts.clock import now


@shared_task(name="accounts.tasks.fetch_crls")
def fetch_crls() -> None:
    """Revocation lists renewed; one that cannot be had stays as it is until its own nextUpdate shuts it."""
    fetch(at=now())

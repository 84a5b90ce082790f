"""The project: settings, addresses, jobs and logging. Nothing imports it but Django, Celery and the tests."""

from config.celery import app as celery_app

__all__ = ["celery_app"]

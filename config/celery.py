"""Jobs. The to-do list is in the database (outbox, deadlines): a lost or doubled message changes nothing but lateness.

`acks_late` and prefetch 1 still lose tasks when a worker is killed outright; the next beat picks their rows up.
Each part of the site declares its own jobs.
"""

import os
from typing import Any

from celery import Celery, signals
from celery.schedules import crontab
from django_structlog.celery.steps import DjangoStructLogInitStep

from kernel.jobs import JOBS, At, Every

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal", task_cls="config.job:Job")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


def set_schedule() -> None:
    """What the beat sends, and when: the jobs of every part. Times are those of Asia/Taipei."""
    app.conf.beat_schedule = {job.label: {"task": job.task, "schedule": _schedule(job.when)} for job in JOBS}


def _schedule(when: Every | At) -> float | crontab:
    return when.seconds if isinstance(when, Every) else crontab(hour=when.hour, minute=when.minute)


@signals.setup_logging.connect
def use_project_logging(**kwargs: Any) -> None:
    """Celery would replace the log handlers and with them the masking of identifiers."""
    import logging.config

    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@signals.worker_init.connect
def wait_for_messages(**kwargs: Any) -> None:
    """The worker's reading connection is silent while there is nothing to do."""
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "socket_timeout": None}

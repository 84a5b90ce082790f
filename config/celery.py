"""Jobs. The to-do list is in the database (outbox, deadlines): a lost or doubled message changes nothing but lateness.

`acks_late` and prefetch 1 still lose tasks when a worker is killed outright; the next beat picks their rows up.
Every crontab names its minute: `crontab(hour=4)` fires sixty times.
"""

import os
from typing import Any

from celery import Celery, signals
from celery.schedules import crontab
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()

# name → (task, when). Times are those of Asia/Taipei; a number is seconds. Each finds its work in the database.
SCHEDULE: dict[str, tuple[str, crontab | float]] = {
    "notices": ("casework.tasks.deliver_notices", 60.0),
    "waiting exports": ("casework.tasks.run_waiting_exports", 300.0),
    "waiting impact sheets": ("casework.tasks.run_waiting_impact", 300.0),
    # thrice, since a machine may be off at midnight: the second and third find nothing left to do
    "deadlines": ("casework.tasks.sweep_daily", crontab(hour="0,6,12", minute=10)),
    # 1 January and 1 July; on every other day it finds this half-year's inventory open already
    "idle days of the 45+ site": ("senior45.tasks.follow_the_law", crontab(hour=0, minute=7)),
    "inventory of the 45+ site": ("senior45.tasks.open_inventory", crontab(hour=0, minute=5)),
    "old exports": ("casework.tasks.drop_old_exports", crontab(hour=3, minute=40)),
    "old sessions": ("config.tasks.clear_sessions", crontab(hour=4, minute=20)),
}

if "ojt_subsidy" in settings.SCHEMES:
    SCHEDULE |= {
        "course filings told": ("ojt_subsidy.tasks.tell_filed", 60.0),
        "course ledgers digested": ("ojt_subsidy.tasks.digest_ledgers", crontab(minute=5)),
        "course terms over": ("ojt_subsidy.tasks.lapse_terms", crontab(hour="0,6,12", minute=20)),
        "classes started and ended": ("ojt_subsidy.tasks.run_classes", crontab(hour="0,6,12", minute=25)),
    }

if "ohs_training" in settings.SCHEMES:
    SCHEDULE |= {
        "waiting certificates": ("ohs_training.tasks.run_waiting_certificates", 300.0),
        "expired records": ("ohs_training.tasks.list_expired_records", crontab(hour=2, minute=20)),
    }

if "vrs_credentials" in settings.SCHEMES:
    SCHEDULE |= {
        "waiting rosters": ("vrs_credentials.tasks.run_waiting_rosters", 60.0),
        "old rosters": ("vrs_credentials.tasks.drop_old_rosters", crontab(hour=3, minute=50)),
    }

app.conf.beat_schedule = {name: {"task": task, "schedule": when} for name, (task, when) in SCHEDULE.items()}


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

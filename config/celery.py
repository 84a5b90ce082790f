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

app = Celery("portal", task_cls="config.job:Job")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()

# what the page 排程 calls it → (task, when). Times are those of Asia/Taipei; a number is seconds. Each finds its work in the database.
SCHEDULE: dict[str, tuple[str, crontab | float]] = {
    "寄送通知": ("casework.tasks.deliver_notices", 60.0),
    "產製等候中的匯出清單": ("casework.tasks.run_waiting_exports", 300.0),
    "產製等候中的影響評估表": ("casework.tasks.run_waiting_impact", 300.0),
    # thrice, since a machine may be off at midnight: the second and third find nothing left to do
    "處理屆期與提醒": ("casework.tasks.sweep_daily", crontab(hour="0,6,12", minute=10)),
    # 1 January and 1 July; on every other day it finds this half-year's inventory open already
    "45+ 網站閒置日數": ("senior45.tasks.follow_the_law", crontab(hour=0, minute=7)),
    "辦理已結束之帳號清查": ("senior45.tasks.carry_out_inventory", 300.0),
    "45+ 網站帳號清查": ("senior45.tasks.open_inventory", crontab(hour=0, minute=5)),
    # a second and third time for letters that a stopped machine missed; nobody gets two on one day
    "寄送每日彙整": ("casework.tasks.send_digests", crontab(hour="8,12,16", minute=0)),
    "刪除逾保存期限資料": ("casework.tasks.keep_no_longer", crontab(hour=3, minute=40)),
    "一致性檢查": ("casework.tasks.check_consistency", crontab(hour=2, minute=30)),
    # of the machine the worker runs on: a site on several machines gives them one CERTIFICATE_FOLDER
    "更新憑證廢止清冊": ("accounts.tasks.fetch_crls", crontab(minute=35)),
    "清除逾期登入階段": ("config.tasks.clear_sessions", crontab(hour=4, minute=20)),
}

if "ojt_subsidy" in settings.SCHEMES:
    SCHEDULE |= {
        "課程申請通知": ("ojt_subsidy.tasks.tell_filed", 60.0),
        "課程名額雜湊": ("ojt_subsidy.tasks.digest_ledgers", crontab(minute=5)),
        "課程期限屆滿": ("ojt_subsidy.tasks.lapse_terms", crontab(hour="0,6,12", minute=20)),
        "課程開訓與結訓": ("ojt_subsidy.tasks.run_classes", crontab(hour="0,6,12", minute=25)),
    }

if "ohs_training" in settings.SCHEMES:
    SCHEDULE |= {
        "產製等候中的結業證書": ("ohs_training.tasks.run_waiting_certificates", 300.0),
        "逾保存期限之訓練紀錄": ("ohs_training.tasks.list_expired_records", crontab(hour=2, minute=20)),
    }

if "vrs_credentials" in settings.SCHEMES:
    SCHEDULE |= {
        "處理等候中的名冊": ("vrs_credentials.tasks.run_waiting_rosters", 60.0),
        "刪除逾期名冊": ("vrs_credentials.tasks.drop_old_rosters", crontab(hour=3, minute=50)),
    }

SCHEDULED = {task for task, _ in SCHEDULE.values()}
BY_THE_DAY = {task for task, when in SCHEDULE.values() if isinstance(when, crontab)}
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

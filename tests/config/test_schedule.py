import pytest
from celery.schedules import crontab

from config.celery import SCHEDULE, app


@pytest.mark.parametrize("name", sorted(SCHEDULE))
def test_what_is_scheduled_is_there(name: str) -> None:
    app.loader.import_default_modules()
    assert SCHEDULE[name][0] in app.tasks


@pytest.mark.parametrize("name", sorted(name for name, (_, when) in SCHEDULE.items() if isinstance(when, crontab)))
def test_a_daily_task_runs_once_in_its_hour(name: str) -> None:
    when = SCHEDULE[name][1]
    assert isinstance(when, crontab)
    assert len(when.minute) == 1
    assert str(when.tz or app.timezone) == "Asia/Taipei"


def test_a_nudge_without_redis_fails_at_once_and_is_not_kept(settings) -> None:
    """The caller catches it: the row stays in the database for the next beat."""
    assert settings.CELERY_TASK_PUBLISH_RETRY is False
    assert app.conf.task_publish_retry is False
    assert app.conf.task_acks_late is True
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.broker_transport_options["max_retries"] == 1

import pytest
from celery.schedules import crontab

from config.celery import app
from kernel.jobs import JOBS, Job


@pytest.mark.parametrize("job", JOBS, ids=lambda one: one.task)
def test_what_is_scheduled_is_there(job: Job) -> None:
    app.loader.import_default_modules()
    assert job.task in app.tasks


def test_the_beat_sends_the_jobs_of_every_part() -> None:
    assert {name: one["task"] for name, one in app.conf.beat_schedule.items()} == {one.label: one.task for one in JOBS}


def test_a_daily_task_runs_once_in_its_hour() -> None:
    times = [one["schedule"] for one in app.conf.beat_schedule.values() if isinstance(one["schedule"], crontab)]
    assert len(times) > 8
    assert {len(when.minute) for when in times} == {1}
    assert {str(when.tz or app.timezone) for when in times} == {"Asia/Taipei"}


def test_a_nudge_without_redis_fails_at_once_and_is_not_kept(settings) -> None:
    """The caller catches it: the row stays in the database for the next beat."""
    assert settings.CELERY_TASK_PUBLISH_RETRY is False
    assert app.conf.task_publish_retry is False
    assert app.conf.task_acks_late is True
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.broker_transport_options["max_retries"] == 1

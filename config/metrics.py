"""Figures of the running site 監測數據, in the text form Prometheus reads: requests as they happen, the state of work when asked.

`/metrics` answers only who brings METRICS_TOKEN; without the setting there is no such address, and nginx never passes it on.
With several web processes PROMETHEUS_MULTIPROC_DIR names a folder in memory in which they add up (docker/gunicorn.py sets it).
"""

import os
import time
from collections.abc import Callable, Iterator
from secrets import compare_digest

from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector
from redis import Redis
from redis.exceptions import RedisError

from accounts.clock import difference, now, today
from casework.jobs import watch
from casework.models import JobRun

REQUESTS = Counter("portal_requests", "Answers", ["view", "method", "status"])
SECONDS = Histogram(
    "portal_request_seconds", "Time to the answer", ["view"], buckets=(0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10)
)


class Measured:
    """Outermost: what the visitor waited for. Views go by name, so that no case number becomes a label."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        found = request.resolver_match
        view = (found.view_name or "unnamed") if found else "none"
        method = request.method if request.method in ("GET", "HEAD", "POST") else "other"
        REQUESTS.labels(view, method, str(response.status_code)).inc()
        SECONDS.labels(view).observe(time.perf_counter() - began)
        return response


class Work(Collector):
    """The state of work, asked of the database at each reading. Counts stop at watch.CAP + 1."""

    def collect(self) -> Iterator[Metric]:
        at, day = now(), today()
        waiting = GaugeMetricFamily("portal_waiting", "What waits longer than it should, by kind", labels=["what"])
        for what, count in watch.troubles(at, day).counts().items():
            waiting.add_metric([what], count)
        yield waiting
        yield CounterMetricFamily("portal_deadlocks", "Acts that waited for one another", watch.deadlocks()[0])
        jobs = GaugeMetricFamily("portal_job_age_seconds", "Since the scheduled job last ended", labels=["job"])
        for name, ended in JobRun.objects.exclude(ended_at=None).values_list("name", "ended_at"):
            assert ended is not None  # excluded above
            jobs.add_metric([name], (at - ended).total_seconds())
        yield jobs
        yield GaugeMetricFamily("portal_clock_ahead_seconds", "Of the database's clock", difference().total_seconds())
        if (length := _queue_length()) is not None:
            yield GaugeMetricFamily("portal_queue_length", "Messages no worker has taken yet", length)


def _queue_length() -> int | None:
    """None where Redis is away or there is none: the database keeps the to-do list all the same."""
    if not settings.REDIS_URL:
        return None
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5) as broker:
            return broker.llen(current_app.conf.task_default_queue)
    except (RedisError, OSError):
        return None


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    brought = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not compare_digest(brought.encode(), settings.METRICS_TOKEN.encode()):
        raise Http404
    requests, work = REGISTRY, CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        requests = CollectorRegistry()
        MultiProcessCollector(requests)
    work.register(Work())
    return HttpResponse(generate_latest(requests) + generate_latest(work), content_type=CONTENT_TYPE_LATEST)

"""What every task does before and after its own work."""

from typing import Any

import structlog
from celery import Task

from accounts import clock
from casework.jobs import runs
from kernel.asking import asking
from kernel.jobs import JOBS, At

log = structlog.get_logger(__name__)


class Job(Task):
    """Every task. A scheduled one leaves a mark of when it ran; one by whose run days pass trusts no clock that lies.

    A worker whose clock is a day ahead would let deadlines lapse before their time, and no later run could take that back.
    The database's clock is the second witness: where the two differ nothing is done, and the run comes again.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with asking(f"job:{self.name}"):
            return self._run(*args, **kwargs)

    def _run(self, *args: Any, **kwargs: Any) -> Any:
        if self.request.called_directly or self.name not in JOBS:
            return super().__call__(*args, **kwargs)
        if isinstance(JOBS[self.name].when, At) and abs(ahead := clock.difference()) > clock.FARTHEST:
            log.error("clock_not_believed", task=self.name, ahead_seconds=ahead.total_seconds())
            runs.refused(self.name, f"本機時鐘與資料庫相差 {ahead.total_seconds():.0f} 秒，未執行", at=clock.now())
            return None
        with runs.run_of(self.name, clock=clock.now):
            return super().__call__(*args, **kwargs)

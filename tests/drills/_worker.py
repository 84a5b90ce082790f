"""The site's worker and scheduler with one more handler and a hurried schedule: `celery -A tests.drills._worker …`."""

import time
from datetime import datetime

from config.celery import app
from tests.drills import CODE

SLOWLY = 0.002  # seconds per deadline, so that there is a middle to be killed in

HURRIED = {
    "sweep": {"task": "casework.tasks.sweep_daily", "schedule": 1.0},
    "notices": {"task": "casework.tasks.deliver_notices", "schedule": 1.0},
}
# a task in a killed worker's hands comes back from Redis after this; the beat does not wait for it
app.conf.broker_transport_options = {**app.conf.broker_transport_options, "visibility_timeout": 5}


def lapse(deadlines: list, at: datetime) -> None:
    """An event on each case and a letter to its person: each exactly once."""
    from casework.cases.events import record
    from casework.cases.moving import lock
    from casework.models import Case
    from casework.notices.outbox import Told, notify_each

    told = []
    for deadline in deadlines:
        case = lock(deadline.case)
        record(case, "drill.late", "逾期未答復", by=None, at=at)
        told.append(Told(case.person, "逾期通知", "答復期限已過。", f"drill:{deadline.pk}", Case(pk=case.pk)))
        time.sleep(SLOWLY)
    notify_each(told, code=CODE, at=at)


@app.on_after_finalize.connect
def _register(sender, **kwargs) -> None:  # type: ignore[no-untyped-def]
    from casework.deadlines.handlers import HANDLERS, Handler

    if CODE not in HANDLERS:
        HANDLERS.add(Handler(CODE, lapse))
    sender.conf.beat_schedule = HURRIED  # the parts of the site have set theirs before

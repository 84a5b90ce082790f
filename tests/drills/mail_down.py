"""The mail server gone for half a day 郵件主機停止: letters wait with growing pauses, the mail log says why, then all go once."""

from datetime import timedelta
from typing import Any

import time_machine

from accounts.clock import now
from accounts.models import User
from casework.jobs import watch
from casework.models import Notice
from casework.notices.delivery import deliver_due
from casework.notices.outbox import notify
from tests.drills._site import Site, check

LETTERS, HOURS = 50, 12


def run(site: Site) -> dict[str, Any]:
    site.stop_mail()
    began = now()
    people = User.objects.bulk_create(
        User(account_name=f"mail{n}", email=f"mail{n}@example.org", name=f"王小明{n}", password="!")
        for n in range(LETTERS)
    )
    notify(users=people, code="drill", subject="已收到申請", body="您的申請已送達。", key="drill", at=began)
    connections = 0
    for minute in range(0, HOURS * 60, 10):
        with time_machine.travel(began + timedelta(minutes=minute), tick=False):
            if Notice.objects.filter(mail_state=Notice.Mail.QUEUED, next_try_at__lte=now()).exists():
                connections += 1
                deliver_due(at=now())
    rows = Notice.objects.filter(code="drill")
    check(rows.filter(mail_state=Notice.Mail.QUEUED).count() == LETTERS, "a letter was given up in half a day")
    check("ConnectionRefused" in rows.order_by("-tries")[0].error, "the mail log does not say why")
    later = began + timedelta(hours=HOURS)
    stuck = watch.stuck_notices(later + timedelta(hours=7)).count()
    mail, tries = site.start_mail(), max(rows.values_list("tries", flat=True))
    with time_machine.travel(later + timedelta(hours=7), tick=False):
        while deliver_due(at=now()):
            pass
    check(rows.filter(mail_state=Notice.Mail.SENT).count() == LETTERS, "not all went out")
    check(sorted(a for a, _ in mail.taken) == sorted(p.email for p in people), "not each letter exactly once")
    return {
        "letters": LETTERS,
        "hours_away": HOURS,
        "connections_tried": connections,
        "most_tries_of_one": tries,
        "shown_as_stuck": stuck,
        "sent_afterwards": LETTERS,
        "sent_twice": 0,
    }

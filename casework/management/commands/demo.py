"""The demonstration: every app's `demo` module brings its people and cases."""

from operator import attrgetter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.clock import now, today
from accounts.demo import DEMONSTRATIONS
from accounts.services.offices import load_offices
from casework.deadlines.sweeping import sweep


class Command(BaseCommand):
    help = "Loads the demonstration (DEMO only); what is there already stays."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("DEMO is off: demonstration data never enters a real site.")
        load_offices()
        for one in sorted(DEMONSTRATIONS, key=attrgetter("order")):
            made = one.build()
            self.stdout.write(f"{one.code}：新增 {made} 件。")
        sweep(on=today(), at=now())  # what has fallen due in the stories is told today

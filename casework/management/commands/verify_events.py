"""`manage.py verify_events`: every case's chain of events, recomputed. Exit 1 when one does not hold."""

from typing import Any

from django.core.management.base import BaseCommand

from casework.cases.events import broken_links
from casework.models import Case


class Command(BaseCommand):
    help = "重新計算每一案件的歷程雜湊，找出被竄改、遺失或調換的紀錄。"

    def handle(self, *args: Any, **options: Any) -> None:
        cases = events = broken = 0
        for case in Case.objects.only("number", "events_count", "digest").order_by("pk").iterator(chunk_size=500):
            cases, events = cases + 1, events + case.events_count
            sentences = broken_links(case)
            broken += bool(sentences)
            for sentence in sentences:
                self.stdout.write(sentence)
        self.stdout.write(f"{cases} cases, {events} events, {broken} broken")
        if broken:
            raise SystemExit(1)

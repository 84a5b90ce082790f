"""`manage.py check_consistency`: rows and files that contradict each other, each named. Exit 1 when there are any."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.clock import now
from casework.jobs.consistency import contradictions


class Command(BaseCommand):
    help = "檢查案件、期限、文件、附件與通知彼此是否一致，並執行各計畫自己的檢查。"

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for sentence in contradictions(at=now()):
            found += 1
            self.stdout.write(sentence)
        self.stdout.write(f"{found} contradictions")
        if found:
            raise SystemExit(1)

"""`manage.py clauses`: clause → rule → who asks it → test and its last day, one rule a line; the last line counts. Exit 1 when one lacks."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from casework.management.clause_list import entries


class Command(BaseCommand):
    help = "列出每一條規定：條次、規則、詢問它的辦理事項與畫面、測試及最近測試日；缺一即為缺口。"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--gaps", action="store_true", help="僅列出缺口")

    def handle(self, *args: Any, **options: Any) -> None:
        found = entries()
        for one in found:
            if one.gaps or not options["gaps"]:
                self.stdout.write(str(one))
        gaps = sum(bool(one.gaps) for one in found)
        self.stdout.write(f"{len(found)} clauses, {gaps} gaps")
        if gaps:
            raise SystemExit(1)

"""`manage.py clauses`: clause → rule → screen → test, one rule a line; the last line counts. Exit 1 when a rule of a scheme
that is built lacks one of them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from casework.management.clause_list import entries, undeclared


class Command(BaseCommand):
    help = "列出每一條規定：條次、規則、畫面、測試；缺一即為缺口。"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--gaps", action="store_true", help="僅列出缺口")

    def handle(self, *args: Any, **options: Any) -> None:
        found = entries()
        for one in found:
            if one.gaps or not options["gaps"]:
                self.stdout.write(str(one))
        silent = undeclared()
        for app in silent:
            self.stdout.write(f"{app}：rules 未列出 RULES，無從得知規定是否齊全")
        gaps = sum(bool(one.gaps) for one in found) + len(silent)
        self.stdout.write(f"{len(found)} clauses, {gaps} gaps")
        if gaps:
            raise SystemExit(1)

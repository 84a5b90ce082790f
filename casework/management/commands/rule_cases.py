"""`manage.py rule_cases FILE…`: rule cases written in YAML, run without a database. Exit 1 when any failed."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.clock import today
from kernel import cases
from kernel.cases import CasesError, Result
from kernel.law import declared_law


class Command(BaseCommand):
    help = "執行規則案例檔（YAML），不需資料庫。"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--lines", action="store_true", help="列出每個案例的推論過程")

    def handle(self, *args: Any, **options: Any) -> None:
        law, day = declared_law(), today()
        results: list[Result] = []
        for path in options["files"]:
            try:
                found = cases.run(cases.load(path.read_text(encoding="utf-8-sig")), law, today=day)
            except (CasesError, OSError, UnicodeError) as error:
                # A file nobody can read never counts as passed.
                found = [Result(str(path), "", False, str(error))]
            for one in found:
                self._tell(path, one, options["lines"])
            results += found
        self.stdout.write(cases.summary(results))
        if not all(one.passed for one in results):
            raise SystemExit(1)

    def _tell(self, path: Path, one: Result, lines: bool) -> None:
        if not one.passed:
            self.stdout.write(f"FAILED {path}: {one.rule} {one.name}: {one.message}")
        if lines and one.outcome is not None:
            self.stdout.write(f"{one.rule} {one.name}")
            for line in one.outcome.lines:
                self.stdout.write(f"    {line.text} {line.comparison}（{line.citation}）")

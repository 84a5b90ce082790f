"""Draws the state tables into docs/states/; `--check` fails when a drawing is not that of the code."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.cases.casetypes import all_casetypes


class Command(BaseCommand):
    help = "Writes docs/states/<kind>.md for every kind of case; --check compares instead."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        folder, old = Path(settings.BASE_DIR) / "docs" / "states", []
        for one in all_casetypes():
            file = folder / f"{one.kind}.md"
            drawn = f"# {one.label} `{one.kind}`\n\n```mermaid\n{one.table.diagram()}```\n"
            if check:
                if not file.exists() or file.read_text() != drawn:
                    old.append(file.name)
            else:
                folder.mkdir(parents=True, exist_ok=True)
                file.write_text(drawn)
        if old:
            raise CommandError(f"not as the code has it: {', '.join(old)} (manage.py state_diagrams)")
        self.stdout.write(f"{len(all_casetypes())} kinds")

"""`manage.py restore FOLDER`: put a backup into the empty database and file store of these settings, and compare."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.backup import BackupError, restore


class Command(BaseCommand):
    help = "將備份還原至空白資料庫與空白檔案區，並逐表逐檔比對。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            manifest = restore(folder, say=self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from None
        rows = sum(int(count) for count, _ in manifest["tables"].values())
        self.stdout.write(
            f"{len(manifest['tables'])} tables, {rows} rows, {len(manifest['files'])} files: equal to the backup"
        )

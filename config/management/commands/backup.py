"""`manage.py backup FOLDER`: the database and the files of this moment. `--check FOLDER` compares a backup with its manifest."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.clock import now
from config.backup import BackupError, backup, check


class Command(BaseCommand):
    help = "備份資料庫與檔案至新資料夾；--check 僅核對既有備份。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--check", action="store_true", help="核對，不備份")

    def handle(self, *args: Any, folder: Path, check: bool, **options: Any) -> None:
        try:
            manifest = _check(folder) if check else backup(folder, at=now(), say=self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from None
        except FileExistsError:
            raise CommandError(f"{folder} is there already: a backup gets a folder of its own.") from None
        rows = sum(int(count) for count, _ in manifest["tables"].values())
        self.stdout.write(f"{len(manifest['tables'])} tables, {rows} rows, {len(manifest['files'])} files")


_check = check

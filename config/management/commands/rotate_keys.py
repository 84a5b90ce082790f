"""`manage.py rotate_keys [--rehearse] [--index]`: seal everything under the first key of FIELD_KEYS; make digests anew.

For `--index` INDEX_KEY is the new key and INDEX_KEY_OLD, in the environment of this one command, the former.
"""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.crypto import Undecipherable
from config import rotation


class Command(BaseCommand):
    help = "以新金鑰重新加密個人資料（--index：重算查詢用雜湊；--rehearse：僅列出筆數）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rehearse", action="store_true", help="只列出尚未使用新金鑰的筆數")
        parser.add_argument("--index", action="store_true", help="重算查詢用雜湊（INDEX_KEY_OLD 為舊金鑰）")

    def handle(self, *args: Any, rehearse: bool, index: bool, **options: Any) -> None:
        if index:
            self._index(rehearse)
            return
        try:
            counts = rotation.left_under_other_keys() if rehearse else rotation.turn_field_keys()
        except Undecipherable as error:
            raise CommandError(
                f"{error}: a value is under none of the keys in FIELD_KEYS; nothing more was done."
            ) from None
        for column, count in sorted(counts.items()):
            self.stdout.write(f"{column} {count}")
        self.stdout.write(f"{counts.total()} {'to be sealed anew' if rehearse else 'sealed anew'}")

    def _index(self, rehearse: bool) -> None:
        if rehearse:
            raise CommandError("--rehearse counts sealed values only.")
        try:
            old = rotation.read_key(os.environ.get("INDEX_KEY_OLD", ""))
        except ValueError:
            raise CommandError("INDEX_KEY_OLD must be the former key, 32 bytes in base64.") from None
        done, left = rotation.turn_index_key(old)
        for column, count in sorted(done.items()):
            self.stdout.write(f"{column} {count}")
        for column, count in sorted(left.items()):
            self.stdout.write(f"{column} {count} left: no identifier on file")
        self.stdout.write(f"{done.total()} made anew, {left.total()} left")

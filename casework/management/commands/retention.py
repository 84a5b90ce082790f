"""`manage.py retention [--rehearse]`: delete what is over its term of keeping, or only say what would go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.clock import now
from casework.jobs.retention import KEPT, clear


class Command(BaseCommand):
    help = "刪除逾保存期限之資料；--rehearse 只列出筆數，不變更任何資料。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rehearse", action="store_true", help="只列出，不刪除")

    def handle(self, *args: Any, rehearse: bool, **options: Any) -> None:
        done = clear(at=now(), rehearse=rehearse)
        for kept in KEPT:
            self.stdout.write(f"{kept.label}（保存 {kept.days} 日）：{done[kept.code]} 筆。{kept.why}。")
        self.stdout.write("試算，未變更" if rehearse else "完成")

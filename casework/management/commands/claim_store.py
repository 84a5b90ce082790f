"""`manage.py claim_store`: database and file store of these settings belong together; both get a new mark."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.clock import now
from casework.jobs import consistency, orphans


class Command(BaseCommand):
    help = "確認資料庫與檔案區屬於同一站之後，為兩者寫入新的識別碼；夜間清理才會繼續。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--sure", action="store_true", help="真的寫入；不加時只列出兩者的識別碼是否相符、檔案與紀錄是否相符"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        ours, theirs = orphans.marks()
        fits = "相符" if ours and ours == theirs else "都還沒有" if not (ours or theirs) else "不符"
        self.stdout.write(f"識別碼{fits}：資料庫 {ours or '無'}、檔案區 {theirs[:40] or '無'}")
        files = (consistency.documents_with_their_files, consistency.attachments_with_their_files)
        missing = sum(1 for check in files for _ in check())
        nameless = len(orphans.files_without_rows(at=now()))
        self.stdout.write(f"有紀錄而檔案不存在或不符：{missing}；有檔案而無紀錄：{nameless}")
        if not options["sure"]:
            raise CommandError("確定這個資料庫與檔案區屬於同一站時，請加 --sure 再執行一次。")
        orphans.claim(at=now())
        self.stdout.write("已寫入新的識別碼。")

"""`manage.py load_site_offices`: the offices of 附件2 into the register; safe to run again."""

from typing import Any

from accounts.tables import TablesCommand
from senior45.services.offices import load_site_offices


class Command(TablesCommand):
    help = "載入45+就業資源網之機關（本署、分署、縣市及所屬據點）；已有資料不變。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"新增 {load_site_offices()} 個機關。")

from typing import Any

from accounts.services.offices import load_offices
from accounts.tables import TablesCommand


class Command(TablesCommand):
    help = "Puts the agency's branches and the 22 counties into the register; safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"新增 {load_offices()} 個機關。")

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.certificates.authorities import folder
from accounts.certificates.software_card import TestAuthority, authority_in


class Command(BaseCommand):
    help = "Makes the authority of the demonstration's software cards; safe to run again. Refused on a real site."

    def handle(self, *args: Any, **options: Any) -> None:
        place = folder()
        if not settings.DEMO or place is None:
            raise CommandError("測試憑證機構只能在展示環境（DEMO=1）建立。")
        if place.exists() and not TestAuthority(place).exists:
            raise CommandError("CERTIFICATE_FOLDER 已有其他憑證機構的檔案，請改用另一個資料夾。")
        authority_in(place)
        self.stdout.write(f"測試憑證機構：{place}")

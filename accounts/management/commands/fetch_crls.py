from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.certificates.fetching import fetch_crls
from accounts.clock import now


class Command(BaseCommand):
    help = "Renews the revocation lists in CERTIFICATE_FOLDER/crls; says of each whether it is the newest."

    def handle(self, *args: Any, **options: Any) -> None:
        done = fetch_crls(at=now())
        for one in done:
            self.stdout.write(f"{'ok' if not one.problem else one.problem}\t{one.address}")
        if any(one.problem for one in done):
            raise CommandError("有廢止清冊未能更新。")

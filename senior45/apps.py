from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in

from accounts.clock import now


class Senior45Config(AppConfig):
    name = "senior45"
    verbose_name = "45+就業資源網帳號與刊登"

    def ready(self) -> None:
        # A sign-in anywhere in the portal, whichever way, counts as use of the account (S45-09).
        user_logged_in.connect(_on_sign_in, dispatch_uid="senior45.signed_in")


def _on_sign_in(sender: Any, user: Any, **kwargs: Any) -> None:
    from senior45.services.idling import signed_in

    signed_in(user=user, at=now())

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Enters what the parts of the site bring, once every app's models are there."""

    name = "config"
    verbose_name = "設定"

    def ready(self) -> None:
        from accounts.parts import enter_parts
        from config import celery, checks

        checks.enter()
        enter_parts()
        celery.set_schedule()

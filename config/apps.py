from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Only registers the system checks of config.checks."""

    name = "config"
    verbose_name = "設定"

    def ready(self) -> None:
        import config.checks  # noqa: F401  (registers by import)

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "使用者與機關"

    def ready(self) -> None:
        from accounts import checks, signals

        checks.enter()
        post_migrate.connect(_sync, dispatch_uid="accounts.sync_rights")
        signals.connect()


def _sync(sender: AppConfig, **kwargs: object) -> None:
    # guardian and auth tables exist once the last app has migrated; the act is idempotent, so each app's signal may run it.
    from django.apps import apps

    with_models = [one for one in apps.get_app_configs() if one.models_module is not None]
    if sender is with_models[-1]:
        from accounts.services.roles import sync_rights

        sync_rights()

from django.apps import AppConfig


class VrsCredentialsConfig(AppConfig):
    name = "vrs_credentials"
    label = "vrs_credentials"
    verbose_name = "職業重建專業人員資格"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.care import register_care
        from accounts.services.openings import register_card_holders
        from vrs_credentials.permissions import is_professional, people_in_care

        register_card_holders(is_professional)
        register_care(people_in_care)

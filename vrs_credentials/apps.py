from django.apps import AppConfig


class VrsCredentialsConfig(AppConfig):
    name = "vrs_credentials"
    label = "vrs_credentials"
    verbose_name = "職業重建專業人員資格"
    default_auto_field = "django.db.models.BigAutoField"

from django.apps import AppConfig


class VrsCredentialsConfig(AppConfig):
    name = "vrs_credentials"
    verbose_name = "職業重建專業人員資格"

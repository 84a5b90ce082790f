from django.apps import AppConfig


class OjtSubsidyConfig(AppConfig):
    name = "ojt_subsidy"
    label = "ojt_subsidy"
    verbose_name = "產業人才投資方案課程與補助"
    default_auto_field = "django.db.models.BigAutoField"

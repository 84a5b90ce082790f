from django.apps import AppConfig


class OjtSubsidyConfig(AppConfig):
    name = "ojt_subsidy"
    label = "ojt_subsidy"
    verbose_name = "產業人才投資方案課程與補助"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.care import register_care
        from ojt_subsidy.permissions import people_in_care

        register_care(people_in_care)

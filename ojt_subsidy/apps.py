from django.apps import AppConfig


class OjtSubsidyConfig(AppConfig):
    name = "ojt_subsidy"
    verbose_name = "產業人才投資方案課程與補助"

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CaseworkConfig(AppConfig):
    name = "casework"
    verbose_name = "案件"

    def ready(self) -> None:
        # params and rules of every scheme enter the law and the rulebook; casetype registers kinds, rights and roles.
        autodiscover_modules("params", "rules", "casetype")

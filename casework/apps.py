from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class CaseworkConfig(AppConfig):
    name = "casework"
    verbose_name = "案件"

    def ready(self) -> None:
        # params and rules of every scheme enter the law and the rulebook; casetype registers kinds, rights and roles;
        # impact and whatif what stands open and what may be asked without doing it.
        autodiscover_modules("params", "sources", "rules", "casetype", "impact", "whatif")
        if settings.DEMO:
            autodiscover_modules("demo", "demo.law")  # the sign-in page offers a button for each role they register
        post_migrate.connect(_sync, sender=self, dispatch_uid="casework.sync_wordings")


def _sync(sender: AppConfig, **kwargs: object) -> None:
    from accounts.clock import now
    from casework.papers.wordings import sync_wordings

    sync_wordings(at=now())

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.urls import register_converter

from casework.converters import CaseNumber


class CaseworkConfig(AppConfig):
    name = "casework"
    verbose_name = "案件"

    def ready(self) -> None:
        register_converter(CaseNumber, "case")
        post_migrate.connect(_sync, sender=self, dispatch_uid="casework.sync_wordings")


def _sync(sender: AppConfig, **kwargs: object) -> None:
    from accounts.clock import now
    from casework.papers.wordings import sync_wordings

    sync_wordings(at=now())

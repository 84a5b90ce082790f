"""Whether the database has the tables of this code, and commands that begin a site saying so in a sentence."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def tables_are_there() -> bool:
    """Newer tables than the code's are fine: an upgrade brings them first."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


class TablesCommand(BaseCommand):
    """A command somebody runs by hand on a new site, perhaps before `migrate`."""

    requires_migrations_checks = True

    def check_migrations(self) -> None:
        if not tables_are_there():
            raise CommandError("資料庫尚未建立資料表，或資料表早於這個版本；請先執行 manage.py migrate。")

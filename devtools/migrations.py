"""Migrations that would lock or break a running site (`./dev check` runs this inside the Python environment).

Tables made new hold nobody up; what matters is every later change. A migration whose columns of text only become wider says so itself
(`only_wider`): PostgreSQL rewrites nothing for it, and the linter cannot tell.
"""

import os
import sys

import django


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.apps import apps
    from django.conf import settings
    from django.db.migrations.loader import MigrationLoader
    from django_migration_linter import MigrationLinter

    ours = [app.label for app in apps.get_app_configs() if str(app.path).startswith(str(settings.BASE_DIR))]
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations.values()
    wider = [one.name for one in known if getattr(one, "only_wider", False)]
    linter = MigrationLinter(
        str(settings.BASE_DIR), include_apps=ours, no_cache=True, quiet=["ok", "ignore"], ignore_name=wider
    )
    linter.lint_all_migrations()
    linter.print_summary()
    return int(linter.has_errors)


if __name__ == "__main__":
    sys.exit(main())

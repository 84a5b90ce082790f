"""Migrations that would lock or break a running site (`./dev check` runs this inside the Python environment).

Tables made new hold nobody up; what matters is every later change. A migration that must break the rule says so itself
with django_migration_linter's `IgnoreMigration()` operation and a comment.
"""

import os
import sys

import django


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.apps import apps
    from django.conf import settings
    from django_migration_linter import MigrationLinter

    ours = [app.label for app in apps.get_app_configs() if str(app.path).startswith(str(settings.BASE_DIR))]
    linter = MigrationLinter(str(settings.BASE_DIR), include_apps=ours, no_cache=True, quiet=["ok", "ignore"])
    linter.lint_all_migrations()
    linter.print_summary()
    return int(linter.has_errors)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Django's command line. `./dev manage …` runs it with the services and keys of the working copy."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # a migration, a backup or a turn of keys takes the time it takes; whoever started it watches
    os.environ.setdefault("DB_STATEMENT_SECONDS", "0")
    os.environ.setdefault("DB_IDLE_SECONDS", "0")
    execute_from_command_line(sys.argv)

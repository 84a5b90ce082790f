"""The kernel: law, outcome, dates, identifiers, machine, money. Plain Python: nothing of Django, nothing of the project."""

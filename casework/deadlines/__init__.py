"""Days that are owed: deadlines of cases and of things that outlive them, what happens when one passes, the calendar file."""

"""What stands before every page: a reference number, sign-in by default, idle sign-out, and what must be done first."""

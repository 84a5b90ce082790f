"""Querysets for screens, and the bridge from rows to the facts rules ask for."""

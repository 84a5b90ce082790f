"""Telling people: the outbox written with the act, who hears of what, messages on a case, mail and the daily letter."""

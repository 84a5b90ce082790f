"""Addresses that are a secret themselves: whoever reads one can set a password, an address, or read a person's days."""

import re

HIDDEN = "＊＊＊"
_TOKEN = re.compile(r"(?<=/set-password/)[^/\s'\"]+|(?<=/set-address/)[^/\s'\"]+|(?<=/calendar/)[^/\s'\"]+(?=\.ics)")


def without_tokens(text: str) -> str:
    """As anybody but its addressee may read it, in a log, in the back office, on a page."""
    return _TOKEN.sub(HIDDEN, text)

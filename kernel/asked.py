"""What an address or a hidden field asks for. Anybody can write anything there: what cannot be meant is nothing, never an error."""

from urllib.parse import urlencode

#: No key and no year has more: one digit more and the database's integer may be too small for it.
DIGITS = 9


def whole_number(text: str | None) -> int | None:
    """The number in `text`, in ASCII digits as our own pages write it; None for everything else, `²` and twenty digits too."""
    if text and text.isascii() and text.isdigit() and len(text) <= DIGITS:
        return int(text)
    return None


def before_page(**asked: object) -> str:
    """What a list was asked for, spelled for the links to its other pages (components/pagination.html): `q=R%26D&`."""
    given = {name: value for name, value in asked.items() if value not in (None, "")}
    return f"{urlencode(given)}&" if given else ""

"""Tables of state × transition × role, as far as the suite goes through them."""

from collections.abc import Collection


def is_asked(state: str, states: Collection[str], sources: Collection[str], *, may: bool, whole: bool) -> bool:
    """Whoever may take a transition is asked in every state. Whoever may not is refused before anybody looks at the state
    (casework's `move`: right, then state): the suite asks them where the transition leaves from and in the first state where it does not,
    `./dev drill full_size` in every one."""
    elsewhere = next((one for one in states if one not in sources), None)
    return whole or may or state in sources or state == elsewhere

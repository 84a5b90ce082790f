"""How long a piece of work takes."""

import statistics
import time
from collections.abc import Callable
from typing import Any

#: Set for a quick run, which only shows that everything runs: once is enough.
quick = False


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds and result."""
    started = time.perf_counter()
    answer = work()
    return time.perf_counter() - started, answer


def median_ms(work: Callable[[], Any], rounds: int) -> float:
    """Milliseconds, after a warm-up."""
    work()
    return round(statistics.median(timed(work)[0] for _ in range(1 if quick else rounds)) * 1000, 2)

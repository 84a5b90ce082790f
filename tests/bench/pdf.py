"""One account form beside bare WeasyPrint of the same HTML, and eighty pages in one batch beside eighty single runs."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from casework.papers import rendering
from ojt_accounts.documents import blank_account_form

CODE = "ojt.account_form"


def run(quick: bool) -> dict[str, Any]:
    from weasyprint import CSS, HTML

    rounds, pages = (2, 8) if quick else (15, 80)
    context = {**blank_account_form(), "name": "陳美惠", "unit": "財團法人南瀛職業訓練基金會", "program_year": 115}
    text = rendering.html(CODE, context)
    sheet = CSS(filename=rendering._css_path(), font_config=rendering._fonts())

    def bare() -> bytes:
        return HTML(string=text).write_pdf(stylesheets=[sheet], font_config=rendering._fonts())

    def ours() -> bytes:
        return rendering.render(CODE, context)

    bare(), ours()
    times = [(_seconds(bare), _seconds(ours)) for _ in range(rounds)]
    bare_ms, ours_ms = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
    contexts = [{**context, "name": f"申請人{n}"} for n in range(pages)]
    started = time.perf_counter()
    made = rendering.render_batch(CODE, contexts)
    batch = time.perf_counter() - started
    if len(made) != pages or any(rendering.page_count(one) != 1 for one in made):
        raise AssertionError(f"{len(made)} papers of {pages}")
    return {
        "ms": round(ours_ms, 1),
        "bare_ms": round(bare_ms, 1),
        "ratio": round(ours_ms / bare_ms, 2),
        "ratio_at_most": 1.3,
        "batch_pages": pages,
        "batch_seconds": round(batch, 2),
        "batch_to_singles": round(batch * 1000 / (ours_ms * pages), 2),
    }


def _seconds(work: Callable[[], bytes]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started

"""Every paper of a class, its certificates as separate files: seconds, beside bare WeasyPrint of the same pages; peak memory."""

import resource
import tempfile
import time
from datetime import timedelta
from typing import Any

from django.test.utils import override_settings

from casework.law.in_force import law_in_force
from casework.models import Document
from casework.papers import rendering
from ohs_training import documents
from ohs_training.selectors.classes import class_of
from ohs_training.services import issuing
from tests.bench._scratch import scratch_database
from tests.ohs_training import world as w

LATER = w.at(w.SECOND + timedelta(days=6), "10:00")


def run(quick: bool) -> dict[str, Any]:
    people = 15 if quick else 80
    with scratch_database(), tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        case = w.issued(w.world(), people=people)
        training_class, law = class_of(case), law_in_force()
        words = [word for word in documents.PRINTS if word != "proofs"]
        asked = {"law": law, "at": LATER, "today": LATER.date()}
        documents.printed(training_class, "filing", **asked)  # fonts are loaded once
        started = time.perf_counter()
        forms = [documents.printed(training_class, word, **asked) for word in words]
        issuing.run_waiting(at=LATER)
        ours = time.perf_counter() - started
        files = list(Document.objects.filter(paper="ohs_certificate"))
        if len(files) != people or any(one.pages != 1 for one in files):
            raise AssertionError(f"{len(files)} certificates of {people}")
        bare = _bare(training_class, words, asked, files)
    return {
        "people": people,
        "certificates": len(files),
        "form_pages": sum(rendering.page_count(one) for one in forms),
        "pack_seconds": round(ours, 2),
        "bare_seconds": round(bare, 2),
        "ratio": round(ours / bare, 2),
        "ratio_at_most": 1.3,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "peak_mb_at_most": 700,
    }


def _bare(training_class: Any, words: list[str], asked: dict[str, Any], files: list[Document]) -> float:
    """The same pages laid out and written by WeasyPrint alone, the certificates as one document."""
    from weasyprint import CSS, HTML

    texts = []
    for word in words:
        code, context = documents.PRINTS[word]
        texts.append(rendering.html(code, context(training_class, **asked)))
    pages = [rendering.html("ohs_certificate", one.context) for one in files]
    joined = (
        pages[0][: pages[0].index("<body")]
        + "<body>"
        + "".join(p[p.index(">", p.index("<body")) + 1 : p.rindex("</body>")] for p in pages)
        + "</body></html>"
    )
    sheet = CSS(filename=rendering._css_path(), font_config=rendering._fonts())
    started = time.perf_counter()
    for text in (*texts, joined):
        HTML(string=text).write_pdf(stylesheets=[sheet], font_config=rendering._fonts())
    return time.perf_counter() - started

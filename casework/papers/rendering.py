"""Papers: templates to PDF. The only file that imports WeasyPrint."""

import functools
import hashlib
import io
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import segno
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template, render_to_string

from kernel.identifiers import mask_person_id
from kernel.registry import Registry

logging.getLogger("fontTools").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the check page says of the thing a paper certifies, today: a certificate runs out though its paper is the last."""

    holds: bool
    sentence: str
    rows: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of paper: code, printed title, template. `signed`: with the agency's electronic signature.

    `numbered`: a letter 函, which is a draft 稿 until its number (`letter_number` of the context) stands in it.

    `standing(document, on)` answers for the thing the paper certifies; None where the paper's own state is all there is.
    """

    code: str
    title: str
    template: str
    signed: bool = False
    numbered: bool = False
    standing: Callable[[Any, date], Standing | None] | None = None


PAPERS: Registry[Paper] = Registry("paper")


def paper(code: str) -> Paper:
    return PAPERS[code]


@functools.cache
def _stylesheet() -> Any:
    from weasyprint import CSS

    return CSS(filename=_css_path(), font_config=_fonts())


@functools.cache
def _fonts() -> Any:
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


def _css_path() -> str:
    found = finders.find("css/paper.css")
    return found if found else str(Path(settings.STATIC_ROOT) / "css/paper.css")


def template_version(code: str) -> str:
    """Digest of the template and the stylesheet: which form a document was made with."""
    form = get_template(paper(code).template).origin.name  # type: ignore[attr-defined]
    source = Path(form).read_bytes() + Path(_css_path()).read_bytes()
    return hashlib.sha256(source).hexdigest()[:16]


def html(code: str, context: Mapping[str, Any]) -> str:
    return render_to_string(paper(code).template, {"paper": paper(code), **context})


@functools.cache
def _inside() -> Any:
    """Papers are whole in themselves: only data: addresses are read, anything else stops the rendering."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=("data",), fail_on_errors=True)


_PERSON_ID = re.compile(r"(?<![0-9A-Za-z])[A-Z][A-D0-9]\d{8}(?![0-9A-Za-z])")


def masked(said: Any) -> Any:
    """What a paper says, with every personal identifier masked wherever it stands; pictures are left alone."""
    match said:
        case str():
            if said.startswith("data:") or not _PERSON_ID.search(said):
                return said
            return _PERSON_ID.sub(lambda one: mask_person_id(one[0]), said)
        case Mapping():
            return {key: masked(value) for key, value in said.items()}
        case list() | tuple():
            return type(said)(masked(value) for value in said)
        case _:
            return said


def render_html(text: str) -> bytes:
    from weasyprint import HTML

    document = HTML(string=text, url_fetcher=_inside())
    return document.write_pdf(stylesheets=[_stylesheet()], font_config=_fonts())


def render(code: str, context: Mapping[str, Any]) -> bytes:
    """One paper as PDF."""
    return render_html(html(code, context))


def render_batch(code: str, contexts: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """Many papers of a kind, laid out and written in one run, then split: several times faster than one by one.

    Each paper's pages are found by a bookmark that the batch puts before it. Page numbers are left out: they would run on.
    """
    from weasyprint import HTML

    parts = [html(code, context) for context in contexts]
    bodies = [part[part.index("<body") : part.rindex("</body>")] for part in parts]
    head = parts[0][: parts[0].index("<body")]
    joined = "".join(
        f"<section style=\"break-before:page;bookmark-level:1;bookmark-label:'batch-{n}'\">"
        f"{body[body.index('>') + 1 :]}</section>"
        for n, body in enumerate(bodies)
    )
    unnumbered = "<style>@page { @bottom-right { content: none } }</style>"
    document = HTML(string=f"{head}{unnumbered}<body>{joined}</body></html>", url_fetcher=_inside()).render(
        stylesheets=[_stylesheet()], font_config=_fonts()
    )
    starts = [
        number
        for number, page in enumerate(document.pages)
        for level, label, *_ in page.bookmarks
        if label.startswith("batch-")
    ]
    ends = [*starts[1:], len(document.pages)]
    with pikepdf.open(io.BytesIO(document.write_pdf())) as whole:
        return [_pages(whole, a, b) for a, b in zip(starts, ends, strict=True)]


def _pages(whole: pikepdf.Pdf, start: int, end: int) -> bytes:
    with pikepdf.new() as one:
        one.pages.extend(whole.pages[start:end])
        one.docinfo["/Title"] = whole.docinfo.get("/Title", "")
        out = io.BytesIO()
        one.save(out, deterministic_id=True)
    return out.getvalue()


def page_count(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def qr(text: str) -> str:
    """A QR code as data: address for an <img>."""
    return segno.make(text, error="m").svg_data_uri(border=2, scale=3)

"""The demonstration as the place where everything is walked: a person for each sign-in button, cases in every state, with papers that are quick to make.

What a paper prints is kept readable inside a small PDF, so that one look into the bytes shows every word of it; the real
rendering is tests/ojt_accounts/test_papers.py and its sisters. Uploads of the demonstration are its own and are not judged again.
"""

import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from casework.cases import attachments
from casework.intake.judge import Verdict
from casework.papers import rendering

_TAG = re.compile(r"<(style|script)\b.*?</\1>|<[^>]+>", re.DOTALL)


def text_of(page: str) -> str:
    """What a reader sees of HTML: words, without the data of pictures."""
    return unescape(_TAG.sub(" ", page))


def readable_pdf(page: str) -> bytes:
    """A valid PDF of one empty page that carries the words in clear."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.Root.Words = pikepdf.Stream(pdf, text_of(page).encode())
    out = io.BytesIO()
    pdf.save(out, compress_streams=False, deterministic_id=True)
    return out.getvalue()


def _quick_batch(code: str, contexts: Sequence[Mapping[str, Any]]) -> list[bytes]:
    return [readable_pdf(rendering.html(code, context)) for context in contexts]


def _taken(path: Path, *, kind: str = "pdf", **given: Any) -> Verdict:
    data = Path(path).read_bytes()
    media = "application/pdf" if data[:5] == b"%PDF-" else "image/png" if data[:4] == b"\x89PNG" else "image/jpeg"
    return Verdict(True, "ok", "", 1, media, len(data), hashlib.sha256(data).hexdigest())


@contextmanager
def quick_papers() -> Iterator[None]:
    """Papers are made and uploads taken without the work that their own tests watch."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rendering, "render_html", readable_pdf)
        patch.setattr(rendering, "render_batch", _quick_batch)
        patch.setattr(attachments, "judge", _taken)
        yield


@contextmanager
def loaded(media: Path) -> Iterator[None]:
    """The demonstration in the test database, for as long as the block lasts."""
    with (
        quick_papers(),
        override_settings(DEMO=True, STAFF_SECOND_FACTOR=False, MEDIA_ROOT=str(media), KEY_FOLDER=f"{media}-keys"),
        transaction.atomic(),
    ):
        call_command("demo", verbosity=0)
        yield
        transaction.set_rollback(True)


BACKEND = settings.AUTHENTICATION_BACKENDS[0]

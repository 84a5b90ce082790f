"""200 signed certificates: milliseconds each, beside laying the same papers out without signing."""

import tempfile
import time
from typing import Any

from django.conf import settings

from casework.law.in_force import law_in_force
from casework.papers import rendering
from casework.papers.signing import sign
from tests.bench import _vrs
from vrs_credentials.documents import CERTIFICATE, certificate_context


def run(quick: bool) -> dict[str, Any]:
    number, media = (5 if quick else 200), settings.MEDIA_ROOT
    with _vrs.scene(), tempfile.TemporaryDirectory() as folder:
        settings.MEDIA_ROOT = folder
        try:
            law = law_in_force()
            contexts = [
                {
                    **certificate_context(one, on=_vrs.STARTS, law=law),
                    "qr": rendering.qr(f"https://example.org/check/{one.number}/"),
                }
                for one in _vrs.people(number)
            ]
            sign(
                rendering.render(CERTIFICATE, contexts[0]), reason="量測"
            )  # fonts and key are loaded before the clock runs
            started = time.perf_counter()
            plain = rendering.render_batch(CERTIFICATE, contexts)
            laid_out = time.perf_counter() - started
            started = time.perf_counter()
            signed = [sign(one, reason="量測") for one in rendering.render_batch(CERTIFICATE, contexts)]
            whole = time.perf_counter() - started
        finally:
            settings.MEDIA_ROOT = media
    if len(signed) != number or any(b"/ByteRange" not in one for one in signed) or len(plain) != number:
        raise AssertionError("not every certificate is signed")
    return {
        "certificates": number,
        "ms_each": round(whole * 1000 / number, 1),
        "rendering_ms_each": round(laid_out * 1000 / number, 1),
        "ratio_to_rendering": round(whole / laid_out, 2),
    }

"""Sheets saved by LibreOffice Calc 7.4 under the locale of Taiwan, days typed as people type them (see make_sheets.py)."""

import io
import zipfile
from pathlib import Path

HERE = Path(__file__).parent


def saved(name: str, **words: str) -> bytes:
    """A sheet of this folder; `{code}` in it becomes the word of that name."""
    data = (HERE / name).read_bytes()
    if not words:
        return data
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.infolist():
            content = before.read(part)
            for word, value in words.items():
                content = content.replace(f"{{{word}}}".encode(), value.encode())
            after.writestr(part.filename, content)
    return out.getvalue()

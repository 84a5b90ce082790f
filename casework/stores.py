"""Where files are kept 檔案區: on this machine's disk, whole or not at all."""

import os
from contextlib import suppress
from typing import Any

from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """A file is on the disk before the row that names it is committed; one that could not be written to its end is removed."""

    def _save(self, name: str, content: Any) -> str:
        taken = os.path.lexists(self.path(name))
        try:
            kept = super()._save(name, content)
            _sync(self.path(kept))
        except BaseException:
            if not taken:
                with suppress(OSError):
                    os.remove(self.path(name))
            raise
        return kept


def _sync(path: str) -> None:
    """The bytes and the folder's entry for them."""
    for place in (path, os.path.dirname(path)):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

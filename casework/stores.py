"""Where files are kept 檔案區: on this machine's disk, whole or not at all."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from django.core.files.storage import FileSystemStorage, default_storage
from django.db.models import FileField


class WholeFiles(FileSystemStorage):
    """A file is on the disk before the row that names it is committed; one that could not be written to its end is removed."""

    def _save(self, name: str, content: Any) -> str:
        taken = os.path.lexists(self.path(name))
        try:
            kept: str = super()._save(name, content)  # type: ignore[misc]
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


def move(name: str, to: str) -> None:
    """Give a stored file a name at which there is none yet. An object store cannot rename: it copies, then deletes."""
    try:
        source, target = Path(default_storage.path(name)), Path(default_storage.path(to))
    except NotImplementedError:
        with default_storage.open(name) as file:
            default_storage.save(to, file)
        default_storage.delete(name)
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    source.rename(target)
    _sync(str(target))


# --- folders of the fields -----------------------------------------------------------------------------------------------

Naming = TypeVar("Naming", bound=Callable[..., str])


def kept_in(folder: str) -> Callable[[Naming], Naming]:
    """Says of an `upload_to` function in which folder its files lie."""

    def note(naming: Naming) -> Naming:
        naming.folder = folder  # type: ignore[attr-defined]
        return naming

    return note


def folder_of(field: FileField) -> str:
    """The folder of the store in which the files of a column lie. Raises AttributeError where nobody has said."""
    if callable(field.upload_to):
        return str(field.upload_to.folder)  # type: ignore[attr-defined]
    return str(field.upload_to).partition("/%")[0]

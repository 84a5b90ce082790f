"""Keys the site makes for itself 自製金鑰 (the marked test signature, the demonstration's card authority): in KEY_FOLDER, beside
the uploads and never among them, where a job of the night clears what no row names.
"""

import os
import secrets
import shutil
from pathlib import Path

from django.conf import settings


def kept(name: str) -> Path:
    """Where the key (a file or a folder) is or will be; what lies where keys were kept before is moved, once."""
    place, before = Path(settings.KEY_FOLDER) / name, Path(settings.MEDIA_ROOT) / "keys" / name
    if not place.exists() and before.exists():
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The two may be different disks: a copy beside the place, whole before it has the name.
        mine = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
        try:
            if before.is_dir():
                shutil.copytree(before, mine)
            else:
                shutil.copy2(before, mine)
            os.rename(mine, place)
            _remove(before)
        except OSError:  # another process was quicker
            if mine.exists():
                _remove(mine)
            if not place.exists():
                raise
    return place


def _remove(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)

"""No room for files 磁碟已滿: the upload is refused in words, nothing is half there, everything else goes on; with room again it
works."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from casework.cases.attachments import NO_ROOM_LEFT
from casework.intake.sample import paper
from casework.models import Attachment, Case
from tests.drills import _postings
from tests.drills._postings import said
from tests.drills._site import Site, check, consistent


def run(site: Site) -> dict[str, Any]:
    if os.getuid() != 0:
        return {"verdict": "not run", "why": "a small disk is mounted as root only"}
    with _small_disk(site.media):
        desk = _postings.drafts(2)
        first, second = desk.cases
        content = paper("公文", [f"磁碟測試 {n}" for n in range(3000)])
        rows, files = Attachment.objects.count(), _names(site.media)
        site.web()
        ballast = site.media / "ballast"
        _fill(ballast, leave=len(content) // 2)
        status, page = _postings.upload(site.port, desk, first, content)
        check(status < 500, f"a full disk answered {status}")
        check(NO_ROOM_LEFT in page, "the page does not say that there is no room")
        check(
            Attachment.objects.filter(removed_at=None).count() == rows, "the refused paper replaced the one there was"
        )
        check(Attachment.objects.count() == rows, "a row without its file")
        check(_names(site.media) - {"ballast"} == files, "half a file stayed")
        status, _ = _postings.press(site.port, desk, second)
        check(status == 302, f"filing needs no disk and answered {status}")
        ballast.unlink()
        status, page = _postings.upload(site.port, desk, first, content)
        check(status == 302, f"with room again the upload answered {status}: {said(page)}")
        check(Attachment.objects.count() == rows + 1, "not kept")
        check(Case.objects.get(pk=second.pk).state == "filed", "not filed")
        site.end_programs()
        consistent()
    return {"refused_in_words": 1, "rows_left": 0, "half_files": 0, "filed_meanwhile": 1, "kept_afterwards": 1}


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def _fill(path: Path, leave: int) -> None:
    with path.open("wb", buffering=0) as file:
        free = os.statvfs(path).f_bavail * os.statvfs(path).f_frsize
        file.write(b"\0" * (free - leave))


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)

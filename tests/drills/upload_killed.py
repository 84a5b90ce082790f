"""kill −9 the web while a paper is being uploaded 上傳中斷: no half file, no row without a file; what is left over is found and
put aside by the nightly check."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from accounts.clock import now
from casework.intake.sample import paper
from casework.jobs import findings, orphans
from casework.models import Attachment
from tests.drills import _postings
from tests.drills._postings import said
from tests.drills._site import Site, check, consistent, until


def run(site: Site) -> dict[str, Any]:
    desk = _postings.drafts(1)
    (case,) = desk.cases
    content = paper("公文", [f"中斷測試 {n}" for n in range(400)])
    rows, files = Attachment.objects.count(), _files(site)

    # half of the body has come
    web = site.web()
    with _Beside(lambda: _postings.upload(site.port, desk, case, content, stop_after=len(content) // 2)):
        time.sleep(1)
        site.kill(web)
    check((Attachment.objects.count(), _files(site)) == (rows, files), "half an upload left a row or a file")

    # the file is written, its row not yet committed
    web = site.web()
    with psycopg.connect(site.environ["DATABASE_URL"]) as other:
        other.execute("LOCK TABLE casework_event IN EXCLUSIVE MODE")
        with _Beside(lambda: _postings.upload(site.port, desk, case, content)):
            until(lambda: _files(site) > files, "the file is written")
            site.kill(web)
        other.rollback()
    site.disconnect()
    check(Attachment.objects.count() == rows, "a row nobody committed")
    left = _files(site) - files
    check(len(left) == 1, f"{len(left)} files left over")
    check(not orphans.files_without_rows(at=now()), "a file of a minute ago may be an upload at work, and was listed")
    (orphan,) = left
    check(orphan.read_bytes() == content, "half a file")
    os.utime(orphan, (time.time() - 90_000,) * 2)
    check(findings.look(at=now()) == 1, "the nightly check did not find the file")
    check(_files(site) == files, "the nightly check put aside too much or too little")
    aside = list(orphans.stored_files(orphans.QUARANTINE))
    check(len(aside) == 1 and aside[0].endswith(orphan.name), "what it put aside does not lie in the quarantine")

    # and again, to its end
    site.web()
    status, page = _postings.upload(site.port, desk, case, content)
    check(status == 302, f"the upload afterwards answered {status}: {said(page)}")
    check(Attachment.objects.count() == rows + 1, "the upload afterwards left no row")
    consistent()
    return {"kills": 2, "rows_left": 0, "files_left": 1, "put_aside": 1, "uploaded_again": 1}


def _files(site: Site) -> set[Path]:
    """Of the uploads: not the quarantine, not the mark of the store."""
    found = {path for path in site.media.rglob("*") if path.is_file()}
    return {path for path in found if path.relative_to(site.media).parts[0] not in (orphans.QUARANTINE, orphans.MARK)}


class _Beside(threading.Thread):
    """A request on its way while the block kills the other end."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__(target=work, daemon=True)

    def __enter__(self) -> None:
        self.start()

    def __exit__(self, *error: object) -> None:
        self.join(30)

"""The nightly check 一致性檢查: what contradicts what is kept until the next check, each with the case it names."""

import re
from datetime import datetime
from itertools import islice

from django.db import transaction

from casework.converters import CaseNumber
from casework.jobs import consistency, orphans
from casework.models import Case, Document, Finding

#: So many are shown; a site with more has one cause, not a thousand.
MOST = 1000
_NUMBER = re.compile(CaseNumber.regex)


def look(*, at: datetime) -> int:
    """Check everything, keep what was found in place of what the last check found, put files no row names aside.

    Raises NotOurs, after the check, where the store cannot be proved ours: the job then stands as failed.
    """
    sentences: list[str] = []
    refused: orphans.NotOurs | None = None
    try:
        for name in orphans.clear(at=at):
            sentences.append(f"檔案 {name} 沒有任何紀錄，已移至隔離區，{orphans.QUARANTINED.days} 日後刪除")
    except orphans.NotOurs as error:
        refused = error
        sentences.append(str(error))
    sentences += islice(consistency.contradictions(at=at), MOST)
    cases = _cases(sentences)
    found = [
        Finding(
            found_at=at, sentence=one[:500], case_id=next((cases[n] for n in _NUMBER.findall(one) if n in cases), None)
        )
        for one in sentences
    ]
    with transaction.atomic():
        Finding.objects.all().delete()
        Finding.objects.bulk_create(found, batch_size=500)
    if refused:
        raise refused
    return len(found)


def _cases(sentences: list[str]) -> dict[str, int]:
    """Case by the number of the case, or of a paper of it."""
    numbers = {number for one in sentences for number in _NUMBER.findall(one)}
    papers = Document.objects.filter(number__in=numbers, case__isnull=False).values_list("number", "case_id")
    return dict(papers) | dict(Case.objects.filter(number__in=numbers).values_list("number", "pk"))

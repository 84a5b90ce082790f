"""Papers that are added to a case: judged before the case is held, kept once it is."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from casework.cases.attachments import judged, keep_attachment
from casework.cases.doing import Doing
from casework.intake import Limits, Verdict
from casework.models import Case


def judge_paper(case: Case, by: User | None, *, upload: UploadedFile, **given: Any) -> dict[str, Any]:
    """Judge the file, which takes seconds, before the case is held."""
    return {**given, "upload": upload, "verdict": judged(upload, Limits())}


def keep_paper(doing: Doing, *, field: str, label: str, upload: UploadedFile, verdict: Verdict) -> None:
    """Keep one more paper of its field, said by who uploads it to be like the original 與正本相符."""
    keep_attachment(
        verdict, case=doing.case, field=field, label=label, upload=upload, by=doing.by, at=doing.at, attested=True,
        several=True,
    )  # fmt: skip

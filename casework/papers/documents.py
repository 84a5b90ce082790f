"""Issued papers 文件: the context is frozen in the act; the bytes are made once and kept."""

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from accounts.locks import locking
from accounts.models import User
from casework.cases.events import record
from casework.cases.moving import next_number
from casework.models import Case, Document
from casework.papers import rendering, signing
from kernel.dates import roc, taipei_day
from kernel.jsonable import jsonable

# No 0 O 1 I: read out over the telephone.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def check_url(document: Document) -> str:
    return f"{settings.SITE_URL}/check/{document.number}/{document.check_code}/"


@transaction.atomic
def issue(
    *,
    case: Case | None,
    paper: str,
    context: Mapping[str, Any],
    public: Sequence[tuple[str, str]],
    by: User | None,
    at: datetime,
    subject: str = "",
    title: str = "",
) -> Document:
    """Issue a paper on a locked case; an earlier one in force for the same paper and subject is replaced.

    A letter that lacks its number is kept as a draft and replaces nothing.

    Without a case it is somebody's own: the scheme that issues it shows it to them, and holds a lock of its own meanwhile.
    """
    kind = rendering.paper(paper)
    draft = kind.numbered and not str(context.get("letter_number") or "").strip()
    document = Document(
        number=next_number("D", at=at),
        case=case,
        paper=paper,
        subject=subject,
        title=title or kind.title,
        template_version=rendering.template_version(paper),
        check_code="".join(secrets.choice(_ALPHABET) for _ in range(12)),
        public=jsonable(list(public)),
        context={},
        issued_at=at,
        issued_by=by,
        state=Document.State.DRAFT if draft else Document.State.ISSUED,
    )
    document.context = jsonable(
        {
            **context,
            "number": document.number,
            # what the check page asks of somebody without a camera, in groups of four
            "check_code": "-".join(re.findall(".{4}", document.check_code)),
            "issued_on": roc(taipei_day(at)),
            "qr": rendering.qr(check_url(document)),
        }
    )
    issued = Document.objects.filter(case=case, paper=paper, subject=subject, state=Document.State.ISSUED)
    old = None if draft else issued.first()
    if old:
        old.state, old.state_at, old.state_reason = Document.State.REPLACED, at, "已換發新文件"
        old.save(update_fields=["state", "state_at", "state_reason"])
    document.save()
    if old:
        old.replaced_by = document
        old.save(update_fields=["replaced_by"])
    if case is not None:
        record(case, "document.issued", f"製發文件：{document.title}（{document.number}）", by=by, at=at)
    return document


@transaction.atomic
def bytes_of(document: Document) -> bytes:
    """The kept bytes; made from the frozen context at first need. Raises CorruptDocument when they no longer match."""
    locked = locking(Document.objects).get(pk=document.pk)
    if not locked.file:
        content = rendering.render(locked.paper, locked.context)
        if rendering.paper(locked.paper).signed:
            content = signing.sign(content, reason=locked.title)
        locked.sha256, locked.pages = hashlib.sha256(content).hexdigest(), rendering.page_count(content)
        locked.template_version = rendering.template_version(locked.paper)
        locked.file.save(f"{locked.number}.pdf", ContentFile(content), save=False)
        locked.save(update_fields=["sha256", "pages", "template_version", "file"])
        return content
    with locked.file.open("rb") as kept:
        content = kept.read()
    if hashlib.sha256(content).hexdigest() != locked.sha256:
        raise CorruptDocument(locked.number)
    return content


@transaction.atomic
def keep_batch(documents: Sequence[Document]) -> int:
    """Make the files of many papers of one kind in one run; those that have theirs are left. Says how many were made."""
    keys = [one.pk for one in documents]
    waiting = [one for one in locking(Document.objects.filter(pk__in=keys)) if not one.file]
    for code in sorted({one.paper for one in waiting}):
        group = [one for one in waiting if one.paper == code]
        version = rendering.template_version(code)
        for one, made in zip(group, rendering.render_batch(code, [one.context for one in group]), strict=True):
            content = signing.sign(made, reason=one.title) if rendering.paper(code).signed else made
            one.sha256, one.pages = hashlib.sha256(content).hexdigest(), rendering.page_count(content)
            one.template_version = version
            one.file.save(f"{one.number}.pdf", ContentFile(content), save=False)
            one.save(update_fields=["sha256", "pages", "template_version", "file"])
    return len(waiting)


class CorruptDocument(Exception):
    """The file in the store is not the one that was issued."""


@transaction.atomic
def revoke(document: Document, *, case: Case, reason: str, by: User | None, at: datetime) -> None:
    """The paper no longer holds. The check page says so and since when; why is told to the person and the office alone."""
    Document.objects.filter(pk=document.pk, state=Document.State.ISSUED).update(
        state=Document.State.REVOKED, state_reason=reason, state_at=at
    )
    record(case, "document.revoked", f"撤銷文件：{document.title}（{document.number}）", by=by, at=at, reason=reason)

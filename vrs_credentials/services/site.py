"""News, jobs, questions: the scheme's public side (VRS-17)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from accounts.locks import locking
from accounts.models import Organisation, User
from accounts.rights import can, can_anywhere
from casework.cases import changing
from casework.errors import NotPermitted, Refused
from casework.models.notice import page
from casework.notices.outbox import notify
from kernel.dates import taipei_day
from vrs_credentials.models import JobPost, News, Question
from vrs_credentials.permissions import POST_JOBS, WRITE_NEWS

MOST_OPEN = 5


@transaction.atomic
def save_news(
    *, data: Mapping[str, Any], news: News | None = None, seen: str | None = None, by: User, at: datetime
) -> News:
    """`seen`: as what the form was drawn from, else `news` as it was read."""
    if not can_anywhere(by, WRITE_NEWS):
        raise NotPermitted("您沒有發布訊息的權限。")
    return _saved(news, News(written_by=by), {n: data[n] for n in ("title", "body", "pinned", "published_on")}, seen)


Row = TypeVar("Row", News, JobPost)


def _saved(old: Row | None, fresh: Row, data: Mapping[str, Any], seen: str | None) -> Row:
    """Write the fields of a form, and of an older row no others. Raises Refused where that row changed, or was taken down."""
    if old is None:
        for name, value in data.items():
            setattr(fresh, name, value)
        fresh.save()
        return fresh
    row: Row = locking(type(old)._base_manager).get(pk=old.pk)
    changing.unchanged(row, seen or changing.seen(old))
    for name, value in data.items():
        setattr(row, name, value)
    row.save(update_fields=[*data])
    return row


@transaction.atomic
def remove_news(news: News, *, by: User, at: datetime) -> None:
    if not can_anywhere(by, WRITE_NEWS):
        raise NotPermitted("您沒有發布訊息的權限。")
    news.removed_at = news.removed_at or at
    news.save(update_fields=["removed_at"])


@transaction.atomic
def save_job(
    institution: Organisation, *, data: Mapping[str, Any], job: JobPost | None = None, seen: str | None = None, by: User,
    at: datetime,
) -> JobPost:  # fmt: skip
    """`seen`: as what the form was drawn from, else `job` as it was read."""
    if not can(by, POST_JOBS, institution) or (job is not None and job.institution_id != institution.pk):
        raise NotPermitted("您沒有刊登求才訊息的權限。")
    if data["closes_on"] < taipei_day(at):
        raise Refused("截止日不得早於今天。", field="closes_on")
    return _saved(job, JobPost(institution=institution, posted_by=by), data, seen)


@transaction.atomic
def remove_job(job: JobPost, *, by: User, at: datetime) -> None:
    if not can(by, POST_JOBS, job.institution):
        raise NotPermitted("您沒有刊登求才訊息的權限。")
    job.removed_at = job.removed_at or at
    job.save(update_fields=["removed_at"])


@transaction.atomic
def ask(*, subject: str, body: str, by: User, at: datetime) -> Question:
    locking(User.objects).only("pk").get(pk=by.pk)
    if Question.objects.filter(asked_by=by, answered_at=None).count() >= MOST_OPEN:
        raise Refused(f"您已有 {MOST_OPEN} 則留言待回復，請等候回復後再留言。")
    return Question.objects.create(subject=subject, body=body, asked_at=at, asked_by=by)


@transaction.atomic
def answer(question: Question, *, answer: str, is_public: bool, by: User, at: datetime) -> Question:
    if not can_anywhere(by, WRITE_NEWS):
        raise NotPermitted("您沒有回復留言的權限。")
    question = locking(Question.objects).get(pk=question.pk)
    first = question.answered_at is None
    question.answer, question.is_public = answer.strip(), is_public
    question.answered_at, question.answered_by = question.answered_at or at, by
    question.save()
    if first:
        notify(
            users=[question.asked_by], code="vrs_credentials.answered", subject=f"留言已回復：{question.subject}", body=question.answer,
            key=f"answered:{question.pk}", link=page("vrs_credentials:questions"), at=at,
        )  # fmt: skip
    return question

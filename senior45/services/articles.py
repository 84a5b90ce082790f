"""文稿: written by an editor, reviewed by somebody else of the same office or its bureau, published, expired, withdrawn (S45-11)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.locks import locking
from accounts.models import User
from accounts.rights import can, holders
from casework.cases.events import record
from casework.cases.moving import lock, move, open_case, require
from casework.deadlines.keeping import set_deadline, withdraw_deadline
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models import Case, Deadline
from casework.notices.outbox import notify
from kernel.dates import ONE_DAY, roc, taipei_day
from senior45.models import AccountRight, Article, ArticleFile, ArticlePicture, ArticleVersion, SiteOffice
from senior45.params import RIGHT_LABELS, Category, Right
from senior45.permissions import REVIEW, WRITE
from senior45.rules import content
from senior45.selectors import article_of, newest_version, reviewing_office
from senior45.services import front, text

KIND = "senior45.article"
EXPIRE = "senior45.article_expire"


# --- who -------------------------------------------------------------------------------------------------------------


def require_right(user: User, right: Right, office: SiteOffice, *, on: date) -> None:
    """The right itself, by its days: a role may outlive it until the night's sweep. Raises Refused with the clause.

    Somebody who never had it here is answered as if the page did not exist.
    """
    rows = AccountRight.objects.filter(account__user=user, office=office, right=right.value).order_by("-starts_on")
    held = list(rows)
    if any(one.in_force(on) for one in held):
        return
    ended = next((one for one in held if one.ends_before and one.ends_before <= on), None)
    if ended:
        raise Refused(
            f"您在{office}的{RIGHT_LABELS[right]}權限已於 {roc(ended.ends_before)} 終止，不能再辦理（第4點、附件2）。"
        )
    if held:
        raise Refused(f"您在{office}的{RIGHT_LABELS[right]}權限自 {roc(held[0].starts_on)} 起才生效（第4點、附件2）。")
    raise NotPermitted(f"您不是{office}的{RIGHT_LABELS[right]}。")


def _judge(office: SiteOffice, category: str, *, own: bool, on: date) -> None:
    facts = content.UploadFacts(office.office_kind, Category(category), own)
    outcome = content.upload(facts, on=on, law=law_in_force())
    if not outcome.met:
        cited = outcome.refusals[0].citation
        raise Refused(f"{outcome.sentence.rstrip('。')}（{cited}）。", field="category", outcomes=[outcome])


# --- writing ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def start(*, office: SiteOffice, data: Mapping[str, Any], by: User, at: datetime) -> Article:
    """A new draft. Raises Refused at the field, NotPermitted."""
    on = taipei_day(at)
    require_right(by, Right.EDITOR, office, on=on)
    _judge(office, data["category"], own=True, on=on)
    html = text.judge(data["body"])
    _check_days(data)
    reviewer = reviewing_office(office, on=on, law=law_in_force())
    case = open_case(
        kind=KIND,
        title=data["title"][:200],
        office=reviewer.organisation,
        organisation=office.organisation,
        person=by,
        by=by,
        at=at,
    )
    article = Article.objects.create(case=case, office=office)
    values = {name: data.get(name) for name in ArticleVersion.FIELDS if name in data}
    ArticleVersion.objects.create(article=article, number=1, html=html, written_by=by, written_at=at, **values)
    return article


def _check_days(data: Mapping[str, Any]) -> None:
    if data.get("ends_before") and data["ends_before"] <= data["starts_on"]:
        raise Refused("刊登迄日不得早於起日。", field="until_on")


def working_version(case: Case, *, by: User, at: datetime) -> ArticleVersion:
    """The version that may still change, of a locked case: the newest, or its copy where that was sent for review already."""
    require(by, WRITE, case)
    article = article_of(case)
    require_right(by, Right.EDITOR, article.office, on=taipei_day(at))
    if case.state not in ("draft", "returned"):
        raise Refused("文稿已送審或已刊登；要修改請先退回或按「修訂」。")
    newest = newest_version(article)
    return newest if newest.submitted_at is None else _copy(newest, by=by, at=at)


def _copy(version: ArticleVersion, *, by: User, at: datetime) -> ArticleVersion:
    pictures, files = list(version.pictures.all()), list(version.files.all())
    values = {name: getattr(version, name) for name in (*ArticleVersion.FIELDS, "html")}
    made = ArticleVersion.objects.create(
        article_id=version.article_id, number=version.number + 1, written_by=by, written_at=at, **values
    )
    for rows in (pictures, files):
        for one in rows:
            one.pk, one._state.adding, one.version = None, True, made
    ArticlePicture.objects.bulk_create(pictures)
    ArticleFile.objects.bulk_create(files)
    return made


@transaction.atomic
def save(case: Case, *, data: Mapping[str, Any], by: User, at: datetime, version: int | None = None) -> ArticleVersion:
    """Keep what was written. Whoever changed the text last is its author: they cannot review it."""
    case = lock(case, version=version)
    on = taipei_day(at)
    working = working_version(case, by=by, at=at)
    article = article_of(case)
    _judge(article.office, data["category"], own=can(by, WRITE, article.office.organisation), on=on)
    html = text.judge(data["body"])
    _check_days(data)
    changed = [name for name in ArticleVersion.FIELDS if name in data and getattr(working, name) != data[name]]
    if not changed:
        return working
    for name in changed:
        setattr(working, name, data[name])
    working.html, working.written_by, working.written_at = html, by, at
    working.save()
    case.title = working.title[:200]
    labels = "、".join(str(ArticleVersion._meta.get_field(name).verbose_name) for name in changed)
    record(case, "edited", f"修改第{working.number}版：{labels}", by=by, at=at)
    return working


def may_submit(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 送審 (S45-06): the matrix allows the category, and there is somebody to review."""
    article, on = article_of(case), taipei_day(at)
    if by is not None:
        require_right(by, Right.EDITOR, article.office, on=on)
    version = newest_version(article)
    _judge(article.office, version.category, own=True, on=on)
    if version.ends_before and version.ends_before <= on:
        raise Refused(f"刊登迄日 {roc(version.ends_before - ONE_DAY)} 已過，請修改後再送審。", field="until_on")
    others = [one for one in holders(REVIEW, case.office) if one.pk != version.written_by_id]
    if not others:
        raise Refused(f"{case.office}目前沒有可以審稿的人員（不得審核自己上稿之內容），請先申請審稿人員帳號（附件2）。")


@transaction.atomic
def submit(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    """送審: from here the words of this version never change."""
    case = lock(case, version=version)
    article = article_of(case)
    case.office = reviewing_office(article.office, on=taipei_day(at), law=law_in_force()).organisation
    move(case, "submit", by=by, at=at)
    case.filed_at = at
    case.save()
    newest = newest_version(article)
    if newest.submitted_at is None:
        newest.submitted_at = at
        newest.save(update_fields=["submitted_at"])
    reviewers = [one for one in holders(REVIEW, case.office) if one.pk != newest.written_by_id]
    _tell(
        reviewers,
        case,
        "to_review",
        f"請審稿：{newest.title}",
        f"{article.office} {by.name}送審「{newest.title}」，請審稿。",
        at=at,
    )
    return case


# --- reviewing -------------------------------------------------------------------------------------------------------


def _review_office(article: Article, *, on: date) -> SiteOffice:
    return reviewing_office(article.office, on=on, law=law_in_force())


def may_publish(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 核准刊登 (S45-11)."""
    article, on = article_of(case), taipei_day(at)
    version = newest_version(article)
    if by is not None:
        require_right(by, Right.REVIEWER, _review_office(article, on=on), on=on)
    own = by is not None and _wrote(article, version, by)
    facts = content.PublishFacts(article.office.office_kind, Category(version.category), own)
    outcome = content.publish(facts, on=on, law=law_in_force())
    if not outcome.met:
        raise Refused(f"{outcome.sentence.rstrip('。')}（{outcome.refusals[0].citation}）。", outcomes=[outcome])
    if version.ends_before and version.ends_before <= on:
        raise Refused(f"刊登迄日 {roc(version.ends_before - ONE_DAY)} 已過，請退回修改。")


def _wrote(article: Article, version: ArticleVersion, by: User) -> bool:
    """Wrote this version, or put a picture or file into it."""
    return (
        version.written_by_id == by.pk
        or version.pictures.filter(uploaded_by=by).exists()
        or version.files.filter(uploaded_by=by).exists()
    )


@transaction.atomic
def publish(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    """核准刊登: the version just reviewed is what the public reads, from its first day on."""
    case = lock(case, version=version)
    article = locking(Article.objects).select_related("office").get(case=case)
    newest = newest_version(article)
    move(case, "publish", by=by, at=at)
    newest.approved, newest.reviewed_by, newest.reviewed_at = True, by, at
    newest.save(update_fields=["approved", "reviewed_by", "reviewed_at"])
    article.live, article.category = newest, newest.category
    article.starts_on, article.ends_before = newest.starts_on, newest.ends_before
    article.published_at = at
    article.first_published_at = article.first_published_at or at
    article.withdrawn_at, article.withdrawn_reason = None, ""
    article.save()
    case.decided_on = taipei_day(at)
    case.save()
    if newest.ends_before:
        set_deadline(
            code=EXPIRE,
            rule="S45-11",
            label="刊登期滿",
            citation="附件2「使用權限」列",
            counted_from=newest.starts_on,
            due_on=newest.ends_before - ONE_DAY,
            at=at,
            thing=article,
        )
    else:
        withdraw_deadline(code=EXPIRE, at=at, thing=article)
    front.changed_on_commit()
    _tell(
        [newest.written_by],
        case,
        "published",
        f"已核准刊登：{newest.title}",
        f"「{newest.title}」已核准，自 {roc(newest.starts_on)} 起刊登。",
        at=at,
    )
    return case


@transaction.atomic
def send_back(case: Case, *, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    """退回修改, with what to change."""
    case = lock(case, version=version)
    article = article_of(case)
    require(by, REVIEW, case)
    require_right(by, Right.REVIEWER, _review_office(article, on=taipei_day(at)), on=taipei_day(at))
    newest = newest_version(article)
    if _wrote(article, newest, by):
        raise Refused("不得審核自己上稿之內容（附件2「審稿分層設定」列）。")
    move(case, "send_back", by=by, at=at, reason=reason)
    newest.approved, newest.reviewed_by, newest.reviewed_at = False, by, at
    newest.save(update_fields=["approved", "reviewed_by", "reviewed_at"])
    _tell(
        [newest.written_by],
        case,
        "sent_back",
        f"退回修改：{newest.title}",
        f"「{newest.title}」由 {by.name} 退回修改。\n\n說明：{reason}",
        at=at,
    )
    return case


@transaction.atomic
def revise(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    """修訂: a next version; what is published stays until that one is approved."""
    case = lock(case, version=version)
    article = article_of(case)
    require_right(by, Right.EDITOR, article.office, on=taipei_day(at))
    move(case, "revise", by=by, at=at)
    newest = newest_version(article)
    if newest.submitted_at is not None:
        _copy(newest, by=by, at=at)
    return case


def is_live(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 下架."""
    article = article_of(case)
    if article.live_id is None or article.withdrawn_at is not None:
        raise Refused("這篇文稿目前沒有刊登。")


@transaction.atomic
def withdraw(case: Case, *, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    """下架 by the reviewer, at once; the address answers 410 with a sentence."""
    case = lock(case, version=version)
    article = locking(Article.objects).select_related("office").get(case=case)
    on = taipei_day(at)
    require(by, REVIEW, case)
    require_right(by, Right.REVIEWER, _review_office(article, on=on), on=on)
    move(case, "withdraw", by=by, at=at, reason=reason)
    article.withdrawn_at, article.withdrawn_reason = at, reason[:300]
    article.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    withdraw_deadline(code=EXPIRE, at=at, thing=article)
    front.changed_on_commit()
    newest = newest_version(article)
    _tell(
        [newest.written_by],
        case,
        "withdrawn",
        f"已下架：{newest.title}",
        f"「{newest.title}」由 {by.name} 下架。\n\n原因：{reason}",
        at=at,
    )
    return case


def never_published(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 捨棄: what the public has read is kept."""
    if article_of(case).first_published_at is not None:
        raise Refused("曾經刊登的文稿不能捨棄，請改用下架。")


@transaction.atomic
def discard(case: Case, *, by: User, at: datetime, version: int | None = None) -> Case:
    case = lock(case, version=version)
    move(case, "discard", by=by, at=at)
    return case


def until_passed(case: Case, by: User | None, at: datetime) -> None:
    """Guard of 刊登期滿."""
    article = article_of(case)
    if article.ends_before is None or taipei_day(at) < article.ends_before:
        raise Refused("刊登迄日尚未屆滿。")


def expire(deadlines: list[Deadline], at: datetime) -> None:
    """The last day is over. The public page went with the day; here the state follows, unless a next version is being written."""
    for article in Article.objects.filter(pk__in=[one.thing_id for one in deadlines]).select_related("case"):
        expire_past(article, at=at)


@transaction.atomic
def expire_past(article: Article, *, at: datetime) -> None:
    case = lock(article.case)
    if case.state == "published":
        move(case, "expire", by=None, at=at)
    else:
        record(case, "expired", "刊登期滿（修訂中）", by=None, at=at)
    withdraw_deadline(code=EXPIRE, at=at, thing=article)
    front.changed_on_commit()


def _tell(users: list[User], case: Case, code: str, subject: str, body: str, *, at: datetime) -> None:
    notify(
        users=users,
        code=f"senior45.article_{code}",
        subject=subject,
        body=body,
        key=f"s45.article_{code}:{case.number}:{case.events_count}",
        link=f"/senior45/content/{case.number}/",
        at=at,
    )

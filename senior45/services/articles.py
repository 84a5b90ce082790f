"""文稿: written by an editor, reviewed by somebody else of the same office or its bureau, published, expired, withdrawn (S45-11)."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import can, holders
from casework.cases.doing import Doing, perform
from casework.cases.events import record
from casework.cases.moving import open_case
from casework.deadlines.keeping import set_deadline, withdraw_deadline
from casework.errors import NotAllowed, NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models import Case, Deadline
from casework.models.notice import page
from casework.notices.outbox import notify
from kernel.dates import ONE_DAY, roc, taipei_day
from kernel.outcome import Outcome
from senior45.models import AccountRight, Article, ArticleFile, ArticlePicture, ArticleVersion, SiteOffice
from senior45.params import RIGHT_LABELS, Category, Right
from senior45.permissions import REVIEW, WRITE
from senior45.rules import content
from senior45.selectors import article_of, newest_version, reviewing_office
from senior45.services import front, text
from senior45.states import ARTICLE_KIND

EXPIRE = "senior45.article_expire"


# --- who -------------------------------------------------------------------------------------------------------------


def _hold(user: User, right: Right, office: SiteOffice, *, on: date) -> None:
    """The right itself, by its days: a role may outlive it until the night's sweep. Raises Refused with the clause."""
    held = list(AccountRight.objects.filter(account__user=user, office=office, right=right).order_by("-starts_on"))
    if any(one.in_force(on) for one in held):
        return
    label = RIGHT_LABELS[right]
    if ended := next((one.ends_before for one in held if one.ends_before and one.ends_before <= on), None):
        raise Refused(f"您在{office}的{label}權限已於 {roc(ended)} 終止，不能再辦理（第4點、附件2）。")
    if held:
        raise Refused(f"您在{office}的{label}權限自 {roc(held[0].starts_on)} 起才生效（第4點、附件2）。")
    raise Refused(f"您不是{office}的{label}（第4點、附件2）。")


def writes_here(case: Case, by: User | None, at: datetime) -> None:
    """An editor of the article's office (S45-06)."""
    if by is not None:
        _hold(by, Right.EDITOR, article_of(case).office, on=taipei_day(at))


def reviews_here(case: Case, by: User | None, at: datetime) -> None:
    """The reviewer of the office, or of its bureau (S45-11)."""
    if by is not None:
        on = taipei_day(at)
        _hold(by, Right.REVIEWER, _reviewed_by(article_of(case), on=on), on=on)


def _reviewed_by(article: Article, *, on: date) -> SiteOffice:
    return reviewing_office(article.office, on=on, law=law_in_force())


def _wrote(article: Article, version: ArticleVersion, by: User | None) -> bool:
    """Wrote this version, or put a picture or file into it."""
    return by is not None and (
        version.written_by_id == by.pk
        or version.pictures.filter(uploaded_by=by).exists()
        or version.files.filter(uploaded_by=by).exists()
    )


def _judge(office: SiteOffice, category: str, *, own: bool, on: date) -> Outcome:
    """What the office may publish (S45-06); refused at the field of the form."""
    facts = content.UploadFacts(office.office_kind, Category(category), own)
    outcome = content.upload(facts, on=on, law=law_in_force())
    if not outcome.met:
        cited = outcome.refusals[0].citation
        raise Refused(f"{outcome.sentence.rstrip('。')}（{cited}）。", field="category", outcomes=[outcome])
    return outcome


# --- writing ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def start(*, office: SiteOffice, data: Mapping[str, Any], by: User, at: datetime) -> Article:
    """A new draft. Raises Refused at the field, NotPermitted."""
    on = taipei_day(at)
    if not can(by, WRITE, office.organisation):
        raise NotPermitted(f"您不是{office}的{RIGHT_LABELS[Right.EDITOR]}。")
    _hold(by, Right.EDITOR, office, on=on)
    _judge(office, data["category"], own=True, on=on)
    html = text.judge(data["body"])
    _check_days(data)
    reviewer = reviewing_office(office, on=on, law=law_in_force())
    case = open_case(
        kind=ARTICLE_KIND,
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


def working_version(doing: Doing) -> ArticleVersion:
    """The version that may still change: the newest, or its copy where that was sent for review already."""
    newest = newest_version(article_of(doing.case))
    return newest if newest.submitted_at is None else _copy(newest, by=doing.by, at=doing.at)


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


def save_article(doing: Doing, *, data: Mapping[str, Any]) -> ArticleVersion:
    """Keep what was written. Whoever changed the text last is its author: they cannot review it."""
    case, office = doing.case, article_of(doing.case).office
    working = working_version(doing)
    _judge(office, data["category"], own=can(doing.by, WRITE, office.organisation), on=doing.day)
    html = text.judge(data["body"])
    _check_days(data)
    changed = [name for name in ArticleVersion.FIELDS if name in data and getattr(working, name) != data[name]]
    if not changed:
        return working
    for name in changed:
        setattr(working, name, data[name])
    working.html, working.written_by, working.written_at = html, doing.by, doing.at
    working.save()
    case.title = working.title[:200]
    labels = "、".join(str(ArticleVersion._meta.get_field(name).verbose_name) for name in changed)
    record(case, doing.act.code, f"修改第{working.number}版：{labels}", by=doing.by, at=doing.at)
    return working


def fit_for_review(case: Case, by: User | None, at: datetime) -> Outcome:
    """The matrix allows the category (S45-06), its days are not over, and there is somebody to review."""
    article, on = article_of(case), taipei_day(at)
    version = newest_version(article)
    allowed = _judge(article.office, version.category, own=True, on=on)
    if version.ends_before and version.ends_before <= on:
        raise Refused(f"刊登迄日 {roc(version.ends_before - ONE_DAY)} 已過，請修改後再送審。", field="until_on")
    place = _reviewed_by(article, on=on).organisation
    if not _reviewers(place, version):
        raise Refused(f"{place}目前沒有可以審稿的人員（不得審核自己上稿之內容），請先申請審稿人員帳號（附件2）。")
    return allowed


def _reviewers(place: Organisation, version: ArticleVersion) -> list[User]:
    return [one for one in holders(REVIEW, place) if one.pk != version.written_by_id]


def submit_article(doing: Doing) -> None:
    """Send it for review: from here the words of this version never change."""
    case, article = doing.case, article_of(doing.case)
    newest = newest_version(article)
    if newest.submitted_at is None:
        newest.submitted_at = doing.at
        newest.save(update_fields=["submitted_at"])
    case.office = _reviewed_by(article, on=doing.day).organisation
    case.filed_at = doing.at
    doing.move()
    body = f"{article.office} {doing.by.name}送審「{newest.title}」，請審稿。"
    _tell(_reviewers(case.office, newest), doing, "to_review", f"請審稿：{newest.title}", body)


# --- reviewing -------------------------------------------------------------------------------------------------------


def fit_to_publish(case: Case, by: User | None, at: datetime) -> Outcome:
    """The matrix allows it, the reviewer is not its author (S45-11), and its days are not over."""
    article, on = article_of(case), taipei_day(at)
    version = newest_version(article)
    own = _wrote(article, version, by)
    facts = content.PublishFacts(article.office.office_kind, Category(version.category), own)
    outcome = content.publish(facts, on=on, law=law_in_force())
    if outcome.met and version.ends_before and version.ends_before <= on:
        raise Refused(f"刊登迄日 {roc(version.ends_before - ONE_DAY)} 已過，請退回修改。")
    return outcome


def not_own_text(case: Case, by: User | None, at: datetime) -> None:
    """A return is a review as well (S45-11)."""
    article = article_of(case)
    if _wrote(article, newest_version(article), by):
        raise Refused("不得審核自己上稿之內容（附件2「審稿分層設定」列）。")


def publish_article(doing: Doing) -> None:
    """Publish: the version just reviewed is what the public reads, from its first day on."""
    case, article = doing.case, article_of(doing.case)
    newest = _reviewed(doing, article, approved=True)
    article.live, article.category = newest, newest.category
    article.starts_on, article.ends_before = newest.starts_on, newest.ends_before
    article.published_at = doing.at
    article.first_published_at = article.first_published_at or doing.at
    article.withdrawn_at, article.withdrawn_reason = None, ""
    article.save()
    case.decided_on = doing.day
    doing.move()
    if newest.ends_before:
        set_deadline(
            code=EXPIRE, rule="S45-11", label="刊登期滿", citation="附件2「使用權限」列", counted_from=newest.starts_on,
            due_on=newest.ends_before - ONE_DAY, at=doing.at, thing=article,
        )  # fmt: skip
    else:
        withdraw_deadline(code=EXPIRE, at=doing.at, thing=article)
    front.changed_on_commit()
    body = f"「{newest.title}」已核准，自 {roc(newest.starts_on)} 起刊登。"
    _tell([newest.written_by], doing, "published", f"已核准刊登：{newest.title}", body)


def return_article(doing: Doing) -> None:
    """Give it back to the writer, with what to change."""
    newest = _reviewed(doing, article_of(doing.case), approved=False)
    doing.move()
    body = f"「{newest.title}」由 {doing.by.name} 退回修改。\n\n說明：{doing.reason}"
    _tell([newest.written_by], doing, "sent_back", f"退回修改：{newest.title}", body)


def _reviewed(doing: Doing, article: Article, *, approved: bool) -> ArticleVersion:
    newest = newest_version(article)
    newest.approved, newest.reviewed_by, newest.reviewed_at = approved, doing.by, doing.at
    newest.save(update_fields=["approved", "reviewed_by", "reviewed_at"])
    return newest


def revise_article(doing: Doing) -> None:
    """Begin a next version; what is published stays until that one is approved."""
    working_version(doing)


def is_live(case: Case, by: User | None, at: datetime) -> None:
    article = article_of(case)
    if article.live_id is None or article.withdrawn_at is not None:
        raise Refused("這篇文稿目前沒有刊登。")


def withdraw_article(doing: Doing) -> None:
    """Take it down at once; the address answers 410 with a sentence."""
    article = article_of(doing.case)
    article.withdrawn_at, article.withdrawn_reason = doing.at, doing.reason[:300]
    article.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    doing.move()
    withdraw_deadline(code=EXPIRE, at=doing.at, thing=article)
    front.changed_on_commit()
    newest = newest_version(article)
    body = f"「{newest.title}」由 {doing.by.name} 下架。\n\n原因：{doing.reason}"
    _tell([newest.written_by], doing, "withdrawn", f"已下架：{newest.title}", body)


def never_published(case: Case, by: User | None, at: datetime) -> None:
    """What the public has read is kept."""
    if article_of(case).first_published_at is not None:
        raise Refused("曾經刊登的文稿不能捨棄，請改用下架。")


def days_are_over(case: Case, by: User | None, at: datetime) -> None:
    article = article_of(case)
    if article.ends_before is None or taipei_day(at) < article.ends_before:
        raise Refused("刊登迄日尚未屆滿。")


def expire(deadlines: list[Deadline], at: datetime) -> None:
    """The last day is over. The public page went with the day; here the state follows, unless a next version is being written."""
    for article in Article.objects.filter(pk__in=[one.thing_id for one in deadlines]).select_related("case"):
        with suppress(NotAllowed):
            perform(article.case, "expire" if article.case.state == "published" else "expired", by=None, at=at)


def expire_article(doing: Doing) -> None:
    """Ask for no day any more, and draw the public pages anew."""
    withdraw_deadline(code=EXPIRE, at=doing.at, thing=article_of(doing.case))
    front.changed_on_commit()


def _tell(users: list[User], doing: Doing, code: str, subject: str, body: str) -> None:
    case = doing.case
    notify(
        users=users,
        code=f"senior45.article_{code}",
        subject=subject,
        body=body,
        key=f"s45.article_{code}:{case.number}:{case.events_count}",
        link=page("senior45:article", case.number),
        at=doing.at,
    )

"""A small world: the lead group, a branch, a bureau with a silver point, and their people."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from accounts.clock import now
from accounts.models import County, Organisation, User
from accounts.services.roles import grant_role
from casework.cases.doing import perform
from casework.models import Case
from casework.papers.wordings import sync_wordings
from senior45.models import AccountRequest, Article, SiteAccount, SiteOffice
from senior45.params import OfficeKind
from senior45.services import articles, requests
from senior45.services.accounts import give_right, role_from_rights, set_idle_deadline
from tests.kept import kept

KIND = Organisation.Kind
_numbers = count(1)


def person(name: str, **fields: Any) -> User:
    n = next(_numbers)
    return User.objects.create_user(
        f"person{n:05d}", name=name, email=f"person{n}@example.com", password="x", phone="06-2991111", **fields
    )


@dataclass
class World:
    lead: SiteOffice
    other_hq: SiteOffice
    branch: SiteOffice
    other_branch: SiteOffice
    job_center: SiteOffice
    bureau: SiteOffice
    point: SiteOffice
    county: County
    people: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None


def office(name: str, kind: OfficeKind, organisation_kind: str, **given: Any) -> SiteOffice:
    organisation = Organisation.objects.create(
        name=name, short_name=name[-8:], kind=organisation_kind, code=f"T-{next(_numbers)}"
    )
    return SiteOffice.objects.create(organisation=organisation, kind=kind, **given)


def account(user: User, place: SiteOffice, *rights: str, at: datetime | None = None) -> SiteAccount:
    """An open account with rights, as if it had been opened on the day of `at`."""
    from kernel.dates import taipei_day

    at = at or now()
    on = taipei_day(at)
    made = SiteAccount.objects.create(
        user=user, office=place, role="agency_officer", title="專員", opened_on=on, idle_from=on
    )
    for right in rights:
        give_right(made, right, starts_on=on, case=None, by=None, at=at)
    role_from_rights(made, on=on, by=None, at=at)
    set_idle_deadline(made, at=at)
    return made


@kept
def world() -> World:
    at = now()
    sync_wordings(at=at)
    lead = office("勞動部勞動力發展署身特組", OfficeKind.HQ_LEAD, KIND.AGENCY)
    other_hq = office("勞動部勞動力發展署訓練發展組", OfficeKind.HQ_OTHER, KIND.AGENCY)
    branch = office("勞動部勞動力發展署雲嘉南分署", OfficeKind.BRANCH, KIND.BRANCH)
    other_branch = office("勞動部勞動力發展署桃竹苗分署", OfficeKind.BRANCH, KIND.BRANCH)
    job_center = office("雲嘉南分署臺南就業中心", OfficeKind.JOB_CENTER, KIND.SERVICE, branch=branch)
    county = County.objects.create(code="67000", name="臺南市", branch=branch.organisation)
    bureau = office("臺南市政府勞工局", OfficeKind.COUNTY, KIND.COUNTY, branch=branch, county=county)
    point = office(
        "臺南市銀髮人才服務據點", OfficeKind.SILVER_POINT, KIND.SERVICE, branch=branch, county=county, bureau=bureau
    )
    w = World(lead, other_hq, branch, other_branch, job_center, bureau, point, county)
    names = ("head", "window", "bureau_head", "bureau_window", "newcomer", "editor", "reviewer", "opener", "lead_opener", "admin",
             "inventory", "other_opener", "branch_window", "center_editor", "center_reviewer")  # fmt: skip
    w.people = {name: person(name) for name in names}
    for name, role, place in (
        ("head", "s45_head", point), ("window", "s45_window", point),
        ("bureau_head", "s45_head", bureau), ("bureau_window", "s45_window", bureau),
        ("branch_window", "s45_window", branch), ("branch_window", "s45_window", job_center),
    ):  # fmt: skip
        grant_role(user=w.people[name], role_code=role, organisation=place.organisation, by=None, at=at)
    account(w.lead_opener, lead, "opener")
    account(w.admin, lead, "system_admin", "editor")
    account(w.inventory, lead, "inventory")
    account(w.opener, branch, "opener")
    account(w.other_opener, other_branch, "opener")
    account(w.reviewer, bureau, "reviewer")
    account(w.center_editor, job_center, "editor")
    account(w.center_reviewer, job_center, "reviewer")
    return w


FORM = {
    "change": "new",
    "role": "point_staff",
    "role_text": "",
    "duty": "service_staff",
    "business": True,
    "rights": ["editor"],
    "hand_over": False,
    "name": "王小明",
    "title": "就業服務員",
    "phone": "06-2991111",
    "email": "xiaoming@example.com",
}


@kept
def drafted(w: World, *, by: User | None = None, place: SiteOffice | None = None, **changes: Any) -> AccountRequest:
    by = by or w.newcomer
    data = {**FORM, **changes}
    return requests.start(office=place or w.point, change=data["change"], data=data, by=by, at=now())


@kept
def at_head(w: World, **given: Any) -> Case:
    by = given.get("by") or w.newcomer
    return perform(drafted(w, **given).case, "submit", accepted=True, by=by, at=now()).case


@kept
def at_window(w: World, *, head: User | None = None, **given: Any) -> Case:
    return perform(at_head(w, **given), "approve", by=head or w.head, at=now()).case


@kept
def filed(w: World, *, window: User | None = None, **given: Any) -> Case:
    return perform(at_window(w, **given), "file", by=window or w.window, at=now()).case


@kept
def opened(w: World, **given: Any) -> SiteAccount:
    case = perform(filed(w, **given), "complete", by=w.opener, at=now()).case
    return AccountRequest.objects.get(case=case).account


TEXT = {"category": "event", "title": "銀髮徵才活動", "summary": "十家廠商", "body": "# 時間\n\n**11月30日** 上午九時"}


@kept
def written(w: World, *, by: User | None = None, place: SiteOffice | None = None, **changes: Any) -> Article:
    from accounts.clock import today

    data = {**TEXT, "starts_on": today(), "ends_before": None, **changes}
    return articles.start(office=place or w.point, data=data, by=by or w.editor, at=now())


@kept
def submitted(w: World, **given: Any) -> Article:
    article = written(w, **given)
    perform(article.case, "submit", by=given.get("by") or w.editor, at=now())
    return Article.objects.select_related("case", "office").get(pk=article.pk)


@kept
def published(w: World, **given: Any) -> Article:
    article = submitted(w, **given)
    perform(article.case, "publish", by=w.reviewer, at=now())
    return Article.objects.select_related("case", "office", "live").get(pk=article.pk)


def with_editor(w: World) -> SiteAccount:
    return account(w.editor, w.point, "editor")

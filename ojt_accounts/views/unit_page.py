"""What 我的單位 shows, in words: accounts with rights, seats, people, cases, and what to do next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.urls import reverse

from accounts.models import Organisation, User
from accounts.roles import all_roles
from casework.cases.access import with_people
from casework.models import Case
from casework.views import words
from kernel.acts import Turn
from kernel.dates import ONE_DAY, roc
from ojt_accounts.models import Application, Intake, PlanRight, Registration, TrainingAccount
from ojt_accounts.params import PLANS
from ojt_accounts.rules.accounts import year_in_hand
from ojt_accounts.selectors import open_intakes, people_of, registrations_of
from ojt_accounts.states import KIND

State = TrainingAccount.State
TONES = {State.OPENING: "info", State.OPEN: "good", State.CLOSED: "calm"}


@dataclass(frozen=True, slots=True)
class YearRights:
    """The plans of one program year, and whether they hold today (OA-13)."""

    year: int
    plans: str
    in_force: bool
    word: str
    until: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    account: TrainingAccount
    tone: str
    years: list[YearRights]

    @property
    def now(self) -> list[YearRights]:
        return [one for one in self.years if one.in_force]


def rights_by_year(rights: Iterable[PlanRight], *, on: date) -> list[YearRights]:
    """Newest year first; a year is split where some plans hold and others do not."""

    def key(right: PlanRight) -> tuple[int, bool, bool]:
        return right.program_year, right.in_force(on), right.withdrawn_on is not None

    rows = []
    for (year, in_force, withdrawn), found in groupby(sorted(rights, key=key, reverse=True), key=key):
        group = sorted(found, key=lambda one: list(PLANS).index(one.plan))
        first = group[0]
        if withdrawn:
            word = "已收回"
        elif in_force:
            word = "有效"
        else:
            word = "尚未開始" if first.starts_on > on else "已屆滿"
        last = first.withdrawn_on if withdrawn else first.ends_before - ONE_DAY
        rows.append(
            YearRights(year, "、".join(PLANS[one.plan] for one in group), in_force, word, roc(last) if last else "")
        )
    return rows


def account_row(account: TrainingAccount, *, on: date) -> AccountRow:
    return AccountRow(account, TONES[State(account.state)], rights_by_year(account.plan_rights.all(), on=on))


def seat_gauge(taken: int, cap: int) -> dict[str, Any]:
    left = max(0, cap - taken)
    if left:
        return {"taken": taken, "cap": cap, "note": f"還可申請 {left} 組", "tone": ""}
    return {"taken": taken, "cap": cap, "note": "已達上限，須先註銷才能再申請", "tone": "warn"}


def context_of(unit: Organisation, *, on: date, cap: int, may_prepare: bool) -> dict[str, Any]:
    branches = [_branch(one, on=on, cap=cap) for one in registrations_of(unit)]
    cases = list(with_people(Case.objects.filter(organisation=unit, kind=KIND)).order_by("-changed_at")[:8])
    return {
        "branches": branches,
        "people": _people(unit),
        "cases": [words.row(case, on) for case in cases] if may_prepare else [],
        "todo": _todo(cases, branches, list(open_intakes(on=on)), on=on) if may_prepare else [],
    }


def _branch(registration: Registration, *, on: date, cap: int) -> dict[str, Any]:
    accounts = list(registration.accounts.all())
    live = [one for one in accounts if one.state != State.CLOSED]
    return {
        "registration": registration,
        "seats": seat_gauge(len(live), cap),
        "accounts": [account_row(one, on=on) for one in live],
        "closed": [account_row(one, on=on) for one in accounts if one.state == State.CLOSED],
    }


def _people(unit: Organisation) -> list[dict[str, Any]]:
    labels = {role.code: role.label for role in all_roles()}

    def roles(person: User) -> str:
        return "、".join(labels.get(group.held_role.role, group.held_role.role) for group in person.held_here)  # type: ignore[attr-defined]

    return [{"person": person, "roles": roles(person)} for person in people_of(unit)]


def _todo(
    cases: Sequence[Case], branches: Sequence[dict[str, Any]], intakes: Sequence[Intake], *, on: date
) -> list[dict[str, str]]:
    """Title, text, url, label and what the label is about, of each thing the unit should do, the most pressing first."""
    found = []
    for case in cases:
        if case.turn != Turn.APPLICANT:
            continue
        mending = case.state == "correction"
        due = f"，請於 {roc(case.due_on)} 前完成" if mending and case.due_on else ""
        found.append(
            {
                "title": f"{'補正' if mending else '繼續填寫'}：{case.title}",
                "text": f"案號 {case.number}{due}",
                "url": reverse("ojt_accounts:checklist", args=[case.number]),
                "label": "前往補正" if mending else "繼續填寫",
                "about": case.title,
            }
        )
    found.sort(key=lambda one: not one["title"].startswith("補正"))
    registered = [one for one in branches if one["registration"].registered_on]
    waiting = {case.office_id for case in cases if case.turn != Turn.NOBODY}
    start = reverse("ojt_accounts:start")
    if not registered and not waiting:
        found.append(
            {
                "title": "為單位提出第一次申請",
                "text": "貴單位尚未在任何分署登錄，請從新單位申請開始。",
                "url": f"{start}?kind={Application.Kind.NEW_UNIT}",
                "label": "開始新單位申請",
                "about": "為單位提出第一次申請",
            }
        )
    for branch in registered:
        registration = branch["registration"]
        ending = _ending(branch["accounts"], intakes, registration, on=on)
        if ending and registration.branch_id not in waiting:
            found.append(
                {
                    **ending,
                    "url": f"{start}?kind={Application.Kind.RENEWAL}",
                    "label": "申請賦予",
                    "about": ending["title"],
                }
            )
    return found


def _ending(
    accounts: Sequence[AccountRow], intakes: Sequence[Intake], registration: Registration, *, on: date
) -> dict[str, str] | None:
    """Accounts in use without rights in the year an intake is open for, or whose rights end soon."""
    years = {one.program_year for one in intakes if one.branch_id == registration.branch_id}
    asked = max(years, default=year_in_hand(on))
    without = [
        row.account.name
        for row in accounts
        if row.account.state == State.OPEN and asked not in {y.year for y in row.years}
    ]
    if not without:
        return None
    name = registration.branch.label
    how = "目前正在受理，請申請「賦予」。" if asked in years else "請留意分署公告的受理期間，屆時申請「賦予」。"
    return {
        "title": f"{name}：{asked} 年度權限尚未賦予",
        "text": f"{'、'.join(without)} 的帳號還沒有 {asked} 年度的權限。{how}",
    }

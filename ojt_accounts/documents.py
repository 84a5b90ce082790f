"""What the papers of an account application say: a frozen context for each, and its template.

The four papers of the pack: 訓練機構名稱申請表, 使用者帳號申請／賦予／註銷單, 資訊安全保密切結書, and the mailing cover. Each prints from the
case at any time (`print_*`: a working copy, for signing by hand); the first two are issued when the decision is complete.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from accounts.models import Organisation, User
from casework.models import Case, Document, SignOff
from casework.papers import documents, rendering
from casework.papers.rendering import Paper
from kernel.dates import roc, roc_long, taipei_day
from kernel.identifiers import mask_name
from ojt_accounts.models import AccountForm, Application, Pledge, UnitForm
from ojt_accounts.params import CATEGORIES, PLANS, REQUESTS
from ojt_accounts.rules.papers import PAPERS
from ojt_accounts.selectors import form_values, live_forms, live_pledges, unit_form_needed
from ojt_accounts.wordings import PLEDGE

BLANK_SIGNS = {"officer": None, "chief": None, "approver": None, "administrator": None}
_STEPS = ("officer", "chief", "approver", "administrator")
BRANCH = "勞動部勞動力發展署＿＿＿分署"

PRINTED = (
    Paper("ojt.unit_form", "在職訓練 OJT 系統建立訓練機構名稱申請表", "papers/ojt/unit_form.html"),
    Paper("ojt.account_form", "在職訓練 OJT 系統使用者帳號申請／註銷／賦予單", "papers/ojt/account_form.html"),
    Paper("ojt.pledge", "資訊安全保密切結書", "papers/ojt/pledge.html"),
    Paper("ojt.cover", "郵寄封面及文件清單", "papers/ojt/cover.html"),
)


def _plans(chosen: Sequence[str]) -> list[dict[str, Any]]:
    return [{"label": label, "on": code in chosen} for code, label in PLANS.items()]


def _signs(rows: Sequence[SignOff]) -> dict[str, Any]:
    """The branch part: who signed which step, and when; empty places where nobody has yet."""
    last = max((row.round for row in rows), default=1)
    signed: dict[str, Any] = dict(BLANK_SIGNS)
    for row in rows:
        if row.round == last and row.decision == SignOff.Decision.APPROVE and row.step <= len(_STEPS):
            signed[_STEPS[row.step - 1]] = {
                "name": row.person.name,
                "on": roc(taipei_day(row.at)),
                "comment": row.comment,
            }
    return signed


def _rows(case: Case, form: str) -> list[SignOff]:
    return list(case.signoffs.filter(form=form).select_related("person"))


def _filed_on(case: Case, today: date) -> str:
    return roc(taipei_day(case.filed_at) if case.filed_at else today)


# --- 訓練機構名稱申請表 (p.3) ------------------------------------------------------------------------------------------


def unit_form_context(application: Application, *, today: date) -> dict[str, Any]:
    case, form = application.case, application.unit_form
    values = form_values(form)
    values["address"] = " ".join(filter(None, [form.postal_code, form.address]))
    return {
        "branch": case.office.name,
        "case_number": case.number,
        "filed_on": _filed_on(case, today),
        "form": values,
        "plans": _plans(form.plans),
        "categories": CATEGORIES,
        "category_label": CATEGORIES.get(form.category, ""),
        "ttqs": {"edition": form.ttqs_edition, "grade": form.ttqs_grade},
        "signs": _signs(_rows(case, "unit_form")),
    }


def blank_unit_form() -> dict[str, Any]:
    return {
        "branch": BRANCH,
        "case_number": "",
        "filed_on": "",
        "form": dict.fromkeys(UnitForm.FIELDS, ""),
        "plans": _plans(()),
        "categories": CATEGORIES,
        "category_label": "",
        "ttqs": {"edition": "", "grade": ""},
        "signs": dict(BLANK_SIGNS),
    }


# --- 使用者帳號申請／註銷／賦予單 (p.4) -----------------------------------------------------------------------------------


def account_form_context(application: Application, form: AccountForm, *, today: date) -> dict[str, Any]:
    case = application.case
    return {
        "branch": case.office.name,
        "case_number": case.number,
        "filed_on": _filed_on(case, today),
        "requests": [{"label": label, "on": code == form.request} for code, label in REQUESTS.items()],
        "program_year": application.program_year,
        "plans": _plans(form.plans),
        "unit": case.organisation.name if case.organisation else "",
        "name": form.name,
        "national_id": form.national_id,
        "email": form.email,
        "phone": form.phone,
        "account_name": form.account_name,
        "scope": form.scope,
        "reason": form.reason,
        "as_before": form.account_id is not None and form.request != AccountForm.Request.OPEN,
        "signs": _signs(_rows(case, form.code)),
        "set_on": roc(form.set_on) if form.set_on else "",
    }


def blank_account_form() -> dict[str, Any]:
    empty = dict.fromkeys(
        (
            "case_number",
            "filed_on",
            "program_year",
            "unit",
            "name",
            "national_id",
            "email",
            "phone",
            "account_name",
            "scope",
            "reason",
            "set_on",
        ),
        "",
    )
    return {
        **empty,
        "branch": BRANCH,
        "requests": [{"label": label, "on": False} for label in REQUESTS.values()],
        "plans": _plans(()),
        "as_before": False,
        "signs": dict(BLANK_SIGNS),
    }


# --- 資訊安全保密切結書 (p.5) ------------------------------------------------------------------------------------------------


def pledge_context(application: Application, pledge: Pledge) -> dict[str, Any]:
    """The name is left to be signed by hand (OA-23); the version of the text is printed."""
    return {
        "branch": application.case.office.name,
        "case_number": application.case.number,
        "name": pledge.name,
        "capacities": pledge.capacity_labels,
        "national_id": pledge.national_id,
        "address": pledge.address,
        "phone": pledge.phone,
        "articles": pledge.wording.body.splitlines(),
        "version": roc(pledge.wording.in_force_from),
    }


def blank_pledge(*, today: date) -> dict[str, Any]:
    from casework.papers.wordings import wording

    text = wording(PLEDGE, on=today)
    empty = dict.fromkeys(("case_number", "name", "capacities", "national_id", "address", "phone"), "")
    return {**empty, "branch": BRANCH, "articles": text.body.splitlines(), "version": roc(text.in_force_from)}


# --- 郵寄封面 (p.1 end) -----------------------------------------------------------------------------------------------------


def cover_context(application: Application, *, today: date) -> dict[str, Any]:
    """Address of the branch, list of what goes into the envelope with page counts, the case number as a code (OA-22)."""
    case, office = application.case, application.case.office
    pages = {a.field: a for a in case.attachments.filter(removed_at=None, subject="")}
    rows: list[dict[str, Any]] = []
    if unit_form_needed(application):
        rows.append({"label": "訓練機構名稱申請表", "copies": 1, "pages": ""})
    forms, pledges = live_forms(application), live_pledges(application)
    rows.append({"label": "使用者帳號申請／註銷／賦予單", "copies": len(forms), "pages": ""})
    if pledges:
        rows.append({"label": "資訊安全保密切結書", "copies": len(pledges), "pages": ""})
    rows += [{"label": PAPERS[code], "copies": 1, "pages": pages[code].pages} for code in PAPERS if code in pages]
    unit, form = case.organisation, getattr(application, "unit_form", None)
    return {
        "case_number": case.number,
        "code": rendering.qr(case.number),
        "unit_name": unit.name if unit else "",
        "unit_postal_code": (form and form.postal_code) or (unit.postal_code if unit else ""),
        "unit_address": (form and form.address) or (unit.address if unit else ""),
        "unit_phone": (form and form.contact_phone) or (unit.phone if unit else ""),
        "office": office.name,
        "office_postal_code": office.postal_code,
        "office_address": office.address,
        "office_phone": office.phone,
        "rows": rows,
        "today": roc_long(today),
        "title": str(application),
    }


def print_context(application: Application, paper: str, *, today: date, pk: int | None = None) -> Mapping[str, Any]:
    """A working copy of a paper as the case stands. `pk`: the account form's position, or the pledge's key."""
    if paper == "ojt.unit_form":
        return unit_form_context(application, today=today)
    if paper == "ojt.account_form":
        form = application.account_forms.get(position=pk, removed_at=None)
        return account_form_context(application, form, today=today)
    if paper == "ojt.pledge":
        pledge = application.pledges.select_related("wording").get(pk=pk, removed_at=None)
        return pledge_context(application, pledge)
    return cover_context(application, today=today)


def blank(paper: str, *, today: date) -> bytes:
    made = {
        "ojt.unit_form": blank_unit_form,
        "ojt.account_form": blank_account_form,
        "ojt.pledge": lambda: blank_pledge(today=today),
    }
    return rendering.render(paper, made[paper]())


# --- issued --------------------------------------------------------------------------------------------------------------------


def _public(case: Case, office: Organisation, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("案號", case.number), ("受理分署", office.name), *more]


def issue_unit_form(case: Case, application: Application, *, by: User, at: datetime) -> Document | None:
    """The signed unit form, once decided; only where one was required (OA-02)."""
    if not unit_form_needed(application):
        return None
    on = taipei_day(at)
    return documents.issue(
        case=case,
        paper="ojt.unit_form",
        context=unit_form_context(application, today=on),
        public=_public(case, case.office, ("機構名稱", application.unit_form.full_name), ("核定日", roc(on))),
        by=by,
        at=at,
    )


def issue_account_form(case: Case, application: Application, form: AccountForm, *, by: User, at: datetime) -> Document:
    """The account form with all four signatures and the day of setting."""
    return documents.issue(
        case=case,
        paper="ojt.account_form",
        subject=form.code,
        title=f"帳號{form.get_request_display()}單（{form.label}）",
        context=account_form_context(application, form, today=taipei_day(at)),
        public=_public(
            case,
            case.office,
            ("訓練單位", case.organisation.name if case.organisation else ""),
            ("申請別", form.get_request_display()),
            ("申請人", mask_name(form.name)),
            *([("註銷範圍", f"{'、'.join(form.plan_labels)}（{form.scope}）")] if form.scope else []),
            ("設定日期", roc(form.set_on) if form.set_on else ""),
        ),
        by=by,
        at=at,
    )

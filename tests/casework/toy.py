"""A kind of case that belongs to no scheme, for tests of what every scheme shares. Registered only while a test runs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django import forms

from accounts.catalogue import REVEAL
from accounts.models import Organisation, User
from accounts.roles import Right, Role, Side
from accounts.services.roles import sync_rights
from casework.cases import corrections
from casework.cases.casetypes import CaseType, Identifier, Panel, Target, casetype
from casework.cases.doing import Doing
from casework.cases.moving import go, open_case
from casework.errors import Refused
from casework.forms import CorrectionForm, PortalForm, ReasonForm, RocDateField
from casework.models import Case
from casework.rights import CALENDAR, PEOPLE, WATCH
from casework.schemes import CaseworkPart
from kernel.acts import Act, Acts, State, Turn
from kernel.law import Law
from kernel.outcome import Line, Outcome

KIND, OTHER = "toy.case", "toy.other"
VIEW, DECIDE, OWN, PREPARE = "toy.view", "toy.decide", "toy.view_own", "toy.prepare"
OFFICER, CHIEF, READER, CONTACT, LOOKER = "toy.officer", "toy.chief", "toy.reader", "toy.contact", "toy.looker"
OWN_RIGHTS = (
    Right(VIEW, "檢視案件", Side.OFFICE),
    Right(DECIDE, "審查案件", Side.OFFICE),
    Right(OWN, "檢視本單位申請", Side.APPLICANT),
    Right(PREPARE, "填寫與送件", Side.APPLICANT),
)
OWN_ROLES = (
    Role(OFFICER, "承辦人", (VIEW, DECIDE, REVEAL, WATCH, PEOPLE, CALENDAR), ("branch",), staff=True),
    Role(CHIEF, "主管", (VIEW, DECIDE), ("branch",), staff=True),
    Role(READER, "查閱人員", (VIEW,), ("branch",), staff=True),
    Role(CONTACT, "聯絡人", (OWN, PREPARE), ("unit",)),
    Role(LOOKER, "單位查閱人員", (OWN,), ("unit",)),
)

STATES = (
    State("draft", "草稿", Turn.APPLICANT, tone="calm"),
    State("filed", "審查中", Turn.OFFICE),
    State("correction", "待補正", Turn.APPLICANT, tone="warn"),
    State("approved", "已核定", Turn.NOBODY, tone="good", final=True),
    State("refused", "不予核准", Turn.NOBODY, tone="bad", final=True),
    State("withdrawn", "已撤回", Turn.NOBODY, tone="calm", final=True),
)


class ApproveForm(PortalForm):
    decided_on = RocDateField(label="核定日期")
    opinion = forms.CharField(label="審查意見", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


def file(doing: Doing) -> None:
    corrections.close(doing.case, by=doing.by, at=doing.at)


def approve(doing: Doing, *, decided_on: date, opinion: str) -> None:
    if "保留" in opinion:
        raise Refused("審查意見不得為「保留」。", field="opinion")
    doing.case.decided_on, doing.reason = decided_on, opinion


def ask(doing: Doing, *, items: Sequence[Any], message: str, due_on: date | None = None) -> None:
    corrections.ask(doing.case, items=items, message=message, due_on=due_on, by=doing.by, at=doing.at)


def nothing(doing: Doing) -> None:
    """The state and the event are all there is to it."""


def not_yet(case: Case, by: User | None, at: datetime) -> None:
    raise Refused("保存年限未屆。")


def _form(kind: type[forms.Form]) -> Any:
    return lambda *, case, **given: kind(**given)


ACTS = (
    Act("file", "送件", "draft | correction → filed", PREPARE, file, "測試要點第 1 點", confirm="送出後不能再修改。"),
    Act("withdraw", "撤回", "draft | filed | correction → withdrawn", PREPARE, nothing, tone="danger"),
    Act("approve", "核定", "filed → approved", DECIDE, approve, "測試要點第 3 點", form=_form(ApproveForm)),
    Act("ask", "通知補正", "filed → correction", DECIDE, ask, "測試要點第 2 點", form=CorrectionForm, tone="secondary"),
    Act("refuse", "不予核准", "filed → refused", DECIDE, nothing, reason=True, form=_form(ReasonForm), tone="danger"),
    Act("archive", "歸檔", "filed | approved", DECIDE, nothing, asks=(not_yet,)),
)


def findings(case: Case, on: date, law: Law) -> list[Outcome]:
    met = Line(
        "TY-01",
        "測試要點第 1 點",
        "單位成立滿 2 年",
        True,
        comparison="4 ≥ 2",
        figure=2,
        unit="年",
        in_force_from="2024-01-01",
    )
    unmet = Line("TY-02", "測試要點第 4 點", "訓練品質評核結果逾期", False, confirmed=False)
    return [
        Outcome("TY-01", on, True, {"met": True}, (met,)),
        Outcome("TY-02", on, False, {"met": False}, (unmet,)),
    ]


def panels(case: Case, user: User) -> list[Panel]:
    items = [
        {
            "label": "單位全銜",
            "value": case.organisation.name if case.organisation else "",
            "changed": False,
            "before": "",
        },
        {"label": "地址", "value": "臺南市官田區工業路40號", "changed": True, "before": "臺南市新營區"},
    ]
    return [Panel("申請內容", "components/facts.html", {"items": items})]


def targets(case: Case) -> list[Target]:
    return [
        Target("unit.address", "地址", "/cases/"),
        Target("unit.phone", "聯絡電話", "/cases/"),
        Target("paper.ttqs", "TTQS 證書"),
    ]


def _type(kind: str, label: str, series: str) -> CaseType:
    return CaseType(
        kind,
        label,
        series,
        (VIEW, OWN),
        Acts(kind, STATES, ACTS),
        findings=findings,
        panels=panels,
        targets=targets,
        identifiers=lambda case: [Identifier("first", "帳號申請人陳大文", "A123456789")],
        export_row=lambda case: {"測試欄": f"值{case.pk}"},
    )


PART = CaseworkPart(
    name="toy",
    rights=OWN_RIGHTS,
    roles=OWN_ROLES,
    kinds=(_type(KIND, "測試申請", "TY"), _type(OTHER, "另一種申請", "TZ")),
)


@contextmanager
def entered() -> Iterator[None]:
    """The part among the others, and its rights' rows in the database."""
    with PART.entered():
        sync_rights()
        yield


def case(
    *, office: Organisation, unit: Organisation | None = None, state: str = "filed", by: User | None = None,
    at: datetime, kind: str = KIND, title: str = "新單位申請", **fields: Any,
) -> Case:  # fmt: skip
    """A case of the toy in a state, reached as its acts would."""
    found = open_case(kind=kind, title=title, office=office, organisation=unit, by=by, at=at)
    way = {"draft": (), "filed": ("file",), "correction": ("file", "ask"), "approved": ("file", "approve")}[state]
    for name in way:
        go(found, casetype(kind).table.act(name), by=None, at=at)
    for name, value in fields.items():
        setattr(found, name, value)
    if way:
        found.filed_at = at
    found.save()
    return found

"""資料上傳與審稿: what an office may publish and who reviews it (第4–6點, 附件2「使用權限」「審稿分層設定」)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import promise, rule
from senior45.params import CATEGORY_LABELS, OFFICE_LABELS, Category, OfficeKind


@dataclass(frozen=True, slots=True)
class UploadFacts:
    """`own_office`: the data belong to the office the account is held in."""

    office: OfficeKind
    category: Category
    own_office: bool


@rule("S45-06", facts=UploadFacts)
def upload(facts: UploadFacts, *, on: date, law: Law) -> Outcome:
    """第4點：帳號使用者依使用權限管理設定上傳與維護與其業務相關資料，不得自行更改或竊取未經核准使用資料。"""
    why = Reasoning("S45-06", on=on, law=law)
    _judge_category(facts.office, facts.category, why)
    why.judge(facts.own_office, "為本機關之資料", otherwise="非本機關之資料，不得更改", citation="第4點")
    return why.outcome()


def _judge_category(office: OfficeKind, category: Category, why: Reasoning) -> None:
    allowed = why.figure(f"s45.categories.{office}")
    listed = "、".join(CATEGORY_LABELS[Category(c)] for c in allowed)
    why.judge(
        category.value in allowed,
        f"{OFFICE_LABELS[office]}得刊登{CATEGORY_LABELS[category]}",
        otherwise=f"{OFFICE_LABELS[office]}不得刊登{CATEGORY_LABELS[category]}，僅得刊登{listed}",
        comparison=f"{CATEGORY_LABELS[category]}；得為{listed}",
        office=office,
        category=category,
    )


promise(
    __name__,
    "S45-07",
    "第5點、第6點：使用者對密碼負保密責任，離開時登出；個人資料之蒐集、處理及利用依個人資料保護法辦理，並留存同意之條文版本。",
    screens=("senior45:terms", "paper:senior45.account_request"),
)


@dataclass(frozen=True, slots=True)
class PublishFacts:
    """`reviewer_is_author`: whoever reviews wrote the text or changed it last."""

    office: OfficeKind
    category: Category
    reviewer_is_author: bool = False


@rule("S45-11", facts=PublishFacts)
def publish(facts: PublishFacts, *, on: date, law: Law) -> Outcome:
    """附件2：各機關依使用權限刊登，由本機關審核人員審稿；銀髮人才服務據點及就業服務臺之審核權在各局處；不得審核自己上稿之內容。"""
    why = Reasoning("S45-11", on=on, law=law)
    _judge_category(facts.office, facts.category, why)
    reviewed_by = why.figure(f"s45.reviewed_by.{facts.office}")
    why.note("由本機關審核人員審稿" if reviewed_by == "own" else "由所屬局處審核人員審稿", office=facts.office)
    if facts.reviewer_is_author:
        why.judge(False, "不得審核自己上稿之內容", citation="附件2「審稿分層設定」列")
    return why.outcome(reviewed_by=reviewed_by)

"""陳情、閒置登出、常見問題 (學員問答第3, 23, 24題, 辦訓單位問答第7題)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import promise, rule
from ojt_subsidy.rules.courses import branch_of


@dataclass(frozen=True, slots=True)
class ComplaintFacts:
    """`place_county`: where the course is held. `may_see_identity`: the reader holds the right to it."""

    place_county: str
    confidential: bool = False
    may_see_identity: bool = False


@rule("SUB-16", facts=ComplaintFacts)
def complaint(facts: ComplaintFacts, *, on: date, law: Law) -> Outcome:
    """學員問答第23題：對師資、課程內容之意見得向辦訓地轄區分署陳情，分署儘速查明；有保密必要者，應予保密。"""
    why = Reasoning("SUB-16", on=on, law=law)
    branch = branch_of(facts.place_county, law, on)
    why.figure("sub.branch_counties")
    why.judge(
        branch is not None,
        f"{facts.place_county}之陳情由{branch}處理",
        otherwise=f"查無「{facts.place_county}」之轄區分署",
        place_county=facts.place_county,
    )
    hidden = facts.confidential and not facts.may_see_identity
    if facts.confidential:
        why.note("陳情人身分保密，訓練單位及無權限人員不得查閱")
    return why.outcome(branch=branch, identity_hidden=hidden)


promise(
    __name__,
    "SUB-17",
    "學員問答第24題：維護個人報名資料頁面閒置30分鐘自動登出並事先提醒、保留已填內容，其他報名頁面不自動登出。",
    screens=("ojt_subsidy:profile",),
)
promise(
    __name__,
    "SUB-22",
    "學員問答第3題、辦訓單位問答第7題：課程類型、TTQS 申請等常見問題以說明頁答覆，並由各該畫面連結。",
    screens=("ojt_subsidy:help",),
)

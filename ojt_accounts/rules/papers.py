"""Forms and papers by kind of application 申請項目、填報文件與必備文件."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import promise, rule
from ojt_accounts.params import PACK, REGISTERED_KINDS

Kind = Literal["new_unit", "renewal", "cancellation"]
Paper = Literal["letter", "licence", "charter", "registration", "ttqs", "ttqs_letter"]

PAPERS: dict[str, str] = {
    "letter": "公文",
    "licence": "立案／設立證書",
    "registration": "最新法人登記證書",
    "charter": "組織章程",
    "ttqs": "TTQS 評核證書",
    "ttqs_letter": "TTQS 核定公文",
}
_WHY = {
    "letter": f"{PACK} 第1頁一（公文受文者為受理分署）",
    "licence": f"{PACK} 第1頁四、第2頁必備文件一",
    "registration": f"{PACK} 第1頁六、第2頁必備文件二",
    "charter": f"{PACK} 第1頁五、第2頁必備文件三",
    "ttqs": f"{PACK} 第1頁三、第2頁必備文件四",
    "ttqs_letter": f"{PACK} 第1頁三、第2頁必備文件四（含公文）",
}


@dataclass(frozen=True, slots=True)
class ChecklistFacts:
    """What is asked for and what is there. A pledge stands for one person: of two people of one name each needs their own."""

    kind: Kind
    unit_kind: str
    unit_changed: bool
    unit_form_filled: bool
    account_forms: int
    papers: tuple[str, ...] = ()
    pledges_needed: tuple[str, ...] = ()
    pledges_signed: tuple[str, ...] = ()
    #: Whose 註銷單 says no reason.
    without_reason: tuple[str, ...] = ()
    #: Whether the branch has the unit in its register; None once the application is decided, or where it is not asked.
    registered: bool | None = None
    branch: str = "分署"


def papers_needed(kind: Kind, unit_kind: str) -> tuple[str, ...]:
    """The papers to attach, in the order of the pack's table."""
    if kind == "cancellation":
        return ("letter",)
    needed = ["letter", "licence"] if kind == "new_unit" else ["letter"]
    if unit_kind in REGISTERED_KINDS:
        needed.append("registration")
    if kind == "new_unit":
        needed.append("charter")
    return (*needed, "ttqs", "ttqs_letter")


def unit_form_needed(kind: Kind, *, unit_changed: bool) -> bool:
    """新單位 always; 舊單位 only when something changed (OA-02); 註銷 never."""
    return kind == "new_unit" or (kind == "renewal" and unit_changed)


def kind_fits(kind: str, *, registered: bool, branch: str, on: date, law: Law) -> Outcome:
    """新單位 is a unit without a record at the branch; 舊單位 and 註銷 are of a unit that has one. Part of OA-01."""
    why = Reasoning("OA-01", on=on, law=law)
    if kind == "new_unit":
        right, otherwise = not registered, f"貴單位已在{branch}登錄，不得再以新單位申請，請以「舊單位」申請"
        text = f"貴單位尚未在{branch}登錄，屬新單位"
    else:
        right, otherwise = registered, f"貴單位尚未在{branch}登錄，請以「新單位申請」辦理"
        text = f"貴單位已在{branch}登錄"
    why.judge(right, text, otherwise=otherwise, citation=f"{PACK} 第1頁新單位、舊單位", target="kind")
    return why.outcome()


@rule("OA-01", facts=ChecklistFacts)
def checklist(facts: ChecklistFacts, *, on: date, law: Law) -> Outcome:
    """申請須知第1頁、第2頁填報及必備文件表：依申請項目（新單位、舊單位、註銷）備齊表單、切結書及證明文件始得送件。

    One line per form, pledge and paper; the failing lines are the list of what is missing.
    """
    why = Reasoning("OA-01", on=on, law=law)
    if facts.registered is not None:
        why.include(kind_fits(facts.kind, registered=facts.registered, branch=facts.branch, on=on, law=law))
    if unit_form_needed(facts.kind, unit_changed=facts.unit_changed):
        why.judge(
            facts.unit_form_filled,
            "訓練機構名稱申請表已填妥",
            otherwise="尚未填妥訓練機構名稱申請表",
            citation=f"{PACK} 第2頁填報文件",
            target="unit",
        )
    why.judge(
        facts.account_forms >= 1,
        f"使用者帳號申請／賦予／註銷單 {facts.account_forms} 張",
        otherwise="至少須填一張使用者帳號申請／賦予／註銷單（一人一張）",
        citation=f"{PACK} 第2頁填報文件",
        target="accounts",
    )
    for name in facts.without_reason:
        why.judge(
            False,
            "",
            otherwise=f"{name}的註銷單尚未填寫註銷原因",
            citation=f"{PACK} 第2頁※（人員異動或業務調整時，應填寫註銷單）",
            target="accounts",
        )
    signed = Counter(facts.pledges_signed)
    for name in facts.pledges_needed:
        there, signed[name] = signed[name] > 0, signed[name] - 1
        why.judge(
            there,
            f"{name}的保密切結書已上傳",
            otherwise=f"缺少{name}的資訊安全保密切結書（簽章後掃描上傳）",
            citation=f"{PACK} 第2頁填報文件三（一人一張）",
            target="pledges",
            person=name,
        )
    for code in papers_needed(facts.kind, facts.unit_kind):
        why.judge(
            code in facts.papers,
            f"{PAPERS[code]}已上傳",
            otherwise=f"缺少{PAPERS[code]}",
            citation=_WHY[code],
            target=f"paper.{code}",
        )
    missing = [line.inputs["target"] for line in why.lines if line.met is False]
    return why.outcome(missing=missing)


#: The persons the unit form names, who each sign a pledge with it.
OFFICES = {"contact": "聯絡人", "custodian": "個人資料檔案保管人員"}


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """Labels of the unit-form fields that differ from the unit's last approved form, and whose person changed."""

    changed: tuple[str, ...]
    contact_changed: bool = False
    custodian_changed: bool = False


@rule("OA-02", facts=ChangeFacts)
def unit_changes(facts: ChangeFacts, *, on: date, law: Law) -> Outcome:
    """申請須知第1頁舊單位第2點、第2頁必備文件二：與前年度內容相同者免附訓練機構名稱申請表；內容異動者須重新填寫，並檢附聯絡人及個資保管人之保密切結書，一人一張。

    Whoever files the form anew attaches the pledges of both persons named on it, as a new unit does. Another person of the
    same name changes no field of the form: the form is due all the same, with the pledge of that person.
    """
    why = Reasoning("OA-02", on=on, law=law)
    moved = [who for who, new in (("contact", facts.contact_changed), ("custodian", facts.custodian_changed)) if new]
    form_required = bool(facts.changed or moved)
    pledges = list(OFFICES) if facts.changed else moved
    if facts.changed:
        why.note(
            "與前次核定內容不同：" + "、".join(facts.changed) + "，須重新填報訓練機構名稱申請表",
            changed=list(facts.changed),
        )
    elif not form_required:
        why.note("與前次核定內容相同，免附訓練機構名稱申請表")
    if pledges:
        why.note("申請表重新填寫，須附切結書（一人一張）：" + "、".join(OFFICES[p] for p in pledges))
    return why.outcome(judged=False, form_required=form_required, new_pledges=pledges)


promise(
    __name__,
    "OA-08",
    f"{PACK} 第2頁填報文件：帳號申請單一人一張；切結書一人一張，同一人兼任聯絡人、保管人員及申請人者亦僅一張。",
    screens=("ojt_accounts:accounts", "ojt_accounts:pledges", "paper:ojt.pledge"),
)
promise(
    __name__,
    "OA-15",
    f"{PACK} 第1頁※三：文件為影本者須加蓋「與正本相符」及職章，上傳人逐件聲明、承辦人逐件確認。",
    screens=("ojt_accounts:papers", "admin:case"),
)
promise(
    __name__,
    "OA-16",
    f"{PACK} 第1頁一：公文受文者須為受理之分署，並登錄發文字號與發文日期。",
    screens=("ojt_accounts:papers", "admin:case"),
)
promise(
    __name__,
    "OA-22",
    f"{PACK} 第1頁末：紙本文件郵寄至受理分署，封面列明分署地址、文件頁數與案號條碼。",
    screens=("paper:ojt.cover",),
)
promise(
    __name__,
    "OA-23",
    f"{PACK} 第5頁：切結書姓名請簽名或蓋章，勿僅電腦繕打；列印簽章後掃描上傳。",
    screens=("ojt_accounts:pledges", "paper:ojt.pledge"),
)

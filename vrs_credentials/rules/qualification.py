"""貳、資格申請: which papers an application needs (VRS-01)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule


@dataclass(frozen=True, slots=True)
class ChecklistFacts:
    """`chosen`: of two papers the clause offers, the one the applicant has. `given`: papers uploaded so far."""

    kind: str
    clause: str
    chosen: str | None = None
    #: The department's name is word for word one of those the clause lists.
    degree_name_matches: bool | None = None
    #: Service is recorded in 第二代身心障礙者職業重建服務資訊管理系統.
    has_service_record: bool | None = None
    #: 個管員: the 36 hours were finished before being taken on; otherwise 第8條第2項 applies.
    trained_before: bool | None = None
    given: tuple[str, ...] | None = None


def clauses_of(kind: str, *, on: date, law: Law) -> list[Mapping[str, Any]]:
    """The clauses under which a kind of professional may apply, in the order of the regulation."""
    return [row for row in law.at("vrs.clauses", on).value if kind in row["kinds"]]


def clause(kind: str, code: str, *, on: date, law: Law) -> Mapping[str, Any]:
    """One clause of a kind. Raises Impossible when that kind has no such clause."""
    for row in clauses_of(kind, on=on, law=law):
        if row["code"] == code:
            return row
    raise Impossible("所選遴用條款不屬於這一類專業人員，請重新選擇。")


@rule("VRS-01", facts=ChecklistFacts)
def checklist(facts: ChecklistFacts, *, on: date, law: Law) -> Outcome:
    """說明書貳：應檢附文件依遴用條款及填答內容決定；科系名稱不完全符合者另附核心課程對照表與成績單，無系統服務紀錄者另附個案紀錄。"""
    why = Reasoning("VRS-01", on=on, law=law)
    if facts.kind not in law.at("vrs.kinds", on).value:
        raise Impossible("沒有這一類專業人員，請重新選擇。")
    labels = law.at("vrs.documents", on).value
    # Not through `why.figure`: a line would carry the whole table with it.
    row = clause(facts.kind, facts.clause, on=on, law=law)
    why.note(
        f"{row['citation']}：{row['text'].rstrip('。')}", citation=row["citation"], kind=facts.kind, clause=facts.clause
    )

    needed: dict[str, str] = dict.fromkeys(row["documents"], row["citation"])
    questions: list[str] = []
    if row["either"]:
        if facts.chosen is None:
            questions.append("chosen")
        elif facts.chosen not in row["either"]:
            raise Impossible("所選文件不是這一條款規定的文件之一。")
        else:
            needed[facts.chosen] = row["citation"]
            if facts.chosen == "training":
                needed["hours_form"] = "說明書貳、二（完成專業訓練者需檢附）"
    _case_manager(facts, row, needed, questions)

    if row["related"] and "degree" in needed:
        if facts.degree_name_matches is None:
            questions.append("degree_name_matches")
        elif not facts.degree_name_matches:
            needed["core_courses"] = needed["transcript"] = "說明書貳、注意事項2"
    if "work" in needed:
        if facts.has_service_record is None:
            questions.append("has_service_record")
        elif not facts.has_service_record:
            needed["case_records"] = "說明書貳、注意事項3"

    ordered = [code for code in labels if code in needed]
    for code in ordered:
        why.note(f"需檢附：{labels[code]}", citation=needed[code])
    missing: list[str] = []
    if facts.given is not None:
        if unknown := sorted(set(facts.given) - set(labels)):
            raise Impossible(f"沒有這一種文件：{'、'.join(unknown)}。")
        missing = [code for code in ordered if code not in facts.given]
        why.judge(
            not missing and not questions,
            "文件齊全",
            otherwise="尚缺文件：" + "、".join(labels[c] for c in missing) if missing else "尚有問題未填答",
        )
    return why.outcome(
        judged=facts.given is not None,
        documents=ordered,
        missing=missing,
        questions=questions,
        # 一年一案為原則: as many case records as years of work to be proved, at least one.
        case_records=max(row["years"], 1) if "case_records" in needed else 0,
        confirmed=row["confirmed"],
    )


def _case_manager(facts: ChecklistFacts, row: Mapping[str, Any], needed: dict[str, str], questions: list[str]) -> None:
    """第8條: the 36 hours before being taken on, or the consent of 第2項 to start without them."""
    if row["after"] != "case_manager":
        return
    if facts.trained_before is None:
        questions.append("trained_before")
    elif facts.trained_before:
        needed["training"] = needed["hours_form"] = "準則第八條第一項"
    else:
        needed["consent"] = "準則第八條第二項"


#: What the wizard asks when the checklist lists a question.
QUESTIONS: Mapping[str, str] = {
    "chosen": "您以哪一種文件符合這一條款？",
    "degree_name_matches": "您的科、系、所或學位學程名稱是否與條款所列完全相同？",
    "has_service_record": "您是否曾在第二代身心障礙者職業重建服務資訊管理系統有服務紀錄？",
    "trained_before": "您是否已於進用前完成三十六小時專業訓練？",
}

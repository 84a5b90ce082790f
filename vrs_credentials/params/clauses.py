"""遴用條款: kinds of professional, clauses, the papers and hours each clause asks for. Data: amended from the back office.

The manual shows papers for two clauses only (職業訓練師 第四條第一項, 就業服務員 第七條第一項第四款); the others follow from
the words of 準則 第5條 to 第9條 and are marked unconfirmed until the agency confirms the list.
"""

from __future__ import annotations

from typing import Any

from kernel.law import Figure, Value
from vrs_credentials.params.figures import AMENDED_ON, CHECKED_ON

KINDS = {
    "trainer_senior": "職業訓練師－正訓練師",
    "trainer_associate": "職業訓練師－副訓練師",
    "trainer_assistant": "職業訓練師－助理訓練師",
    "instructor": "職業訓練員",
    "assessor": "職業輔導評量員",
    "placement": "就業服務員",
    "case_manager": "職業重建個案管理員",
    "supervisor": "督導",
}

DOCUMENTS = {
    "trainer_certificate": "職業訓練師證書",
    "skill_certificate": "技術士證",
    "placement_certificate": "就業服務乙級技術士證",
    "licence": "專業證照（社會工作師、職能治療師、物理治療師、心理師或特殊教育教師）",
    "degree": "學歷之證明文件",
    "programme": "身心障礙者職業重建服務學分學程證明",
    "training": "專業訓練結訓證明",
    "hours_form": "時數認定申請表",
    "work": "工作證明文件（服務證明／在職證明）",
    "case_records": "個案紀錄（一年一案為原則）",
    "core_courses": "核心課程對照表",
    "transcript": "成績單",
    "merit": "特殊績效證明文件",
    "consent": "直轄市、縣（市）主管機關報請中央主管機關同意文件",
    "certificate": "原專業人員資格認證證明",
    "pledge": "申請資格審查切結書",
}


def _row(
    code: str,
    kind: str | tuple[str, ...],
    citation: str,
    text: str,
    documents: tuple[str, ...],
    *,
    either: tuple[str, ...] = (),
    related: bool = False,
    years: int = 0,
    before: int = 0,
    after: str = "",
    confirmed: bool = False,
) -> dict[str, Any]:
    """`either`: one of these papers, the applicant says which. `related`: the degree must be of a listed department.
    `years`: of work to be proved. `before`: training hours before being taken on. `after`: follow-up kind of 參 (VRS-04)."""
    return {
        "code": code,
        "kinds": [kind] if isinstance(kind, str) else list(kind),
        "citation": citation,
        "text": text,
        "documents": [*documents, "pledge"],
        "either": list(either),
        "related": related,
        "years": years,
        "before": before,
        "after": after,
        "confirmed": confirmed,
    }


CLAUSES = [
    _row(
        "T-4",
        "trainer_senior",
        "職業訓練師甄審遴聘辦法第四條第一項",
        "符合正訓練師遴聘資格。",
        ("trainer_certificate", "degree"),
        confirmed=True,
    ),
    _row(
        "T-5",
        "trainer_associate",
        "職業訓練師甄審遴聘辦法第五條",
        "符合副訓練師遴聘資格。",
        ("trainer_certificate", "degree"),
    ),
    _row(
        "T-6",
        "trainer_assistant",
        "職業訓練師甄審遴聘辦法第六條",
        "符合助理訓練師遴聘資格。",
        ("trainer_certificate", "degree"),
    ),
    _row("5-1", "instructor", "準則第五條第一款", "領有甲級或乙級技術士證。", ("skill_certificate",)),
    _row(
        "5-2",
        "instructor",
        "準則第五條第二款",
        "領有丙級技術士證，並有三年以上相關工作經驗。",
        ("skill_certificate", "work"),
        years=3,
    ),
    _row(
        "5-3-1",
        "instructor",
        "準則第五條第三款第一目",
        "大專校院相關科系畢業，並有一年以上相關工作經驗。",
        ("degree", "work"),
        related=True,
        years=1,
    ),
    _row(
        "5-3-2",
        "instructor",
        "準則第五條第三款第二目",
        "大專校院非相關科系畢業，並有三年以上相關工作經驗。",
        ("degree", "work"),
        years=3,
    ),
    _row(
        "5-3-3",
        "instructor",
        "準則第五條第三款第三目",
        "高級中等學校畢業，並有五年以上相關工作經驗。",
        ("degree", "work"),
        years=5,
    ),
    _row("5-3-4", "instructor", "準則第五條第三款第四目", "擔任相關職務六年以上。", ("work",), years=6),
    _row("5-4", "instructor", "準則第五條第四款", "具特殊績效，並有六年以上工作經驗。", ("merit", "work"), years=6),
    _row("6-1-1", "assessor", "準則第六條第一項第一款", "復健諮商研究所畢業。", ("degree",), related=True),
    _row(
        "6-1-2",
        "assessor",
        "準則第六條第一項第二款",
        "取得職業重建服務學分學程證明，並有一年以上工作經驗。",
        ("programme", "work"),
        years=1,
    ),
    _row(
        "6-1-3-1",
        "assessor",
        "準則第六條第一項第三款第一目",
        "完成職業輔導評量專業訓練一百六十小時，並領有專業證照。",
        ("training", "hours_form", "licence"),
        before=160,
    ),
    _row(
        "6-1-3-2",
        "assessor",
        "準則第六條第一項第三款第二目",
        "完成職業輔導評量專業訓練一百六十小時，相關科系畢業，並有一年以上工作經驗。",
        ("training", "hours_form", "degree", "work"),
        related=True,
        years=1,
        before=160,
    ),
    _row(
        "6-1-3-3",
        "assessor",
        "準則第六條第一項第三款第三目",
        "完成職業輔導評量專業訓練一百六十小時，領有就業服務乙級技術士證，並有一年以上工作經驗。",
        ("training", "hours_form", "placement_certificate", "work"),
        years=1,
        before=160,
    ),
    _row(
        "6-2",
        "assessor",
        "準則第六條第二項",
        "具職業重建個案管理員二年以上工作經驗且完成六十小時專業訓練，經同意先行提供服務，進用後二年內完成一百六十小時。",
        ("work", "training", "hours_form", "consent"),
        years=2,
        before=60,
        after="assessor",
    ),
    _row("7-1-1", "placement", "準則第七條第一項第一款", "領有專業證照。", ("licence",), after="placement"),
    _row(
        "7-1-2",
        "placement",
        "準則第七條第一項第二款",
        "領有就業服務乙級技術士證。",
        ("placement_certificate",),
        after="placement",
    ),
    _row(
        "7-1-3",
        "placement",
        "準則第七條第一項第三款",
        "大專校院相關科、系、所或學位學程畢業。",
        ("degree",),
        related=True,
        after="placement",
    ),
    _row(
        "7-1-4",
        "placement",
        "準則第七條第一項第四款",
        "大專校院非屬相關科、系、所或學位學程畢業，完成專業訓練八十小時以上或取得學分學程證明。",
        ("degree",),
        either=("training", "programme"),
        before=80,
        after="placement",
        confirmed=True,
    ),
    _row(
        "7-1-5",
        "placement",
        "準則第七條第一項第五款",
        "高級中等學校畢業，三年以上工作經驗，並完成專業訓練八十小時以上。",
        ("degree", "work", "training", "hours_form"),
        years=3,
        before=80,
        after="placement",
    ),
    _row(
        "8-1-1",
        "case_manager",
        "準則第八條第一項第一款",
        "領有專業證照，並有一年以上工作經驗。",
        ("licence", "work"),
        years=1,
        before=36,
        after="case_manager",
    ),
    _row(
        "8-1-2",
        "case_manager",
        "準則第八條第一項第二款",
        "復健諮商研究所畢業，並有一年以上工作經驗。",
        ("degree", "work"),
        related=True,
        years=1,
        before=36,
        after="case_manager",
    ),
    _row(
        "8-1-3",
        "case_manager",
        "準則第八條第一項第三款",
        "相關科系畢業或領有就業服務乙級技術士證，並有一年以上工作經驗。",
        ("work",),
        either=("degree", "placement_certificate"),
        related=True,
        years=1,
        before=36,
        after="case_manager",
    ),
    _row(
        "8-1-4",
        "case_manager",
        "準則第八條第一項第四款",
        "非相關科系畢業，取得學分學程證明，並有二年以上工作經驗。",
        ("degree", "programme", "work"),
        years=2,
        before=36,
        after="case_manager",
    ),
    _row(
        "8-1-5",
        "case_manager",
        "準則第八條第一項第五款",
        "非相關科系畢業，並有四年以上工作經驗。",
        ("degree", "work"),
        years=4,
        before=36,
        after="case_manager",
    ),
    _row(
        "9-1",
        "supervisor",
        "準則第九條第一項",
        "具前四條資格之一，完成督導專業訓練三十六小時，並有三年以上所督導業務之工作經驗。",
        ("certificate", "training", "hours_form", "work"),
        years=3,
        before=36,
    ),
    _row("9-2", "supervisor", "準則第九條第二項", "經中央主管機關專案審查。", ("merit", "work")),
]

FIGURES: tuple[Figure, ...] = (
    Figure("vrs.kinds", "專業人員類別", "", (Value(KINDS, "準則第3條；說明書肆、二", checked_on=CHECKED_ON),)),
    Figure(
        "vrs.documents", "資格審查文件", "", (Value(DOCUMENTS, "說明書貳、二（審查需求文件）", checked_on=CHECKED_ON),)
    ),
    Figure(
        "vrs.clauses",
        "遴用條款及審查需求文件",
        "",
        (
            Value(
                CLAUSES,
                "準則第5條至第9條",
                checked_on=CHECKED_ON,
                confirmed=False,
                note=f"說明書僅載明部分條款之文件；依{AMENDED_ON.year - 1911}年9月23日修正條文整理，逐條標示是否經確認。",
            ),
        ),
    ),
)

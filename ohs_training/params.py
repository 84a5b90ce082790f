"""Every legal figure of the scheme, dated and cited.

Source: 從事勞工健康服務醫師及護理人員之訓練機構認可及管理作業要點 (「要點」), the table of amended (修正規定) beside former
(現行規定) text. Both columns are kept: a class that ended before the amendment is judged by the former one. The table does
not say on which day the amendment took force; `AMENDED_ON` stands in until an officer enters the day.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from kernel.comparing import COMPARATORS
from kernel.law import Figure, Value

CHECKED_ON = date(2026, 11, 20)
#: The amendment cites 勞工健康保護規則 第五條之一, so it lies between that clause's coming and its renumbering of 2017-11-13.
AMENDED_ON = date(2017, 1, 1)

_DAY_UNSURE = "修正規定生效日原始文件未載明，暫以 106/01/01 為界，主管機關得更正。"


def _one(
    code: str, label: str, unit: str, value: Any, citation: str, *, confirmed: bool = True, note: str = ""
) -> Figure:
    """A figure both columns share, or one only practice knows."""
    return Figure(code, label, unit, (Value(value, citation, checked_on=CHECKED_ON, confirmed=confirmed, note=note),))


def _amended(code: str, label: str, unit: str, before: tuple[Any, str], after: tuple[Any, str]) -> Figure:
    """A figure the amendment changed. None before: there was no such rule."""
    return Figure(
        code,
        label,
        unit,
        (
            Value(before[0], before[1], checked_on=CHECKED_ON),
            Value(after[0], after[1], AMENDED_ON, CHECKED_ON, note=_DAY_UNSURE),
        ),
    )


_NO_IN_SERVICE = (None, "修正前要點無在職教育訓練")

FIGURES: tuple[Figure, ...] = ()

FIGURES += (
    _one(
        "ohs.amended_on",
        "修正規定生效日",
        "",
        AMENDED_ON.isoformat(),
        "修正規定對照表",
        confirmed=False,
        note=_DAY_UNSURE,
    ),
)

# --- 三、訓練 ------------------------------------------------------------------------------------------------------------------
FIGURES += (
    _amended(
        "ohs.training_kinds",
        "訓練類別",
        "",
        ({"professional": "專業訓練"}, "修正前要點三"),
        ({"professional": "專業訓練", "in_service": "在職教育訓練"}, "要點三第1項"),
    ),
    _one("ohs.audiences", "訓練對象", "", {"doctor": "醫師", "nurse": "護理人員"}, "要點三第2項"),
)

# --- 四、附表一 ----------------------------------------------------------------------------------------------------------------
_PAPERS_ALL = ["founding_permit", "plan"]
FIGURES += (
    _amended(
        "ohs.applicant_kinds",
        "申請機構資格及應檢附文件",
        "",
        (
            {
                "medical_body": {"label": "全國性職業醫學專業團體", "papers": _PAPERS_ALL},
                "nursing_body": {"label": "全國性護理專業團體", "papers": _PAPERS_ALL},
            },
            "修正前要點四、五",
        ),
        (
            {
                "medical_body": {"label": "全國性醫學專業團體", "papers": _PAPERS_ALL},
                "nursing_body": {"label": "全國性護理專業團體", "papers": _PAPERS_ALL},
                "teaching_hospital": {
                    "label": "經中央衛生福利主管機關教學醫院評鑑合格之醫療機構",
                    "papers": ["founding_permit", "teaching_hospital_certificate", "plan"],
                },
                "university": {
                    "label": "設有醫、護科系所且於三年內曾開授職業醫學或職業衛生護理課程之大專院校",
                    "papers": ["founding_permit", "department_and_courses", "plan"],
                },
            },
            "要點四、附表一",
        ),
    ),
    _one(
        "ohs.papers",
        "應檢附文件",
        "",
        {
            "founding_permit": "機構（團體）設立許可文件",
            "teaching_hospital_certificate": "教學醫院評鑑合格之證明文件",
            "department_and_courses": "設有醫、護科系所及三年內曾開授相關課程之證明文件",
            "plan": "申請企劃書",
        },
        "要點附表一",
    ),
    _amended(
        "ohs.plan_sections",
        "申請企劃書應載事項",
        "",
        (
            {
                "aim": "計畫目的",
                "method": "辦理方式及程序（含年度辦理場次規劃）",
                "courses": "課程師資及教材",
                "place": "訓練場地及設施規劃（含消防法及建築相關法令規定）",
                "practice": "受訓人員實習或實作課程之安排及審核之規劃",
                "budget": "訓練經費概算分析",
                "management": "管理及查核制度",
            },
            "修正前要點五第2項",
        ),
        (
            {
                "aim": "計畫目的",
                "method": "辦理方式及程序（含年度辦理場次規劃）",
                "courses": "課程名稱、時數、師資及教材大綱",
                "place": "訓練場地及設施規劃（含消防法及建築相關法令規定）",
                "practice": "受訓人員實習或實作課程之安排及審核之規劃",
                "budget": "訓練經費概算分析",
                "management": "管理及查核制度",
            },
            "要點附表一",
        ),
    ),
    _one("ohs.course_given_years", "大專院校曾開授課程之期間", "年", 3, "要點附表一、資格四"),
    _one(
        "ohs.in_service_categories",
        "在職教育訓練課程類別",
        "",
        {"law": "職業安全衛生相關法規", "risk": "職場健康風險評估", "practice": "職場健康管理實務"},
        "要點附表一備註一；勞工健康保護規則第五條之一第一項",
        confirmed=False,
        note="類別名稱原始文件未載明，依勞工健康保護規則整理。",
    ),
    _amended(
        "ohs.category_hours",
        "在職教育訓練每一類課程最低時數",
        "小時",
        _NO_IN_SERVICE,
        (2, "要點附表一備註一"),
    ),
    _amended(
        "ohs.entry_days",
        "認可後登錄應檢附文件期限",
        "日",
        (None, "修正前要點無登錄規定"),
        (10, "要點附表一、特別規定"),
    ),
)

# --- 五、認可期間 --------------------------------------------------------------------------------------------------------------
FIGURES += (
    _one("ohs.accreditation_years", "認可期間上限", "年", 3, "要點五第2項"),
    _one("ohs.reapply_days", "重新申請認可（期間屆滿前）", "日", 90, "要點五第2項"),
    _one(
        "ohs.reapply_reminders",
        "重新申請認可提醒（期間屆滿前）",
        "日",
        [180, 120, 100, 90],
        "作業提醒；要點五第2項",
        confirmed=False,
        note="180、120、100 日為預備提醒，90 日為要點規定。",
    ),
)

# --- 六、報備; 附表二至五 --------------------------------------------------------------------------------------------------------
_CAP_NOTE = "附表二附註2：專業訓練及在職教育訓練為「以不超過為原則」，分組討論為「以不超過為限」。"
FIGURES += (
    _one("ohs.filing_days", "開訓前報備期限", "日", 15, "要點六第1項"),
    _one("ohs.change_days", "報備事項變動期限（開訓前）", "日", 1, "要點六第2項"),
    _amended(
        "ohs.filing_papers",
        "報備文件",
        "",
        (["格式一", "格式二", "格式三", "格式四"], "修正前要點七"),
        (["附表二", "附表三", "附表四", "附表五"], "要點六第1項"),
    ),
    _one(
        "ohs.class_hour_minutes",
        "每一課程時數之最短時間",
        "分鐘",
        50,
        "要點附表三",
        confirmed=False,
        note="一小時課程之分鐘數原始文件未載明，暫以 50 分鐘計。",
    ),
    _one("ohs.enrolled_min", "報訓練計畫之最低報名人數", "人", 15, "要點附表二附註1"),
    _one("ohs.professional_cap", "專業訓練每期人數上限", "人", 80, "要點附表二附註2", note=_CAP_NOTE),
    _amended(
        "ohs.in_service_cap",
        "在職教育訓練每期人數上限",
        "人",
        (80, "修正前格式一附註2（每期不超過80人為原則）"),
        (120, "要點附表二附註2"),
    ),
    _amended(
        "ohs.in_service_discussion_cap",
        "在職教育訓練分組討論每期人數上限",
        "人",
        (80, "修正前格式一附註2（每期不超過80人為原則）"),
        (60, "要點附表二附註2"),
    ),
)

# --- 七、簽到退、點名、缺課; 附表八 --------------------------------------------------------------------------------------------------
FIGURES += (
    _one("ohs.late_minutes", "遲到視為曠課", "分鐘", 15, "要點附表八附註一"),
    _one("ohs.roll_call_minutes", "每日第1節點名", "分鐘", 20, "要點附表八附註四"),
    _amended(
        "ohs.withdrawal_percent",
        "缺課退訓比例",
        "%",
        (None, "修正前要點九無退訓規定"),
        (20, "要點七第2項"),
    ),
    _one("ohs.certificate_bar_percent", "缺課不得發證比例", "%", 20, "要點十三第2款"),
    Figure(
        "ohs.absence_comparator",
        "缺課比例的比較方式",
        "",
        (Value("ge", "要點七第2項、十三第2款（達五分之一）", checked_on=CHECKED_ON),),
        COMPARATORS,
    ),
    _one("ohs.leave_hours", "免補課之請假時數上限", "小時", 3, "要點七第2項"),
    _amended(
        "ohs.make_up_months",
        "補足課程期限（當期課程結束日起）",
        "個月",
        (None, "修正前要點九未定補課期限"),
        (12, "要點七第2項"),
    ),
    _amended(
        "ohs.make_up_before_exam",
        "補足全部課程後方能參加測驗",
        "",
        (False, "修正前要點九第2項（僅定應通知補足全部課程）"),
        (True, "要點七第2項"),
    ),
)

# --- 八、測驗 -------------------------------------------------------------------------------------------------------------------
FIGURES += (
    _one("ohs.resit_months", "補考期限（結訓日起）", "個月", 12, "要點八第3項"),
    _one("ohs.resits", "補考次數", "次", 1, "要點八第3項"),
    _one(
        "ohs.pass_mark",
        "測驗及格分數",
        "分",
        60,
        "要點八、九",
        confirmed=False,
        note="及格標準原始文件未載明，由主管機關設定。",
    ),
)

# --- 九、發證; 十、保存 -----------------------------------------------------------------------------------------------------------
FIGURES += (
    _amended(
        "ohs.certificate_days", "結業證書發給期限（結訓後）", "日", (30, "修正前要點八第3項"), (20, "要點九第1款")
    ),
    _amended(
        "ohs.entry_after_days", "受訓資料登錄期限（結訓後）", "日", (None, "修正前要點無登錄規定"), (15, "要點九第3款")
    ),
    _amended("ohs.register_days", "核發清冊登錄期限（結訓後）", "日", (30, "修正前要點十第2項"), (20, "要點十第2項")),
    _amended(
        "ohs.confirm_days",
        "受訓人員確認在職教育訓練時數期限（參訓後）",
        "日",
        _NO_IN_SERVICE,
        (30, "要點附表七附註"),
    ),
    _one(
        "ohs.retention_years",
        "受訓人員資料保存期間",
        "年",
        3,
        "要點十第1項",
        note="起算日原始文件未載明，自結訓日與製作日較晚者起算。",
    ),
    _amended(
        "ohs.records",
        "應保存之受訓人員資料",
        "",
        (
            {
                "sign_in": "簽到（簽退）紀錄",
                "roll_call": "點名紀錄",
                "marks": "成績冊",
                "certificates": "結業證書核發清冊",
            },
            "修正前要點十第1項",
        ),
        (
            {
                "sign_in": "簽到（簽退）紀錄",
                "roll_call": "點名紀錄",
                "marks": "專業訓練之成績冊",
                "certificates": "專業訓練之結業證書核發清冊",
                "in_service_proofs": "在職教育訓練證明核發清冊",
            },
            "要點十第1項",
        ),
    ),
)

# --- 十四、撤銷或廢止認可 ----------------------------------------------------------------------------------------------------------
_GROUNDS = {
    "not_improved": "經各級勞工主管機關通知限期改善，屆期未改善。",
    "false_documents": "申請認可、備查之文件虛偽不實。",
    "false_advertising": "以不實廣告或內容招收受訓人員。",
    "passed_on": "以任何形式將訓練業務轉予其他機構，非自力執行訓練作業。",
    "courses_not_given": "未依規定課程內容及時數辦理。",
    "against_directive": "未依本要點及經認可之企劃書辦理。",
    "false_certificates": "結業證書核發不實。",
    "accounts": "依會計帳冊查核結果，有嚴重缺失。",
    "unqualified_trainees": "招收未具合格醫師或護理人員資格，或招收人員與實際受訓人員不符。",
    "obstruction": "拒絕、規避或妨礙主管機關查核。",
    "other_serious": "其他違反中央主管機關之規定，情節重大。",
}
FIGURES += (
    _amended(
        "ohs.revocation_grounds",
        "撤銷或廢止認可事由",
        "",
        ({k: v for k, v in _GROUNDS.items() if k != "against_directive"}, "修正前要點十四第1項"),
        (_GROUNDS, "要點十四第1項"),
    ),
    _one("ohs.bar_years", "撤銷或廢止後不得再申請期間", "年", 2, "要點十四第2項"),
)

"""Every legal figure of 產業人才投資方案, cited. The source is a page of questions and answers that gives no day in force.

學員問答 = 學員常見問與答, 辦訓單位問答 = 辦訓單位常見問與答. What neither says is marked unconfirmed and can be set by an officer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from kernel.comparing import COMPARATORS
from kernel.law import Figure, Value

CHECKED_ON = date(2026, 11, 20)


class Plan(StrEnum):
    """計畫別."""

    INDUSTRY_TALENT = "industry_talent"  # 產業人才投資計畫
    SELF_LEARNING = "self_learning"  # 提升勞工自主學習計畫


class UnitKind(StrEnum):
    """辦訓單位類別."""

    UNIVERSITY = "university"  # 大專校院
    TRAINING_INSTITUTION = "training_institution"  # 職業訓練機構
    INDUSTRIAL_BODY = "industrial_body"  # 工業團體
    COMMERCIAL_BODY = "commercial_body"  # 商業團體
    FARMERS_BODY = "farmers_body"  # 農民團體
    FISHERMENS_BODY = "fishermens_body"  # 漁民團體
    RESEARCH_INSTITUTION = "research_institution"  # 研究機構
    FOUNDATION = "foundation"  # 財團法人
    PUBLIC_INTEREST_ASSOCIATION = "public_interest_association"  # 公益社團法人
    UNION = "union"  # 工會
    COMPANY = "company"  # 公司
    CRAM_SCHOOL = "cram_school"  # 補習班


class Insurance(StrEnum):
    """保險別. The last is for later rules that count it (see the note of sub.insurance_kinds)."""

    EMPLOYMENT = "employment"  # 就業保險
    LABOUR = "labour"  # 勞工保險（含受僱從事漁業生產之勞動者）
    FARMERS = "farmers"  # 農民健康保險
    CIVIL_SERVANT = "civil_servant"  # 公務人員保險
    NATIONAL_PENSION = "national_pension"  # 國民年金保險
    OCCUPATIONAL_ACCIDENT = "occupational_accident"  # 勞工職業災害保險


class Mark(StrEnum):
    """投保紀錄註記."""

    TRAINEE = "trainee"  # 訓
    LAID_OFF = "laid_off"  # 裁
    INJURY = "injury"  # 職業傷害離職後自費加保


class Identity(StrEnum):
    """特定對象身分; `none` is an ordinary trainee."""

    SINGLE_SUPPORTER = "single_supporter"
    MIDDLE_AGED = "middle_aged"
    DISABLED = "disabled"
    INDIGENOUS = "indigenous"
    LOW_INCOME = "low_income"
    DOMESTIC_VIOLENCE = "domestic_violence"
    REHABILITATED = "rehabilitated"
    DESIGNATED = "designated"
    AGED_65 = "aged_65"
    CRIME_VICTIM_FAMILY = "crime_victim_family"
    CRIME_VICTIM = "crime_victim"
    NONE = "none"


class Scheme(StrEnum):
    """The programmes a course may belong to when the three-year window is counted (學員問答第14題)."""

    INDUSTRY_TALENT = "industry_talent"
    SELF_LEARNING = "self_learning"
    RECHARGE = "recharge"  # 充電起飛計畫
    CARE_SERVICE = "care_service"  # 照顧服務職類職業訓練
    REGIONAL_BASE = "regional_base"  # 區域產業據點職業訓練計畫（在職）
    OTHER = "other"


PLAN_LABELS = {Plan.INDUSTRY_TALENT: "產業人才投資計畫", Plan.SELF_LEARNING: "提升勞工自主學習計畫"}

UNIT_KIND_LABELS = {
    UnitKind.UNIVERSITY: "大專校院",
    UnitKind.TRAINING_INSTITUTION: "職業訓練機構",
    UnitKind.INDUSTRIAL_BODY: "工業團體",
    UnitKind.COMMERCIAL_BODY: "商業團體",
    UnitKind.FARMERS_BODY: "農民團體",
    UnitKind.FISHERMENS_BODY: "漁民團體",
    UnitKind.RESEARCH_INSTITUTION: "研究機構",
    UnitKind.FOUNDATION: "財團法人",
    UnitKind.PUBLIC_INTEREST_ASSOCIATION: "公益社團法人",
    UnitKind.UNION: "工會",
    UnitKind.COMPANY: "公司",
    UnitKind.CRAM_SCHOOL: "補習班",
}

INSURANCE_LABELS = {
    Insurance.EMPLOYMENT: "就業保險",
    Insurance.LABOUR: "勞工保險",
    Insurance.FARMERS: "農民健康保險",
    Insurance.CIVIL_SERVANT: "公務人員保險",
    Insurance.NATIONAL_PENSION: "國民年金保險",
    Insurance.OCCUPATIONAL_ACCIDENT: "勞工職業災害保險",
}

MARK_LABELS = {
    Mark.TRAINEE: "註記「訓」字（職前訓練學員）",
    Mark.LAID_OFF: "註記「裁」字（裁減資遣後於原投保單位自費加保）",
    Mark.INJURY: "職業傷害終止勞動契約後於原投保單位自費加保",
}

IDENTITY_LABELS = {
    Identity.SINGLE_SUPPORTER: "獨力負擔家計者",
    Identity.MIDDLE_AGED: "中高齡者",
    Identity.DISABLED: "身心障礙者",
    Identity.INDIGENOUS: "原住民",
    Identity.LOW_INCOME: "低收入戶或中低收入戶中有工作能力者",
    Identity.DOMESTIC_VIOLENCE: "家庭暴力被害人",
    Identity.REHABILITATED: "更生受保護人",
    Identity.DESIGNATED: "其他依就業服務法第24條經中央主管機關認為有必要者",
    Identity.AGED_65: "65歲以上者",
    Identity.CRIME_VICTIM_FAMILY: "因犯罪行為被害死亡者或受重傷者之配偶、直系親屬或其未成年子女之監護人",
    Identity.CRIME_VICTIM: "因犯罪行為被害受重傷者本人",
    Identity.NONE: "一般身分",
}


SCHEME_LABELS = {
    Scheme.INDUSTRY_TALENT: "產業人才投資計畫",
    Scheme.SELF_LEARNING: "提升勞工自主學習計畫",
    Scheme.RECHARGE: "充電起飛計畫（在職勞工及自營作業者）",
    Scheme.CARE_SERVICE: "照顧服務職類職業訓練",
    Scheme.REGIONAL_BASE: "區域產業據點職業訓練計畫（在職）",
    Scheme.OTHER: "其他",
}

#: 課程類別. The source names two courses as examples and no list (學員問答第3題): ours, for searching.
CATEGORIES = {
    "digital": "資訊數位",
    "manufacturing": "製造與機電",
    "management": "企業管理與財務",
    "language": "語言",
    "design": "設計與影音",
    "food": "餐飲與烘焙",
    "care": "醫護照顧",
    "beauty": "美容美髮",
    "agriculture": "農林漁牧",
    "construction": "營建與工安",
    "service": "觀光與服務",
    "other": "其他",
}


def _one(
    code: str,
    label: str,
    unit: str,
    value: Any,
    citation: str,
    *,
    confirmed: bool = True,
    note: str = "",
    words: Mapping[Any, str] | None = None,
) -> Figure:
    version = Value(value, citation, checked_on=CHECKED_ON, confirmed=confirmed, note=note)
    return Figure(code, label, unit, (version,), {str(code): word for code, word in (words or {}).items()})


FIGURES: tuple[Figure, ...] = ()

# --- 報名: enrolment ---------------------------------------------------------------------------------------------------
FIGURES += (
    _one("sub.opening_months", "開放報名時間為開訓日前", "個月", 1, "學員問答第2題"),
    _one("sub.opening_hour", "開放報名時刻", "時", 12, "學員問答第2題"),
    _one(
        "sub.paying_days",
        "繳費及繳交資料期限",
        "個工作日",
        3,
        "學員問答第19題",
        confirmed=False,
        note="原始文件僅稱「儘速完成」，未載明日數；訓練單位得於通知時另定。",
    ),
    _one("sub.idle_minutes", "個人資料頁面閒置自動登出", "分鐘", 30, "學員問答第24題"),
    _one(
        "sub.idle_warning_minutes",
        "自動登出前提醒",
        "分鐘",
        2,
        "學員問答第24題",
        confirmed=False,
        note="原始文件未載明提醒時間。",
    ),
)

# --- 補助資格: eligibility -----------------------------------------------------------------------------------------------
FIGURES += (
    _one("sub.min_age", "補助對象最低年齡", "歲", 15, "學員問答第4題"),
    _one(
        "sub.insurance_kinds",
        "得認定為在職勞工之保險",
        "",
        ["employment", "labour", "farmers"],
        "學員問答第4題",
        note="後來的規定亦採認勞工職業災害保險，起算日期未查得；查明後以修正案登錄。",
        words=INSURANCE_LABELS,
    ),
    _one(
        "sub.excluded_marks",
        "不符合補助資格之投保註記",
        "",
        ["trainee", "laid_off", "injury"],
        "學員問答第4題",
        words=MARK_LABELS,
    ),
)

# --- 補助比率與身分: rates and identities ---------------------------------------------------------------------------------
FIGURES += (
    _one("sub.ordinary_percent", "一般身分補助比率", "%", 80, "學員問答第15題、第17題"),
    _one("sub.full_percent", "特定對象補助比率", "%", 100, "學員問答第8題"),
    _one(
        "sub.full_identities",
        "補助全額訓練費用之身分",
        "",
        [i.value for i in Identity if i != "none"],
        "學員問答第8題",
        words=IDENTITY_LABELS,
    ),
    _one(
        "sub.middle_aged_from",
        "中高齡者起始年齡",
        "歲",
        45,
        "中高齡者及高齡者就業促進法第3條",
        note="問答未載明歲數；45至64歲為中高齡者，65歲起依「65歲以上者」。",
    ),
    _one("sub.aged_from", "高齡者起始年齡", "歲", 65, "學員問答第8題"),
    _one(
        "sub.rounding",
        "補助金額不足1元之處理",
        "",
        "down",
        "學員問答第15題",
        confirmed=False,
        note="原始文件未載明尾數處理。",
        words={"down": "無條件捨去", "half_up": "四捨五入"},
    ),
    _one("sub.missing_months", "配偶失蹤報案協尋未尋獲期間", "個月", 6, "學員問答第9題（一）2"),
    _one("sub.kin_proof_from", "受扶養親屬須附證明之起始年齡", "歲", 15, "學員問答第9題附註"),
    _one("sub.kin_proof_until", "受扶養親屬須附證明之最高年齡", "歲", 65, "學員問答第9題附註"),
    _one("sub.study_age_limit", "在學證明適用之最高年齡", "歲", 25, "學員問答第9題附註1"),
    _one("sub.treatment_months", "無工作能力證明之最短治療或療養期間", "個月", 3, "學員問答第9題附註2"),
)

# --- 三年七萬: the cap -------------------------------------------------------------------------------------------
FIGURES += (
    _one(
        "sub.cap",
        "補助額度上限",
        "元",
        70000,
        "學員問答第14題、第15題",
        note="115年3月新聞稿稱提高為10萬元，生效日期未查得；查明後以修正案登錄。依課程開訓日適用當日有效之額度。",
    ),
    _one("sub.window_years", "補助額度起算期間", "年", 3, "學員問答第14題"),
    _one(
        "sub.window_schemes",
        "參加後起算補助期間之計畫",
        "",
        ["industry_talent", "self_learning", "recharge", "care_service"],
        "學員問答第14題",
        note="充電起飛計畫以補助在職勞工及自營作業者參訓者為限。",
        words=SCHEME_LABELS,
    ),
)

# --- 結訓與撥款: closing and payment ---------------------------------------------------------------------------------------
FIGURES += (
    _one("sub.absence_percent", "缺課時數上限占總訓練時數", "%", 20, "學員問答第12題", note="1/5，恰為1/5者不受影響。"),
    _one(
        "sub.absence_comparator",
        "缺課時數上限的比較方式",
        "",
        "gt",
        "學員問答第12題（不含五分之一）",
        words=COMPARATORS,
    ),
    _one("sub.closing_days", "訓練單位辦理結訓作業期限", "日", 21, "學員問答第18題"),
    _one("sub.payout_months", "預計撥款期間", "個月", 2, "學員問答第18題", note="約於結訓後2個月內。"),
    _one(
        "sub.advance_percents",
        "訓練單位得先收取訓練費用之比率",
        "%",
        {"industry_talent": [100], "self_learning": [50, 100]},
        "學員問答第22題（二）",
        words=PLAN_LABELS,
    ),
)

# --- 辦訓: courses -------------------------------------------------------------------------------------------------
FIGURES += (
    _one(
        "sub.unit_kinds",
        "得辦理訓練之單位",
        "",
        {
            "industry_talent": [k.value for k in UnitKind if k not in ("union", "company", "cram_school")],
            "self_learning": ["union"],
        },
        "辦訓單位問答第1題、第2題",
        words={**PLAN_LABELS, **UNIT_KIND_LABELS},
    ),
    _one(
        "sub.intakes_per_year",
        "每年公告受理訓練計畫次數",
        "次",
        2,
        "辦訓單位問答第3題",
        note="原則；得視需求增加受理。",
    ),
    _one("sub.course_months", "開課期間上限", "個月", 4, "辦訓單位問答第4題"),
    _one("sub.others_percent", "另招非補助人數占核定人數上限", "%", 20, "辦訓單位問答第6題"),
    _one("sub.employer_percent", "同一單位員工占核定人數上限", "%", 50, "辦訓單位問答第6題", note="1/2"),
    _one(
        "sub.branch_counties",
        "各分署轄區",
        "",
        {
            "北基宜花金馬分署": ["新北市", "臺北市", "宜蘭縣", "花蓮縣", "基隆市", "金門縣", "連江縣"],
            "桃竹苗分署": ["桃園市", "新竹縣", "新竹市", "苗栗縣"],
            "中彰投分署": ["臺中市", "彰化縣", "南投縣"],
            "雲嘉南分署": ["臺南市", "雲林縣", "嘉義縣", "嘉義市"],
            "高屏澎東分署": ["高雄市", "屏東縣", "臺東縣", "澎湖縣"],
        },
        "學員問答第23題、辦訓單位問答第3題",
    ),
)

"""Every figure and word list of the account pack, dated and cited.

Source: 申請113年度OJTIMS系統帳號應檢附文件及注意事項 (雲嘉南分署), pages as printed, and the training-unit questions of
產業人才投資方案 questions and answers.
"""

from datetime import date

from kernel.dates import DAY_KINDS
from kernel.law import Figure, Value

PACK = "申請OJTIMS系統帳號應檢附文件及注意事項"
CHECKED = date(2026, 11, 20)

PLANS = {
    "industry_talent": "產業人才投資計畫",
    "self_learning": "提升勞工自主學習計畫",
    "recharge": "充電起飛計畫",
    "regional_base": "區域產業據點職業訓練計畫(在職)",
}
UNIT_KINDS = {
    "university": "大專校院",
    "training_institution": "職業訓練機構",
    "industrial_body": "工業團體",
    "commercial_body": "商業團體",
    "farmers_body": "農民團體",
    "fishermens_body": "漁民團體",
    "research_institution": "研究機構",
    "foundation": "財團法人",
    "public_interest_association": "公益社團法人",
    "union": "工會",
    "company": "公司行號",
    "cram_school": "補習班",
}
EDITIONS = {"training_institution": "訓練機構版", "external_training": "外訓版"}
GRADES = {
    "gold": "金牌",
    "silver": "銀牌",
    "bronze": "銅牌",
    "pass": "通過",
    "qualified": "合格",
    "fail": "未通過",
}
CATEGORIES = {
    "A": "公立職業訓練機構（含國立學校機構）",
    "B": "財團法人機構附設職業訓練中心（含私立學校機構）",
    "C": "社團法人機構附設職業訓練中心",
    "D": "事業機構附設職業訓練中心",
    "E": "營利事業機構",
    "F": "大專校院訓練機構",
    "G": "高中職學校訓練機構",
    "H": "國中小學校訓練機構",
    "I": "研（開）發機構",
    "K": "勞工團體",
    "L": "工業團體",
    "M": "商業團體",
    "N": "公益、社福團體",
    "O": "地方自治團體",
    "P": "原住民團體",
    "Q": "其他訓練機構",
}
REQUESTS = {"open": "申請", "grant": "賦予", "close": "註銷"}
#: Kinds that must show the latest 法人登記證書.
REGISTERED_KINDS = ("foundation", "public_interest_association")

_TWO_YEAR_KINDS = [
    "training_institution",
    "industrial_body",
    "commercial_body",
    "farmers_body",
    "fishermens_body",
    "research_institution",
    "foundation",
    "public_interest_association",
]
_INSTITUTION_PASS = [["training_institution", g] for g in ("gold", "silver", "bronze", "pass")]
# 「通過(含)或合格以上」: whatever stands above 通過 on a certificate is accepted too
_EXTERNAL_PASS = [["external_training", g] for g in ("gold", "silver", "bronze", "pass", "qualified")]
_EITHER = "本計畫未另載明，依第1頁新單位第3點通案規定"

FIGURES: tuple[Figure, ...] = (
    Figure(
        "oa.ttqs_window_days",
        "TTQS 證書應在其中至少一日有效的期間（含截止日）",
        "日",
        (Value(120, f"{PACK} 第1頁三；辦訓單位問答二（計畫第三點所定期間）", checked_on=CHECKED),),
    ),
    Figure(
        "oa.ttqs_accepted.industry_talent",
        "產業人才投資計畫接受的 TTQS 版本與等級",
        "",
        (Value(_INSTITUTION_PASS, f"{PACK} 第1頁三；辦訓單位問答二", checked_on=CHECKED),),
        {**EDITIONS, **GRADES},
    ),
    Figure(
        "oa.ttqs_accepted.self_learning",
        "提升勞工自主學習計畫接受的 TTQS 版本與等級",
        "",
        (Value([*_INSTITUTION_PASS, *_EXTERNAL_PASS], f"{PACK} 第1頁三；辦訓單位問答二", checked_on=CHECKED),),
        {**EDITIONS, **GRADES},
    ),
    Figure(
        "oa.ttqs_accepted.recharge",
        "充電起飛計畫接受的 TTQS 版本與等級",
        "",
        (
            Value(
                [*_INSTITUTION_PASS, *_EXTERNAL_PASS],
                f"{PACK} 第1頁三",
                checked_on=CHECKED,
                confirmed=False,
                note=_EITHER,
            ),
        ),
        {**EDITIONS, **GRADES},
    ),
    Figure(
        "oa.ttqs_accepted.regional_base",
        "區域產業據點職業訓練計畫(在職)接受的 TTQS 版本與等級",
        "",
        (
            Value(
                [*_INSTITUTION_PASS, *_EXTERNAL_PASS],
                f"{PACK} 第1頁三",
                checked_on=CHECKED,
                confirmed=False,
                note=_EITHER,
            ),
        ),
        {**EDITIONS, **GRADES},
    ),
    Figure(
        "oa.founded_years",
        "立案應滿年數（至受理申請截止日）",
        "年",
        (Value(2, f"{PACK} 第1頁四；辦訓單位問答一", checked_on=CHECKED),),
    ),
    Figure(
        "oa.kinds_any_age",
        "不問立案年數即可申請的單位類別",
        "",
        (Value(["university"], f"{PACK} 第1頁四（教育部核准設立之大專校院）", checked_on=CHECKED),),
        UNIT_KINDS,
    ),
    Figure(
        "oa.kinds.industry_talent",
        "產業人才投資計畫的單位類別",
        "",
        (Value(["university", *_TWO_YEAR_KINDS], f"{PACK} 第1頁四；辦訓單位問答一", checked_on=CHECKED),),
        UNIT_KINDS,
    ),
    Figure(
        "oa.kinds.self_learning",
        "提升勞工自主學習計畫的單位類別",
        "",
        (Value(["union"], "辦訓單位問答一、二（各級工會）", checked_on=CHECKED),),
        UNIT_KINDS,
    ),
    Figure(
        "oa.kinds.recharge",
        "充電起飛計畫的單位類別",
        "",
        (
            Value(
                ["university", *_TWO_YEAR_KINDS, "union"],
                f"{PACK} 第1頁四",
                checked_on=CHECKED,
                confirmed=False,
                note=_EITHER,
            ),
        ),
        UNIT_KINDS,
    ),
    Figure(
        "oa.kinds.regional_base",
        "區域產業據點職業訓練計畫(在職)的單位類別",
        "",
        (
            Value(
                ["university", *_TWO_YEAR_KINDS, "union"],
                f"{PACK} 第1頁四",
                checked_on=CHECKED,
                confirmed=False,
                note=_EITHER,
            ),
        ),
        UNIT_KINDS,
    ),
    Figure(
        "oa.barring_grade",
        "不得申請的最近一次辦訓等級",
        "",
        (Value("D", f"{PACK} 第1頁※一", checked_on=CHECKED),),
    ),
    Figure(
        "oa.account_cap",
        "同一單位於單一分署的帳號上限",
        "組",
        (Value(6, f"{PACK} 第2頁、第4頁※（6組帳號為上限）", checked_on=CHECKED),),
    ),
    Figure(
        "oa.account_name_length",
        "帳號長度",
        "碼",
        (Value([5, 15], f"{PACK} 第4頁設定原則", checked_on=CHECKED),),
        span=True,
    ),
    Figure(
        "oa.password_length",
        "密碼長度",
        "碼",
        (Value([12, 16], f"{PACK} 第4頁設定原則", checked_on=CHECKED),),
        span=True,
    ),
    Figure(
        "oa.correction_days",
        "補正期限（自通知日起）",
        "日",
        (Value(14, "分署作業慣例，原始文件未載明", checked_on=CHECKED, confirmed=False),),
    ),
    Figure(
        "oa.handling_days",
        "審查時限（自收件日起）",
        "日",
        (Value(10, "分署作業慣例，原始文件未載明", checked_on=CHECKED, confirmed=False),),
    ),
    Figure(
        "oa.correction_day_kind",
        "補正期限的計算方式",
        "",
        (Value("calendar", "分署作業慣例，原始文件未載明", checked_on=CHECKED, confirmed=False),),
        DAY_KINDS,
    ),
    Figure(
        "oa.handling_day_kind",
        "審查時限的計算方式",
        "",
        (Value("working", "分署作業慣例，原始文件未載明", checked_on=CHECKED, confirmed=False),),
        DAY_KINDS,
    ),
)

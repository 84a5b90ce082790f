"""The questions and answers of the plan, and what beside them does not agree."""

from kernel.sources import Contradiction, Says

TRAINEES, UNITS = "產業人才投資方案學員常見問與答", "產業人才投資方案辦訓單位常見問與答"

DOCUMENTS = (TRAINEES, UNITS)
CONTRADICTIONS = (
    Contradiction(
        "缺課恰好五分之一",
        (
            Says("學員問答第12題", "未超過五分之一即可補助，並註明不含五分之一。"),
            Says("勞工健康服務訓練要點十三第2款", "達五分之一即不得發證。"),
        ),
        "補助：恰好五分之一仍可補助。",
        "兩個制度的文字不同，各依自己的規定。",
        ("SUB-11",),
        ("sub.absence_percent",),
    ),
    Contradiction(
        "補助額度上限",
        (
            Says("學員問答第14題、第15題", "三年內每人最高 7 萬元。"),
            Says("115年3月新聞稿", "額度提高為 10 萬元，未查得生效日期與公告文號。"),
        ),
        "以問答的 7 萬元為準。",
        "新聞稿不是規定；查明公告後以修正案登錄，依課程開訓日適用當日有效的額度。",
        ("SUB-09", "SUB-10", "SUB-12"),
        ("sub.cap",),
    ),
    Contradiction(
        "得認定為在職勞工的保險",
        (
            Says("學員問答第4題", "列舉就業保險、勞工保險、農民健康保險。"),
            Says("後來的規定", "也採認勞工職業災害保險，起算日期未查得。"),
        ),
        "依問答列舉的三種；職業災害保險已備為可選項目，待修正案登錄。",
        "沒有生效日期的規定不能套用到個案。",
        ("SUB-05",),
        ("sub.insurance_kinds",),
    ),
    Contradiction(
        "繳費期限",
        (
            Says("學員問答第19題", "錄訓後「儘速」繳費及繳交資料，沒有日數。"),
            Says("訓練單位實務", "遞補需要明確的期限，由單位通知。"),
        ),
        "預設 3 個工作日，單位得於通知時另定。",
        "沒有期限就無法遞補；數值標示為原始文件未載明。",
        ("SUB-03",),
        ("sub.paying_days",),
    ),
)

"""The directive's table of amended and former text, and what in it does not agree."""

from kernel.sources import Contradiction, Says

DIRECTIVE = "從事勞工健康服務醫師及護理人員之訓練機構認可及管理作業要點"

DOCUMENTS = (f"{DIRECTIVE}修正規定", f"{DIRECTIVE}修正前規定", "要點附表一至附表十二")
CONTRADICTIONS = (
    Contradiction(
        "缺課恰好五分之一",
        (
            Says("要點七第2項、十三第2款", "缺課「達」五分之一即退訓、不得發證，恰好五分之一也算。"),
            Says("產業人才投資方案學員問答第12題", "缺課超過五分之一才影響補助，恰好五分之一不算。"),
        ),
        "兩個制度各依自己的文字：本訓練恰好五分之一即不得發證，補助恰好五分之一仍可補助。",
        "是兩個主管機關的兩個制度，不互相解釋；規則各自獨立，不共用比較方式。",
        ("OHS-09", "OHS-17"),
        ("ohs.withdrawal_percent", "ohs.certificate_bar_percent"),
    ),
    Contradiction(
        "結訓後的三個期限",
        (
            Says("要點九第1款、十第2項", "結業證書及核發清冊都是結訓後 20 日內。"),
            Says("要點九第3款", "受訓資料卻須於結訓後 15 日內登錄，可能早於證書字號。"),
        ),
        "三個期限各自起算；15 日內登錄受訓資料，證書字號於發證後補登。",
        "條文分列三款，沒有先後關係；晚發的證書不使登錄逾期。",
        ("OHS-11", "OHS-13"),
        ("ohs.certificate_days", "ohs.entry_after_days", "ohs.register_days"),
    ),
    Contradiction(
        "要點引用的母法條次",
        (
            Says("要點一", "引用勞工健康保護規則第五條之二。"),
            Says("要點三、附表一", "引用第五條之一。"),
        ),
        "訓練類別依第五條之一；條次照各點原文顯示。",
        "兩點所指的事項不同，也可能是條次變更後未一併修正；不代為更正。",
        ("OHS-01",),
    ),
    Contradiction(
        "附表十二的表名",
        (
            Says("附表十二外標題", "在職教育訓練證明。"),
            Says("附表十二內標題", "重複附表十一的結業證書標題。"),
        ),
        "印出的證明標題為「在職教育訓練證明」。",
        "內容與外標題一致，內標題應為誤植。",
        ("OHS-12", "OHS-22"),
    ),
    Contradiction(
        "人數上限「以不超過為原則」",
        (
            Says("附表二附註2，專業訓練及在職教育訓練", "每期以不超過 80 人、120 人「為原則」。"),
            Says("附表二附註2，分組討論", "每期以不超過 60 人「為限」。"),
        ),
        "三者都依上限把關，超過不得報備。",
        "報備單位無從知道何時可例外；需要放寬時以修正案調整上限。",
        ("OHS-07",),
        ("ohs.professional_cap", "ohs.in_service_cap", "ohs.in_service_discussion_cap"),
    ),
)

"""The account pack and what in it (or beside it) does not agree."""

from kernel.sources import Contradiction, Says

PACK = "申請113年度OJTIMS系統帳號應檢附文件及注意事項"
QUESTIONS = "產業人才投資方案辦訓單位常見問與答"

DOCUMENTS = (PACK, QUESTIONS)
CONTRADICTIONS = (
    Contradiction(
        "聯絡人行動電話與電子郵件是否必填",
        (
            Says(f"{PACK} 訓練機構名稱申請表", "這兩欄沒有必填的＊號。"),
            Says("業務需求整理", "把這兩欄列為必填。"),
        ),
        "不列為必填。",
        "印行的表單是單位實際填寫的文件，以它為準；電話欄有＊號，仍須填寫。",
        ("OA-01",),
    ),
    Contradiction(
        "切結書引用的個人資料法律名稱",
        (
            Says(f"{PACK} 切結書範本", "引用「電腦處理個人資料保護法」，即修法前的名稱。"),
            Says("現行法", "名稱為「個人資料保護法」。"),
        ),
        "系統內建的切結文字不引用法律名稱，由分署在「範本文字」登錄用語。",
        "引用舊名可能使切結失據，代為更正又非原文；因此交由主管機關決定文字。",
        ("OA-08",),
    ),
    Contradiction(
        "密碼長度",
        (
            Says(f"{PACK} 第4頁設定原則", "密碼 12～16 碼，須含大小寫英文、數字及符號。"),
            Says("目前通行的密碼建議", "不設過低的上限，也不強制字元種類。"),
        ),
        "依申請須知，12～16 碼。",
        "被申請的系統只接受這個長度；長度是法規數值，系統改版時可以修正案調整。",
        ("OA-10",),
        ("oa.password_length",),
    ),
    Contradiction(
        "TTQS 外訓版接受的等級",
        (
            Says(f"{PACK} 第1頁三", "外訓版寫「通過(含)或合格」。"),
            Says("TTQS 評核實務", "外訓版也有金、銀、銅牌。"),
        ),
        "高於「通過」的等級一併接受。",
        "「(含)或合格以上」的意思是不低於該級；較高的等級沒有理由反而不合。",
        ("OA-03",),
        ("oa.ttqs_accepted.self_learning",),
    ),
)

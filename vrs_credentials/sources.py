"""The manual, the regulation it points to, and what in them does not agree."""

from kernel.sources import Contradiction, Says

MANUAL = "身心障礙者職業重建服務專業人員資格認證說明書"
RULES = "身心障礙者職業重建服務專業人員遴用及培訓準則"

DOCUMENTS = (MANUAL, RULES)
CONTRADICTIONS = (
    Contradiction(
        "更新申請何時開放",
        (
            Says("說明書陸、二、2 及準則第10條第2項", "效期屆滿前三個月內申請。"),
            Says("說明書附圖的系統畫面", "寫屆滿前六個月內。"),
        ),
        "屆滿前三個月。",
        "條文與說明文字一致；畫面是舊版截圖。",
        ("VRS-11",),
        ("vrs.renewal_window_months",),
    ),
    Contradiction(
        "繼續教育的週期與時數",
        (
            Says("說明書陸、一 文字", "每三年六十小時。"),
            Says("說明書附圖的系統畫面", "寫成每二年、合計六小時或六十小時。"),
        ),
        "每三年六十小時。",
        "準則第10條明定每三年六十小時；畫面文字與條文不合，應為誤植。",
        ("VRS-10",),
        ("vrs.education_hours", "vrs.validity_years"),
    ),
    Contradiction(
        "簽到表的檔案格式",
        (
            Says("說明書肆、二 文字", "簽到表為 PDF 檔。"),
            Says("說明書肆、二 匯入畫面", "只接受 pdf、jpg。"),
        ),
        "PDF 與 JPG 都收。",
        "從寬不損及任何人，現場拍照是常見做法。",
        ("VRS-08",),
        ("vrs.sign_in_sheet_kinds",),
    ),
    Contradiction(
        "檔案大小上限",
        (
            Says("說明書貳、注意事項1", "申請文件每欄 10 MB。"),
            Says("說明書肆、二 與伍、二", "課程簡章與加倍計算證明文件 5 MB。"),
        ),
        "依各欄所載分別適用，上限寫在欄位旁。",
        "說明書就不同欄位各自規定，不必統一。",
        ("VRS-02", "VRS-05"),
        ("vrs.file_limit", "vrs.flyer_limit", "vrs.weight_proof_limit"),
    ),
    Contradiction(
        "期間扣除是否須主管機關同意文件",
        (
            Says("說明書壹、一", "育嬰、職災或其他不可歸責事由，並有主管機關同意文件。"),
            Says("說明書柒引用的準則第11條", "因故未執行職務三個月以上，提具證明即可。"),
        ),
        "須附同意文件，事由依說明書壹所列。",
        "從嚴；主管機關確認後可以修正案取消。",
        ("VRS-13",),
        ("vrs.extension_consent_needed", "vrs.extension_reasons"),
    ),
    Contradiction(
        "個人繼續教育的實施方式名稱",
        (
            Says("說明書伍、二 選單圖檔", "有「職業研討課」「督導職業實習」等字樣。"),
            Says("說明書伍、二 說明文字", "為職業重建研討會、督導專業實習。"),
        ),
        "採說明文字的名稱。",
        "選單是影像，文字辨識有誤。",
        ("VRS-09",),
        ("vrs.own_course_kinds",),
    ),
)

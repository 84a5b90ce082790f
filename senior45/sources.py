"""The site's terms of accounts and what in its annexes does not agree."""

from kernel.sources import Contradiction, Says

TERMS = "「45+就業資源網」帳號申請及使用規定"

DOCUMENTS = (TERMS, f"{TERMS} 附件1 申請表", f"{TERMS} 附件2 使用權限管理設定")
CONTRADICTIONS = (
    Contradiction(
        "縣市政府各欄是否 180 天自動關閉",
        (
            Says("附件2「帳號申請流程」列，本署及分署各欄", "帳號 180 天未登入，系統自動關閉。"),
            Says("附件2「帳號申請流程」列，縣市政府各欄", "該格沒有這段文字。"),
        ),
        "未載明的機關類別不自動關閉，但列入閒置清單並接受清查。",
        "關閉帳號影響權益，沒有明文不得逕行；每一格都是可個別修正的數值。",
        ("S45-09",),
        ("s45.idle_lock.county",),
    ),
    Contradiction(
        "帳號開通人員的人數",
        (
            Says("附件1「使用者權限」欄註", "限制各分署一人，未提本署業務組。"),
            Says("附件2「帳號申請管理者」列", "業務組與分署都寫「設置1人」。"),
        ),
        "本署業務組與各分署各一人。",
        "附件2 是逐格的權限設定，較附件1 的欄註完整，兩者並不排斥。",
        ("S45-08",),
        ("s45.max_openers",),
    ),
    Contradiction(
        "銀髮人才服務據點與就業服務臺由誰審稿",
        (
            Says("附件2「單位審核人員」列", "這兩欄空白，沒有設置審核人員。"),
            Says("附件2 欄名註記", "註明上稿審核權在各局處。"),
        ),
        "由所屬縣市政府局處審稿。",
        "空白的格子以欄名註記補充，文稿才有人審。",
        ("S45-11",),
        ("s45.reviewed_by.silver_point", "s45.reviewed_by.service_desk"),
    ),
)

"""How the branch handles it: confidentiality, signing 保密與簽核."""

from kernel.rulebook import promise
from ojt_accounts.params import PACK

promise(
    __name__,
    "OA-20",
    f"{PACK} 第2頁※、第5頁切結書：使用者負保密責任，逐人簽署所示版本之切結書；身分證字號加密保存、遮罩顯示，完整檢視須填理由並留存紀錄。",
    screens=("ojt_accounts:pledges", "paper:ojt.pledge", "admin:case"),
)
promise(
    __name__,
    "OA-21",
    f"{PACK} 第3頁、第4頁簽核欄：機構名稱申請表經承辦人、科室主管、決行；帳號單另由系統帳號設定人員登錄啟用、註銷或賦予日期；同一人不得簽同一表單二步驟，且須依序。",
    screens=("admin:case", "paper:ojt.account_form", "paper:ojt.unit_form"),
)

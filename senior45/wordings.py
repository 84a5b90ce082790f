"""Texts the agency words itself; these are our first versions. The agency's own wording is entered as a later version."""

from datetime import date

from casework.papers.wordings import FirstWording

TERMS = "senior45.terms"

WORDINGS = (
    FirstWording(
        TERMS,
        "45+就業資源網帳號使用者同意事項",
        "一、本人對帳號密碼負保密責任，不洩漏或交付與業務職責不相關之他人共享使用。\n"
        "二、網路連線作業完畢或臨時離開座位時，即登出系統，避免遭他人冒用。\n"
        "三、本人依使用權限管理設定上傳及維護與業務相關之資料，不自行更改或竊取未經核准使用之資料。\n"
        "四、個人資料之蒐集、處理及利用，依個人資料保護法相關規定辦理。\n"
        "五、職務異動或離職時，配合於離職生效日三個工作天內申請停用帳號。",
        date(2024, 1, 1),
    ),
)

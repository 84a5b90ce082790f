"""Texts the branch words itself; these are our first versions. The agency's own wording is entered as a later version."""

from datetime import date

from casework.papers.wordings import FirstWording

PLEDGE = "ojt.pledge"
PURPOSE = "ojt.purpose"

WORDINGS = (
    FirstWording(
        PLEDGE,
        "資訊安全保密切結書",
        "一、本人因辦理訓練業務而蒐集、處理、利用或知悉之公務（機密）資料及個人資料，非經機關同意或授權，"
        "不以任何方式洩漏、再利用或交付第三人，並負保密責任。\n"
        "二、前項保密責任不因專案結束、職務異動、離職或工作地點變更而終止。\n"
        "三、本人違反前二項約定，致機關或第三人受有損害者，願負全部法律責任及賠償責任，"
        "並就因此所生之爭訟提供必要之資料與協助。",
        date(2024, 1, 1),
    ),
    FirstWording(
        PURPOSE,
        "個人資料蒐集告知",
        "為審核訓練單位帳號申請及管理系統使用權限，本分署蒐集申請人之姓名、身分證字號、電子郵件及電話，"
        "於帳號使用期間及法令所定保存期間內，供本分署及本署業務利用。您得查詢、閱覽、更正或請求停止利用；"
        "未提供者，無法核發帳號。",
        date(2024, 1, 1),
    ),
)

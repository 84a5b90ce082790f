"""Texts the agency words itself; these are our first versions. The agency's own wording is entered as a later version."""

from datetime import date

from casework.papers.wordings import FirstWording

SINCE = date(2024, 12, 1)
PLEDGES = {
    "qualification": ("vrs.pledge.qualification", "申請資格審查切結書"),
    "hours": ("vrs.pledge.hours", "專業訓練時數認定切結書"),
    "education": ("vrs.pledge.education", "繼續教育個人申請切結書"),
    "renewal": ("vrs.pledge.renewal", "資格認證證明更新切結書"),
    "extension": ("vrs.pledge.extension", "資格展延切結書"),
}
_BODY = (
    "一、本人{what}所提具之文件、資料均屬真實，如有偽造、變造或虛偽不實，願負一切法律責任，並同意由主管機關撤銷或廢止原核定。\n"
    "二、本人無「身心障礙者職業重建服務專業人員遴用及培訓準則」第十四條所定不得擔任專業人員之情事。\n"
    "三、本人同意主管機關及其委託單位為審查、核定及登錄之目的，蒐集、處理及利用所提供之個人資料。"
)
_WHAT = {
    "qualification": "申請專業人員資格審查",
    "hours": "申請專業訓練時數認定及抵免",
    "education": "申請繼續教育時數認定",
    "renewal": "申請資格認證證明更新",
    "extension": "申請資格效期展延",
}
NO_BAR = "vrs.no_bar"

WORDINGS = (
    *(FirstWording(code, title, _BODY.format(what=_WHAT[thing]), SINCE) for thing, (code, title) in PLEDGES.items()),
    FirstWording(
        NO_BAR,
        "消極資格聲明",
        "本人未受監護或輔助宣告，亦無準則第十四條所列之犯罪判決確定情事；嗣後查有不符者，同意撤銷資格。",
        SINCE,
    ),
)

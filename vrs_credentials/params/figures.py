"""The single figures of the scheme, dated and cited.

Source: the 113 manual (說明書, December 2024) and, where it points there, 身心障礙者職業重建服務專業人員遴用及培訓準則
(「準則」) as amended on 2023-09-23. What neither gives is marked unconfirmed and can be set by the agency.
"""

from __future__ import annotations

from datetime import date

from kernel.law import Figure, Value

CHECKED_ON = date(2026, 11, 20)
#: 繼續教育規定施行日 (說明書壹之一).
EDUCATION_SINCE = date(2016, 2, 14)
#: 期間扣除施行日 (說明書壹之一).
EXTENSION_SINCE = date(2019, 11, 12)
#: 準則 112年9月23日修正: 第10-1條 exists since.
AMENDED_ON = date(2023, 9, 23)

MEGABYTE = 1024 * 1024

#: 時數類別, 實施方式, 期間扣除事由: the codes rows are stored with; the figures below carry them as law.
GROUPS = {"professional": "專業課程", "law": "專業相關法規", "ethics": "專業倫理", "quality": "專業品質"}
OWN_WAYS = {
    "course": "繼續教育課程",
    "seminar": "職業重建研討會",
    "other_seminar": "其他研討會",
    "journal_paper": "專業期刊論文",
    "other_paper": "其他論文",
    "university": "國內外大學進修",
    "book_chapter": "出版書籍之章節",
    "book": "出版書籍",
    "supervised_practice": "督導專業實習",
    "online": "數位課程",
}
EXTENSION_REASONS = {
    "parental_leave": "育嬰留職停薪",
    "occupational_injury": "職業災害",
    "not_at_fault": "其他不可歸責專業人員個人之事由",
}
#: 資格服務項目 (說明書參、二).
DISABILITIES = {
    "intellectual": "心智障礙",
    "physical": "肢體障礙",
    "visual": "視覺障礙",
    "mental": "精神障礙",
    "hearing": "聽語障礙",
}


def _one(
    code: str,
    label: str,
    unit: str,
    value: object,
    citation: str,
    *,
    confirmed: bool = True,
    note: str = "",
    words: dict[str, str] | None = None,
) -> Figure:
    version = Value(value, citation, checked_on=CHECKED_ON, confirmed=confirmed, note=note)
    return Figure(code, label, unit, (version,), words or {})


def _since(
    code: str, label: str, unit: str, since: date, value: object, citation: str, before: str, **more: object
) -> Figure:
    """A figure that did not exist before a day: its first version is None, which rules read as 「尚無此規定」."""
    return Figure(
        code,
        label,
        unit,
        (
            Value(None, before, checked_on=CHECKED_ON),
            Value(value, citation, since, CHECKED_ON, **more),  # type: ignore[arg-type]
        ),
    )


FIGURES: tuple[Figure, ...] = ()

# --- 貳、資格申請: files ---------------------------------------------------------------------------------------------------
FIGURES += (
    _one("vrs.file_limit", "申請文件每一欄位檔案上限", "位元組", 10 * MEGABYTE, "說明書貳、注意事項1"),
    _one("vrs.file_kinds", "申請文件檔案格式", "", ["pdf"], "說明書貳、注意事項1"),
    _one("vrs.flyer_limit", "課程簡章檔案上限", "位元組", 5 * MEGABYTE, "說明書肆、二（課程簡章欄位）"),
    _one("vrs.flyer_kinds", "課程簡章檔案格式", "", ["pdf", "jpg", "gif", "odt"], "說明書肆、二（課程簡章欄位）"),
    _one(
        "vrs.weight_proof_limit",
        "加倍計算證明文件檔案上限",
        "位元組",
        5 * MEGABYTE,
        "說明書伍、二（證明文件欄位）",
    ),
    _one(
        "vrs.weight_proof_kinds",
        "加倍計算證明文件檔案格式",
        "",
        ["pdf", "jpg", "gif", "odt"],
        "說明書伍、二（證明文件欄位）",
    ),
    _one(
        "vrs.sign_in_sheet_kinds",
        "簽到表檔案格式",
        "",
        ["pdf", "jpg"],
        "說明書肆、二（上課紀錄匯入畫面）",
        note="說明文字寫「簽到表(PDF 檔)」，匯入畫面寫「只接受pdf、jpg」；依畫面從寬。",
    ),
    _one("vrs.attendance_kinds", "上課紀錄匯入檔案格式", "", ["csv"], "說明書肆、二（上課紀錄匯入畫面）"),
)

# --- 貳、案件審查 -------------------------------------------------------------------------------------------------------------
FIGURES += (_one("vrs.reviewers", "審查委員人數", "位", 2, "說明書貳、案件審查階段一"),)

# --- 參、專業訓練時數 -----------------------------------------------------------------------------------------------------------
FIGURES += (
    _one("vrs.placement_hours", "就業服務員進用後專業訓練時數", "小時", 36, "準則第7條第3項；說明書參、1"),
    _one("vrs.placement_months", "就業服務員進用後完成訓練期限", "個月", 12, "準則第7條第3項；說明書參、1"),
    _one(
        "vrs.placement_extension_months",
        "就業服務員經地方主管機關同意延長",
        "個月",
        12,
        "準則第7條第3項",
        confirmed=False,
        note="說明書未載明延長期間。",
    ),
    _one("vrs.case_manager_hours", "個案管理員進用後專業訓練時數", "小時", 36, "準則第8條第2項；說明書參、2"),
    _one("vrs.case_manager_months", "個案管理員進用後完成訓練期限", "個月", 12, "準則第8條第2項；說明書參、2"),
    _one("vrs.assessor_before_hours", "職評員進用前專業訓練時數", "小時", 60, "準則第6條第2項；說明書參、3"),
    _one("vrs.assessor_hours", "職評員專業訓練時數", "小時", 160, "準則第6條第1項第3款、第3項；說明書參、3"),
    _one("vrs.assessor_months", "職評員進用後完成訓練期限", "個月", 24, "準則第6條第3項；說明書參、3"),
    _one("vrs.assessor_case_manager_years", "職評員先行提供服務所需個管經驗", "年", 2, "準則第6條第2項；說明書參、3"),
    _one(
        "vrs.follow_up_reminders",
        "進用後訓練期限提醒（期限前）",
        "日",
        [180, 90, 30],
        "作業提醒",
        confirmed=False,
        note="提醒日數非法定期間。",
    ),
)

# --- 肆、繼續教育（機構） ----------------------------------------------------------------------------------------------------------
FIGURES += (
    _one(
        "vrs.course_advance_months",
        "課前申請建議提前",
        "個月",
        1,
        "說明書肆、一（課前申請(1)）",
        note="建議事項，不影響受理。",
    ),
    _one(
        "vrs.course_after_months",
        "課後申請建議期限",
        "個月",
        1,
        "說明書肆、一（課後申請(1)）",
        note="建議事項，不影響受理。",
    ),
    _one(
        "vrs.course_field_sets",
        "課程類別、核心能力、課程領域組數上限",
        "組",
        2,
        "說明書肆、二、2（新增課程類別）",
        note="畫面提供第二項課程類別，匯入畫面有領域一、領域二。",
    ),
    _one("vrs.course_supplement_days", "課程資料補件期限", "日", 2, "說明書肆、重要提醒1"),
    _one(
        "vrs.lecturer_clauses",
        "講師資格條款",
        "",
        ["1", "2", "3", "4"],
        "說明書肆、二、4（附表7）",
        confirmed=False,
        note="附表7全文未附於說明書，各條款內容由主管機關維護。",
    ),
    _one(
        "vrs.lecturer_name_limit",
        "講師資料文字上限（通訊地址）",
        "字",
        100,
        "說明書肆、二、4（講師資料維護畫面）",
    ),
    _one(
        "vrs.hour_groups",
        "繼續教育時數類別",
        "",
        GROUPS,
        "準則第10條；說明書陸、一",
        note="核心能力及課程領域清單未附於說明書，由主管機關維護。",
    ),
)

# --- 加成 (weights) ------------------------------------------------------------------------------------------------------------
_UNSET = "說明書肆、二、7「系統會自動加成」，加成倍數未載明；主管機關設定前以1計。"
FIGURES += (
    _one("vrs.weight_island", "離島地區時數加成", "倍", "1", "說明書肆、二、7", confirmed=False, note=_UNSET),
    _one("vrs.weight_international", "國際性質時數加成", "倍", "1", "說明書肆、二、7", confirmed=False, note=_UNSET),
    _one("vrs.weight_lecturer", "授課者時數加成", "倍", "1", "說明書肆、二、7", confirmed=False, note=_UNSET),
    _one(
        "vrs.weight_combination",
        "同時符合數項加成時之計算",
        "",
        "highest",
        "說明書肆、二、7",
        confirmed=False,
        note="說明書未載明。",
        words={"highest": "擇高", "product": "連乘"},
    ),
)

# --- 伍、繼續教育（個人） ----------------------------------------------------------------------------------------------------------
FIGURES += (
    _one("vrs.own_course_months", "個人繼續教育申請期限（課程結束後）", "個月", 6, "說明書伍、一、6"),
    _one(
        "vrs.own_course_kinds",
        "個人繼續教育實施方式",
        "",
        OWN_WAYS,
        "說明書伍、二（實施方式選單）",
        note="選單圖檔文字經辨識還原（「職業研討課」「職業期刊論文」「督導職業實習」）。",
    ),
)

# --- 陸、資格更新 -----------------------------------------------------------------------------------------------------------------
FIGURES += (
    _one("vrs.validity_years", "資格認證證明有效期間", "年", 3, "準則第10條第1項；說明書陸、二、7"),
    _one("vrs.education_hours", "每三年繼續教育時數", "小時", 60, "準則第10條第2項；說明書陸、一"),
    _one("vrs.professional_law_hours", "專業課程及專業相關法規時數", "小時", 54, "準則第10條；說明書陸、一、計算方式2"),
    _one(
        "vrs.ethics_quality_hours",
        "專業倫理及專業品質時數（超過部分不計）",
        "小時",
        6,
        "準則第10條；說明書陸、一、計算方式3",
    ),
    _one(
        "vrs.renewal_window_months",
        "更新申請開放期間（屆滿前）",
        "個月",
        3,
        "準則第10條第2項；說明書陸、二、2",
        note="說明書畫面另載「六個月內」，以條文及說明文字之三個月為準。",
    ),
    _one(
        "vrs.renewal_reminders",
        "資格效期屆滿提醒（屆滿前）",
        "日",
        [180, 90, 30, 7],
        "作業提醒",
        confirmed=False,
        note="提醒日數非法定期間；申請開放日另行通知。",
    ),
    _one("vrs.education_valid_years", "繼續教育證明文件有效期間（申請日前）", "年", 3, "準則第15條第2項"),
)

# --- 柒、資格展延; 第10-1條 -------------------------------------------------------------------------------------------------------
FIGURES += (
    _since(
        "vrs.extension_months",
        "得扣除期間之離開職場最短期間",
        "個月",
        EXTENSION_SINCE,
        3,
        "準則第11條第1項；說明書柒、一",
        "108年11月12日以前尚無期間扣除之規定",
    ),
    _one(
        "vrs.extension_reasons",
        "期間扣除事由",
        "",
        EXTENSION_REASONS,
        "說明書壹、一（108年11月12日施行）",
        note="說明書柒引用之第11條改為「因故未執行職務三個月以上」。",
    ),
    _one(
        "vrs.extension_consent_needed",
        "展延須檢附工作所在地主管機關同意文件",
        "",
        True,
        "說明書壹、一（108年11月12日施行）",
        confirmed=False,
        note="說明書柒引用之第11條僅規定「提具證明」，未提同意文件；前後不一，從嚴並可由主管機關調整。",
    ),
    _since(
        "vrs.lapsed_away_months",
        "失效後先行服務之離開職場最短期間",
        "個月",
        AMENDED_ON,
        3,
        "準則第10-1條",
        "112年9月23日以前尚無先行提供服務之規定",
    ),
    _since(
        "vrs.lapsed_hours",
        "先行提供服務應完成繼續教育",
        "小時",
        AMENDED_ON,
        20,
        "準則第10-1條",
        "112年9月23日以前尚無先行提供服務之規定",
    ),
    _since(
        "vrs.lapsed_months",
        "先行提供服務完成繼續教育期限",
        "個月",
        AMENDED_ON,
        12,
        "準則第10-1條",
        "112年9月23日以前尚無先行提供服務之規定",
    ),
)

"""Every figure of 「45+就業資源網」帳號申請及使用規定, cited; the matrix of 附件2 cell by cell, each cell a dated figure.

What the source leaves empty is marked unconfirmed: shown so beside the value, and an officer can set it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from kernel.dates import DAY_KINDS
from kernel.law import Figure, Value

CHECKED_ON = date(2026, 11, 20)


class OfficeKind(StrEnum):
    """機關（單位）類別: the ten columns of 附件2, in its order."""

    HQ_LEAD = "hq_lead"
    HQ_OTHER = "hq_other"
    BRANCH = "branch"
    SILVER_CENTER = "silver_center"
    JOB_CENTER = "job_center"
    COUNTY = "county"
    SILVER_POINT = "silver_point"
    SERVICE_DESK = "service_desk"
    OUTSOURCED_CENTER = "outsourced_center"
    SERVICE_STATION = "service_station"


class Category(StrEnum):
    """刊登類別."""

    HOT_NEWS = "hot_news"
    EVENT = "event"
    PRESS_RELEASE = "press_release"
    ANNOUNCEMENT = "announcement"
    SUCCESS_STORY = "success_story"
    FRIENDLY_EMPLOYER = "friendly_employer"
    MASTERS_FORUM = "masters_forum"
    GENERATIONS = "generations"


class Right(StrEnum):
    """使用者權限 (附件1, 附件2)."""

    SYSTEM_ADMIN = "system_admin"
    OPENER = "opener"
    INVENTORY = "inventory"
    REVIEWER = "reviewer"
    EDITOR = "editor"


class AccountRole(StrEnum):
    """使用者帳號角色: the eight boxes of 附件1."""

    AGENCY_HEAD = "agency_head"
    AGENCY_OFFICER = "agency_officer"
    COUNTY_HEAD = "county_head"
    COUNTY_OFFICER = "county_officer"
    SERVICE_HEAD = "service_head"
    SERVICE_STAFF = "service_staff"
    POINT_STAFF = "point_staff"
    OTHER = "other"


OFFICE_LABELS = {
    OfficeKind.HQ_LEAD: "身心障礙者及特定對象就業組",
    OfficeKind.HQ_OTHER: "本署其他業務組",
    OfficeKind.BRANCH: "分署（業務科）",
    OfficeKind.SILVER_CENTER: "銀髮人才資源中心",
    OfficeKind.JOB_CENTER: "就業中心",
    OfficeKind.COUNTY: "縣市政府（中高齡業務單位）",
    OfficeKind.SILVER_POINT: "銀髮人才服務據點",
    OfficeKind.SERVICE_DESK: "就業服務臺",
    OfficeKind.OUTSOURCED_CENTER: "委辦就業中心",
    OfficeKind.SERVICE_STATION: "就業服務站",
}

CATEGORY_LABELS = {
    Category.HOT_NEWS: "熱門消息",
    Category.EVENT: "活動訊息",
    Category.PRESS_RELEASE: "新聞稿",
    Category.ANNOUNCEMENT: "公告",
    Category.SUCCESS_STORY: "成功就業案例",
    Category.FRIENDLY_EMPLOYER: "友善頭家",
    Category.MASTERS_FORUM: "名人講堂",
    Category.GENERATIONS: "世代合作",
}

RIGHT_LABELS = {
    Right.SYSTEM_ADMIN: "系統總管理者",
    Right.OPENER: "帳號開通人員",
    Right.INVENTORY: "帳號清查者",
    Right.REVIEWER: "審稿人員",
    Right.EDITOR: "承辦（上稿）人員",
}

ROLE_LABELS = {
    AccountRole.AGENCY_HEAD: "本署及所屬分署主管",
    AccountRole.AGENCY_OFFICER: "本署及所屬分署業務承辦人員",
    AccountRole.COUNTY_HEAD: "縣市政府主管",
    AccountRole.COUNTY_OFFICER: "縣市政府業務承辦人員",
    AccountRole.SERVICE_HEAD: "公立就業服務機構主管",
    AccountRole.SERVICE_STAFF: "公立就業服務機構就業服務員",
    AccountRole.POINT_STAFF: "銀髮人才服務據點就業服務員",
    AccountRole.OTHER: "其他",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of 附件2. `under`: agency 勞動力發展署, branch 本署所屬分署, county 縣市政府."""

    under: str
    opened_by: str
    reviewed_by: str
    categories: tuple[Category, ...]
    #: None: the cell says nothing about 180 days.
    idle_lock: bool | None


_ALL = tuple(Category)
_FOUR, _TWO = _ALL[:4], _ALL[:2]

MATRIX = {
    OfficeKind.HQ_LEAD: Column("agency", "hq_lead", "own", _ALL, True),
    OfficeKind.HQ_OTHER: Column("agency", "hq_lead", "own", _FOUR, True),
    OfficeKind.BRANCH: Column("branch", "hq_lead", "own", _ALL, True),
    OfficeKind.SILVER_CENTER: Column("branch", "branch", "own", _ALL, True),
    OfficeKind.JOB_CENTER: Column("branch", "branch", "own", _TWO, True),
    OfficeKind.COUNTY: Column("county", "branch", "own", _TWO, None),
    OfficeKind.SILVER_POINT: Column("county", "branch", "bureau", _TWO, None),
    OfficeKind.SERVICE_DESK: Column("county", "branch", "bureau", _TWO, None),
    OfficeKind.OUTSOURCED_CENTER: Column("county", "branch", "own", _TWO, None),
    OfficeKind.SERVICE_STATION: Column("county", "branch", "own", _TWO, None),
}


def _one(
    code: str,
    label: str,
    unit: str,
    value: Any,
    citation: str,
    *,
    confirmed: bool = True,
    note: str = "",
    words: dict[str, str] | None = None,
) -> Figure:
    version = Value(value, citation, checked_on=CHECKED_ON, confirmed=confirmed, note=note)
    return Figure(code, label, unit, (version,), words or {})


_OPENED_BY = {"hq_lead": "本署身特組", "branch": "轄區分署"}
_REVIEWED_BY = {"own": "本機關", "bureau": "所屬局處"}
_CATEGORIES = {one.value: label for one, label in CATEGORY_LABELS.items()}
_OFFICES = {one.value: label for one, label in OFFICE_LABELS.items()}
_ROLES = {one.value: label for one, label in ROLE_LABELS.items()}
_SERVICES = [
    one.value
    for one in OfficeKind
    if one not in (OfficeKind.HQ_LEAD, OfficeKind.HQ_OTHER, OfficeKind.BRANCH, OfficeKind.COUNTY)
]
_RIGHTS = {one.value: label for one, label in RIGHT_LABELS.items()}


def _under(*groups: str) -> list[str]:
    """The kinds of office in these columns of 附件2."""
    return [kind.value for kind, column in MATRIX.items() if column.under in groups]


def _cells(kind: OfficeKind, column: Column) -> tuple[Figure, ...]:
    name = OFFICE_LABELS[kind]
    where = f"「{name}」欄"
    reviewer_note = "該格空白；欄名註明「上稿審核權在各局處」。" if column.reviewed_by == "bureau" else ""
    lock_note = (
        "該格未載明180天自動關閉；未載明者不自動關閉，仍列入閒置清單與清查。" if column.idle_lock is None else ""
    )
    return (
        _one(
            f"s45.opened_by.{kind}",
            f"{name}帳號開通機關",
            "",
            column.opened_by,
            f"附件2「帳號申請流程」列、{where}",
            words=_OPENED_BY,
        ),
        _one(
            f"s45.reviewed_by.{kind}",
            f"{name}審稿機關",
            "",
            column.reviewed_by,
            f"附件2「單位審核人員（設置1人）」列、{where}",
            note=reviewer_note,
            words=_REVIEWED_BY,
        ),
        _one(
            f"s45.categories.{kind}",
            f"{name}得刊登類別",
            "",
            [c.value for c in column.categories],
            f"附件2「使用權限」列、{where}",
            words=_CATEGORIES,
        ),
        _one(
            f"s45.idle_lock.{kind}",
            f"{name}帳號未登入自動關閉",
            "",
            bool(column.idle_lock),
            f"附件2「帳號申請流程」列、{where}",
            confirmed=column.idle_lock is not None,
            note=lock_note,
        ),
    )


#: 第2點第1款、第2款: 業務承辦人員; 第3款: 就業服務員.
_WITH_OFFICERS = (OfficeKind.HQ_LEAD, OfficeKind.HQ_OTHER, OfficeKind.BRANCH, OfficeKind.COUNTY)

FIGURES: tuple[Figure, ...] = ()

for _kind, _column in MATRIX.items():
    FIGURES += tuple(_cells(_kind, _column))

FIGURES += (
    _one(
        "s45.holders",
        "帳號使用者資格（機關類別與職務）",
        "",
        {kind.value: ["head", "officer" if kind in _WITH_OFFICERS else "service_staff"] for kind in OfficeKind},
        "第2點",
        words={**_OFFICES, "head": "主管", "officer": "業務承辦人員", "service_staff": "就業服務員"},
    ),
    _one("s45.answer_working_days", "回覆申請期限", "天", 5, "第3點第3款"),
    _one("s45.answer_day_kind", "回覆申請期限的計算方式", "", "working", "第3點第3款（工作天）", words=DAY_KINDS),
    _one("s45.leaver_working_days", "離職人員帳號申請停用期限", "天", 3, "第3點第4款"),
    _one("s45.leaver_day_kind", "離職停用期限的計算方式", "", "working", "第3點第4款（工作天）", words=DAY_KINDS),
    _one("s45.max_system_admins", "系統總管理者人數", "人", 1, "附件2「系統總管理者（設置1人）」列"),
    _one(
        "s45.max_openers",
        "帳號開通人員人數",
        "人",
        1,
        "附件1「使用者權限」欄註、附件2「帳號申請管理者」列",
        note="附件1僅明文限定各分署1人；附件2對身特組及分署均載「設置1人」。",
    ),
    _one("s45.max_reviewers", "審稿人員人數", "人", 1, "附件1「使用者權限」欄註、附件2「單位審核人員」列"),
    _one(
        "s45.right_offices",
        "得設置系統總管理者、帳號開通人員及帳號清查者之機關",
        "",
        {"system_admin": ["hq_lead"], "opener": ["hq_lead", "branch"], "inventory": ["hq_lead"]},
        "附件2「系統總管理者」「帳號申請管理者」「帳號清查者」列",
        words={**_OFFICES, **_RIGHTS},
    ),
    _one(
        "s45.role_offices",
        "帳號角色所屬機關類別",
        "",
        {
            **dict.fromkeys(("agency_head", "agency_officer"), _under("agency", "branch")),
            **dict.fromkeys(("county_head", "county_officer"), _under("county")),
            **dict.fromkeys(("service_head", "service_staff"), _SERVICES),
            "point_staff": ["silver_center", "silver_point"],
        },
        "附件1「使用者帳號角色」欄、附件2 各欄",
        note="附件1未列銀髮人才資源中心之角色，得選本署所屬分署、公立就業服務機構或銀髮人才服務據點之角色；「其他」各機關均得選。",
        words={**_OFFICES, **_ROLES},
    ),
    _one("s45.idle_days", "未登入自動關閉期間", "天", 180, "附件2「帳號申請流程」列第2點"),
    _one(
        "s45.idle_warning_days",
        "自動關閉前提醒",
        "天前",
        [30, 14, 3],
        "附件2「帳號申請流程」列第2點",
        confirmed=False,
        note="原始文件未載明提醒時間。",
    ),
    _one(
        "s45.inventories_per_year",
        "每年帳號清查次數",
        "次",
        2,
        "附件2「帳號清查者（每半年清查1次）」列",
        note="以每年1月至6月、7月至12月各為半年。",
    ),
    _one(
        "s45.inventory_answer_days",
        "帳號清查回覆期限",
        "天",
        30,
        "附件2「帳號清查者（每半年清查1次）」列",
        confirmed=False,
        note="原始文件未載明回覆期限；自清查開始之日起算。",
    ),
    _one(
        "s45.inventory_reminder_days",
        "帳號清查催辦",
        "天前",
        [10, 3],
        "附件2「帳號清查者（每半年清查1次）」列",
        confirmed=False,
        note="原始文件未載明催辦時間。",
    ),
    _one(
        "s45.inventory_unanswered",
        "清查逾期未回覆之帳號",
        "",
        "report",
        "附件2「帳號清查者（每半年清查1次）」列",
        confirmed=False,
        note="原始文件未載明。",
        words={"report": "陳報並列入清查結果，帳號不變", "stop": "清查結束時停用"},
    ),
)

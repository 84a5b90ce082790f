"""What a case page shows of each kind: facts, tables, reviews, what the rules say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from casework.models import Case
from kernel.dates import roc, taipei_day
from kernel.law import Law
from kernel.saying import plain
from vrs_credentials.models import (
    Assignment,
    Attendance,
    Certificate,
    Course,
    ExtensionApplication,
    HoursApplication,
    LedgerEntry,
    OwnEducation,
    Qualification,
    Renewal,
    SessionCase,
)
from vrs_credentials.params.clauses import KINDS
from vrs_credentials.params.figures import DISABILITIES, GROUPS, OWN_WAYS
from vrs_credentials.rules import courses as course_rules
from vrs_credentials.selectors import papers
from vrs_credentials.selectors.register import entries_of

Rows = Sequence[tuple[str, str]]
AUDIENCE = {"trainer": "職業訓練師", **{code: label for code, label in KINDS.items() if not code.startswith("trainer")}}


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    head: Sequence[str]
    body: Sequence[Sequence[str]] = field(default_factory=tuple)
    note: str = ""
    #: What to say instead when there is no row.
    empty: str = "沒有資料。"

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        return [list(zip(self.head, row, strict=True)) for row in self.body]


def thing_of(case: Case) -> str:
    return case.kind.partition(".")[2]


# --- facts ---------------------------------------------------------------------------------------------------------------


def facts(case: Case, *, on: date, law: Law) -> Rows:
    return {
        "qualification": _qualification,
        "hours": _hours,
        "course": _course,
        "education": _education,
        "renewal": _renewal,
        "extension": _extension,
    }[thing_of(case)](case, on, law)


def _yes(value: bool | None) -> str:
    return {True: "是", False: "否", None: "未填"}[value]


def _qualification(case: Case, on: date, law: Law) -> Rows:
    one = papers.qualification_of(case)
    row = papers.clause_row(one.kind, one.clause, on=on, law=law)
    answers = [
        ("科系名稱完全符合", one.degree_name_matches), ("有系統服務紀錄", one.has_service_record), ("進用前已完成訓練", one.trained_before),
    ]  # fmt: skip
    return [
        ("申請資格", KINDS[one.kind] + (f"（{KINDS[one.speciality]}）" if one.speciality else "")),
        ("遴用條款", row["citation"]),
        ("進用資格說明", row["text"]),
        *((label, _yes(value)) for label, value in answers if value is not None),
        ("初次進用日", roc(one.hired_on) if one.hired_on else "未填"),
        ("消極資格聲明", "已聲明" if one.no_bar_declared_at else "尚未聲明"),
        *_issued(case),
    ]


def _issued(case: Case) -> Rows:
    """The certificate that the case gave, and whether it still stands: the case itself stays 通過."""
    one = Certificate.objects.filter(case=case).first()
    if one is None:
        return []
    gone = f"（已於 {roc(taipei_day(one.revoked_at))} 撤銷）" if one.revoked_at else ""
    return [("核發證明", f"{one.number}{gone}")]


def _hours(case: Case, on: date, law: Law) -> Rows:
    one = HoursApplication.objects.select_related("certificate").get(case=case)
    held = [("資格證明", str(one.certificate))] if one.certificate else []
    row = papers.clause_row(one.kind, one.clause, on=on, law=law)
    return [
        ("訓練性質", one.get_purpose_display()),
        ("資格名稱", KINDS[one.kind]),
        ("遴用條款", row["citation"]),
        *held,
    ]


def _education(case: Case, on: date, law: Law) -> Rows:
    one = OwnEducation.objects.get(case=case)
    marks = [
        label
        for label, on in (("離島地區", one.island), ("國際性質", one.international), ("授課者", one.lecturer))
        if on
    ]
    return [
        ("實施方式", OWN_WAYS[one.way]), ("辦理單位", one.organiser), ("課程名稱", one.title), ("身份", one.capacity or "—"),
        ("課程類別", GROUPS[one.group]),
        ("核心能力／課程領域", f"{one.competence}／{one.area}"), ("上課日期", f"{roc(one.starts_on)} 至 {roc(one.ended_on)}"),
        ("申請時數", plain(one.asked_hours)), ("核定時數", plain(one.approved_hours) if one.approved_hours else "尚未核定"),
        ("加倍計算", "、".join(marks) or "無"), ("資格名稱", "、".join(KINDS[kind] for kind in one.kinds)),
    ]  # fmt: skip


def _course(case: Case, on: date, law: Law) -> Rows:
    one = Course.objects.get(case=case)
    return [
        ("課程編號", one.number or "送審後編號"), ("課程名稱", one.title), ("授課方式", one.get_mode_display() + (f"（{one.mode_reason}）" if one.mode_reason else "")),
        ("上課時段", one.get_slot_display()), ("開課期間", f"{roc(one.starts_on)} 至 {roc(one.ends_on)}"), ("受訓地點", one.place),
        ("訓練費用", f"{one.fee:,} 元"), ("辦理對象", "、".join(AUDIENCE[code] for code in one.audience)),
        ("參訓資格", one.admission or "—"), ("公開", _yes(one.is_public)),
    ]  # fmt: skip


def _renewal(case: Case, on: date, law: Law) -> Rows:
    one = Renewal.objects.select_related("certificate").get(case=case)
    old = one.certificate
    return [
        ("認證資格", old.kind_label), ("原證明", old.number), ("原有效期間", f"{roc(old.starts_on)} 至 {roc(old.valid_until)}"),
        ("申請日", roc(one.applied_on) if one.applied_on else "尚未送審"),
    ]  # fmt: skip


def _extension(case: Case, on: date, law: Law) -> Rows:
    one = ExtensionApplication.objects.select_related("certificate").get(case=case)
    old = one.certificate
    row = papers.clause_row(old.kind, old.clause, on=old.issued_on, law=law)
    return [
        ("認證資格", old.kind_label), ("遴用條款", row["citation"]), ("證明", old.number), ("目前效期", f"{roc(old.starts_on)} 至 {roc(old.valid_until)}"),
        ("事由", one.get_reason_display()), ("離開職場", f"{roc(one.away_from)} 至 {roc(one.away_until)}"),
    ]  # fmt: skip


# --- tables --------------------------------------------------------------------------------------------------------------


def tables(case: Case) -> list[Table]:
    match thing_of(case):
        case "hours":
            rows = HoursApplication.objects.get(case=case).records.filter(removed_at=None)
            body = [
                [str(r.position), r.course, plain(r.hours), f"{r.trainer} {r.class_name}".strip(),
                 f"{roc(r.starts_on)} 至 {roc(r.ends_on)}" if r.starts_on else f"至 {roc(r.ends_on)}", "、".join(DISABILITIES[d] for d in r.disabilities), r.matches]
                for r in rows
            ]  # fmt: skip
            return [Table("上課紀錄", ("序", "課程名稱", "時數", "訓練機關／班名", "期間", "障別", "對應課程"), body)]
        case "course":
            return _course_tables(case)
        case "renewal":
            one = Renewal.objects.select_related("certificate").get(case=case)
            return [ledger_table(one.certificate, "採計之時數")]
    return []


def _counts(entry: LedgerEntry, since: date | None) -> str:
    if entry.initial_training:
        return "（不計入更新）"
    return "（不在採計期間）" if since and entry.held_on < since else ""


def ledger_table(certificate: Any, title: str = "時數明細", since: date | None = None) -> Table:
    """Every line; `since`: the first day whose education counts, lines before it say so."""
    body = [
        [roc(e.held_on), e.title + (f"（{e.reason}）" if e.reason else ""), e.get_group_display(), plain(e.base), plain(e.weight),
         plain(e.hours) + _counts(e, since), e.get_source_display(), roc(e.approved_on)]
        for e in entries_of(certificate)
    ]  # fmt: skip
    head = ("上課日期", "課程或事項", "類別", "核定時數", "加成", "採計", "來源", "核定日")
    return Table(title, head, body, empty="沒有時數紀錄。")


def _course_tables(case: Case) -> list[Table]:
    course = Course.objects.prefetch_related("fields", "lecturers__passes").get(case=case)
    fields = [[f.label, f.get_group_display(), f.competence, f.area, plain(f.hours)] for f in course.fields.all()]
    people = [
        [one.name, f"條款{one.clause}", one.degree or "—", one.post or "—", "、".join(f"{p.competence}／{p.area}" for p in one.passes.all()) or "新講師"]
        for one in course.lecturers.all()
    ]  # fmt: skip
    found = [
        Table("課程領域", ("組別", "課程類別", "核心能力", "課程領域", "時數"), fields),
        Table("講師", ("姓名", "附表7", "學歷", "現職", "已通過領域"), people),
    ]
    rows = Attendance.objects.filter(imported__field__course=course, imported__cleared_at=None).select_related(
        "imported__field"
    )
    if total := rows.count():
        body = [
            [str(a.imported.field.position), str(a.row), a.name, roc(a.held_on), plain(a.hours), _yes(a.island), _yes(a.international), _yes(a.lecturer)]
            for a in rows.order_by("imported__field__position", "row")[:200]
        ]  # fmt: skip
        note = f"共 {total:,} 筆，列出前 200 筆。" if total > 200 else f"共 {total:,} 筆。"
        found.append(Table("上課紀錄", ("領域", "列", "姓名", "日期", "時數", "離島", "國際", "授課者"), body, note))
    return found


# --- review --------------------------------------------------------------------------------------------------------------


def opinions_owed(user: User) -> QuerySet[Assignment]:
    """Cases of the running round that wait for this reviewer's opinion, the longest waiting first."""
    later = Assignment.objects.filter(case=OuterRef("case"), round__gt=OuterRef("round"))
    owed = Assignment.objects.filter(~Exists(later), reviewer=user.pk, opinion=None, case__state="review")
    return owed.select_related("case").order_by("assigned_at", "pk")


def reviews(case: Case, user: User) -> list[dict[str, Any]]:
    """Assigned reviewers of every round; an opinion's words only when all of its round are in, or to who gave it."""
    rows = list(
        case.vrs_assignments.select_related("reviewer", "opinion")
        .defer("reviewer__national_id")
        .order_by("round", "pk")
    )
    found = []
    for one in rows:
        peers = [other for other in rows if other.round == one.round]
        open_ = all(hasattr(other, "opinion") for other in peers) or one.reviewer_id == user.pk
        opinion = getattr(one, "opinion", None)
        found.append(
            {
                "round": one.round,
                "reviewer": one.reviewer.name,
                "given": opinion is not None,
                "verdict": opinion.get_verdict_display() if opinion and open_ else "",
                "comment": opinion.comment if opinion and open_ else "",
                "at": opinion.at if opinion else None,
            }
        )
    return found


def unnamed(case: Case) -> set[int]:
    """Reviewers, of every round: the applicant is told what they found and not who they are."""
    return set(case.vrs_assignments.values_list("reviewer_id", flat=True))


def session_item(case: Case) -> SessionCase | None:
    return SessionCase.objects.filter(case=case).select_related("session").order_by("-pk").first()


def committee_words(case: Case) -> Rows:
    """What the applicant is told while the committee has the case: when it meets and what follows, not who thought what."""
    item = session_item(case)
    when = roc(item.session.held_on) if item else "會議日期排定後通知"
    return [
        ("會議日期", when),
        ("為什麼", "審查意見不一致或認有疑義者，依規定提複審會議討論，不表示不通過。"),
        ("接下來", "會議決議後以公文通知您；需要補充資料時會另行通知，在此之前不需要做任何事。"),
    ]


# --- supplements ---------------------------------------------------------------------------------------------------------


def targets(case: Case, *, on: date, law: Law) -> Rows:
    """What a supplement can ask for."""
    match thing_of(case):
        case "qualification":
            one = papers.qualification_of(case)
            slots = [(f"paper.{s.code}", s.label) for s in papers.qualification_slots(one, on=on, law=law)]
            return [*slots, ("answers", "遴用條款與填答內容")]
        case "hours":
            rows = HoursApplication.objects.get(case=case).records.filter(removed_at=None)
            return [*((r.code, f"上課紀錄：{r.course}") for r in rows), ("paper.pledge", "切結書")]
        case "education":
            return [
                ("data", "課程資料"),
                *((f"paper.{code}", label) for code, label in papers.EDUCATION_PAPERS.items()),
            ]
        case "course":
            return [
                ("data", "課程資料"),
                ("lecturers", "講師資料"),
                *((f"paper.{c}", label) for c, label in course_rules.PAPERS.items()),
            ]
        case "renewal":
            return [("paper.pledge", "切結書"), ("profile", "個人基本資料")]
    return [*((f"paper.{code}", label) for code, label in papers.EXTENSION_PAPERS.items()), ("data", "離開職場期間")]


def export_row(case: Case, *, on: date, law: Law) -> dict[str, Any]:
    if thing_of(case) == "qualification":
        one = Qualification.objects.get(case=case)
        row = papers.clause_row(one.kind, one.clause, on=on, law=law)
        return {"資格": KINDS[one.kind], "條款": row["citation"], "核定文號": one.letter_number}
    return {}

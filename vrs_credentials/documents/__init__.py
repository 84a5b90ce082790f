"""What the papers of the scheme say: a frozen context for each, and its template."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from accounts.clock import today
from accounts.models import User
from casework.kernel.dates import roc, roc_long, taipei_day
from casework.kernel.identifiers import mask_name
from casework.kernel.law import Law
from casework.kernel.outcome import Outcome
from casework.models import Case, Document
from casework.papers import Paper, Standing, register_paper
from casework.services import documents
from casework.services.wordings import wording
from vrs_credentials.models import (
    Certificate,
    CommitteeSession,
    Course,
    ExtensionApplication,
    HoursApplication,
    Opinion,
    OwnEducation,
    Qualification,
    Renewal,
)
from vrs_credentials.params.clauses import KINDS
from vrs_credentials.params.figures import DISABILITIES, OWN_WAYS
from vrs_credentials.selectors.papers import clause_row
from vrs_credentials.wordings import PLEDGES

CERTIFICATE, LETTER = "vrs_certificate", "vrs.letter"
DUTY = (
    "依「身心障礙者職業重建服務專業人員遴用及培訓準則」第10條第1項及第2項規定，專業人員資格認證證明有效期間為3年，取得證明後每3年接受繼續教育，"
    "合計應達60小時以上，並於3年期間屆滿前3個月內，提出完成繼續教育證明文件，辦理資格認證證明更新。"
)


def _roc_words(day: date) -> str:
    """民國 113 年 12 月 12 日, as the certificate prints it."""
    return f"民國{day.year - 1911}年{day.month}月{day.day}日"


# --- 數位證明 ------------------------------------------------------------------------------------------------------------


def certificate_of(document: Document) -> Certificate | None:
    kind, _, key = document.subject.partition(".")
    if kind != "certificate" or not key.isdecimal():
        return None
    return Certificate.objects.filter(pk=int(key)).first()


def standing_of(document: Document) -> Standing | None:
    """What is so today of the certificate behind a paper: valid, renewed, extended, run out, revoked."""
    one = certificate_of(document)
    if one is None:
        return None
    on = today()
    renewed = Certificate.objects.filter(previous=one, state=Certificate.State.VALID).first()
    rows = [("有效期間", f"{roc(one.starts_on)} 至 {roc(one.valid_until)}")]
    if one.extension_days:
        rows.append(("展延", f"經核定展延 {one.extension_days} 日"))
    if renewed:
        rows.append(("更新", f"已更新為 {renewed.number}（{roc(renewed.starts_on)} 至 {roc(renewed.valid_until)}）"))
    if one.state == Certificate.State.REVOKED:
        return Standing(False, "這張資格認證證明已撤銷", rows)
    if on >= one.ends_before:
        if renewed and renewed.holds(on):
            return Standing(False, f"這張證明已屆期，持有人已更新為 {renewed.number}，資格仍有效", rows)
        return Standing(False, f"這張資格認證證明已於 {roc(one.valid_until)} 屆滿失效", rows)
    if on < one.starts_on:
        return Standing(False, f"這張資格認證證明自 {roc(one.starts_on)} 起生效", rows)
    return Standing(True, f"資格有效至 {roc(one.valid_until)}", rows)


def certificate_context(one: Certificate, *, on: date, law: Law) -> dict[str, Any]:
    holder = one.holder
    row = clause_row(one.kind, one.clause, on=one.issued_on, law=law)
    again = bool(one.previous_id or one.extension_days or on != one.issued_on)
    return {
        "certificate_number": one.number,
        "name": holder.name,
        "national_id": holder.national_id or "",
        "birth_on": _roc_words(holder.vrs_professional.birth_on),
        "kind": one.kind_label,
        "clause": row["citation"],
        "valid_from": _roc_words(one.starts_on),
        "valid_until": _roc_words(one.valid_until).removeprefix("民國"),
        "duty": DUTY,
        "date_of_issue": roc_long(on),
        "again": again,
        "letter_number": one.letter_number,
    }


def issue_certificate_paper(one: Certificate, *, case: Case, by: User | None, at: datetime, law: Law) -> Document:
    """數位證明, signed when its bytes are made. An earlier paper of the same certificate is marked replaced."""
    on = taipei_day(at)
    return documents.issue(
        case=case,
        paper=CERTIFICATE,
        context=certificate_context(one, on=on, law=law),
        public=[
            ("證明編號", one.number),
            ("姓名", mask_name(one.holder.name)),
            ("認證資格", one.kind_label),
            ("認證有效期間", f"{roc(one.starts_on)} 至 {roc(one.valid_until)}"),
            ("核發日期", roc(on)),
        ],
        by=by,
        at=at,
        subject=f"certificate.{one.pk}",
        title=f"{one.kind_label}資格認證證明",
    )


# --- 函 ----------------------------------------------------------------------------------------------------------------


def issue_letter(
    case: Case, *, sentence: str, by: User | None, at: datetime, letter_number: str = "", letter_on: date | None = None,
    granted: bool = True,
) -> Document:  # fmt: skip
    """核定函（稿）, or that of a refusal, whose number and day the ministry enters when it is sent.

    The letter goes to the address the person declared (VRS-02).
    """
    professional = getattr(case.person, "vrs_professional", None) if case.person else None
    address = f"{professional.postal_code} {professional.address}".strip() if professional else ""
    if case.organisation:
        address = f"{case.organisation.postal_code} {case.organisation.address}".strip()
    to = case.person.name if case.person else (case.organisation.name if case.organisation else "")
    result = "核定" if granted else "不予核定"
    number, day = letter_number or "（發文時填列）", roc_long(letter_on) if letter_on else "（發文時填列）"
    return documents.issue(
        case=case,
        paper=LETTER,
        context={
            "to": to, "institution": case.organisation is not None, "address": address, "letter_number": number, "letter_on": day,
            "office": case.office.name, "contact": case.office.phone, "case_number": case.number,
            "subject_line": f"{result}「{case.title}」，請查照。", "sentence": sentence,
            "filed_on": roc(taipei_day(case.filed_at)) if case.filed_at else "",
        },
        public=[
            ("結果", result), ("發文字號", number), ("發文日期", roc(letter_on) if letter_on else day),
            ("受文者", mask_name(to) if case.person else to),
        ],
        by=by,
        at=at,
        title=f"{result}函（稿）",
    )  # fmt: skip


# --- printed from the case at any time (working copies) -------------------------------------------------------------------


def _person(case: Case) -> dict[str, Any]:
    person = case.person
    professional = getattr(person, "vrs_professional", None) if person else None
    return {
        "case_number": case.number,
        "name": person.name if person else "",
        "national_id": (person.national_id or "") if person else "",
        "birth_on": _roc_words(professional.birth_on) if professional else "",
        "address": f"{professional.postal_code} {professional.address}".strip() if professional else "",
        "phone": professional.mobile if professional else "",
        "email": person.email if person else "",
        "filed_on": roc(taipei_day(case.filed_at)) if case.filed_at else "",
        "rows": [],
        "table": None,
        "pledge_title": "",
        "unit": "",
    }


def _sheet(case: Case, title: str, rows: Sequence[tuple[str, str]], **more: Any) -> dict[str, Any]:
    return {**_person(case), "sheet_title": title, "rows": list(rows), **more}


def qualification_context(one: Qualification, outcome: Outcome, law: Law) -> dict[str, Any]:
    labels = law.at("vrs.documents", outcome.on).value
    row = clause_row(one.kind, one.clause, on=outcome.on, law=law)
    papers_ = "、".join(labels[code] for code in outcome.result["documents"])
    return _sheet(
        one.case,
        "專業人員資格審查申請表",
        [
            ("申請資格", KINDS[one.kind] + (f"（{KINDS[one.speciality]}）" if one.speciality else "")),
            ("遴用條款", row["citation"]),
            ("進用資格說明", row["text"]),
            ("初次進用日", roc(one.hired_on) if one.hired_on else "未填"),
            ("審查需求文件", papers_),
            ("消極資格聲明", "已聲明" if one.no_bar_declared_at else "尚未聲明"),
        ],
    )


def hours_context(one: HoursApplication) -> dict[str, Any]:
    table = {
        "head": ["課程名稱", "時數", "訓練機關／班名", "期間", "障別", "對應課程"],
        "body": [
            [
                row.course, f"{row.hours.normalize():f}", f"{row.trainer} {row.class_name}".strip(),
                f"{roc(row.starts_on) if row.starts_on else ''}－{roc(row.ends_on)}",
                "、".join(DISABILITIES[code] for code in row.disabilities), row.matches,
            ]
            for row in one.records.filter(removed_at=None)
        ],
    }  # fmt: skip
    rows = [("訓練性質", one.get_purpose_display()), ("資格名稱", KINDS[one.kind]), ("遴用條款", one.clause)]
    return _sheet(one.case, "時數認定申請表", rows, table=table)


def education_context(one: OwnEducation) -> dict[str, Any]:
    doubled = [
        label
        for label, on in (("離島地區", one.island), ("國際性質", one.international), ("授課者", one.lecturer))
        if on
    ]
    rows = [
        ("實施方式", OWN_WAYS[one.way]), ("辦理單位", one.organiser), ("課程名稱", one.title), ("身份", one.capacity),
        ("課程類別", one.get_group_display()), ("核心能力", one.competence), ("課程領域", one.area),
        ("上課日期", f"{roc(one.starts_on)} 至 {roc(one.ended_on)}"), ("申請時數", f"{one.asked_hours.normalize():f}"),
        ("加倍計算", "、".join(doubled) or "無"), ("資格名稱", "、".join(KINDS[k] for k in one.kinds)),
    ]  # fmt: skip
    return _sheet(one.case, "繼續教育個人申請表", rows)


def renewal_context(one: Renewal, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    old = one.certificate
    count = outcomes[2].result
    rows = [
        ("認證資格", old.kind_label), ("原證明編號", old.number), ("原有效期間", f"{roc(old.starts_on)} 至 {roc(old.valid_until)}"),
        ("申請日", roc(one.applied_on) if one.applied_on else "尚未送審"),
        ("專業課程＋專業相關法規", f"{count['professional_law']} 小時（應達 54 小時）"),
        ("專業倫理＋專業品質", f"{count['ethics_quality']} 小時（採計上限 6 小時）"), ("合計採計", f"{count['counted']} 小時"),
    ]  # fmt: skip
    return _sheet(one.case, "資格認證證明更新申請表", rows)


def extension_context(one: ExtensionApplication) -> dict[str, Any]:
    old = one.certificate
    rows = [
        ("資格名稱", old.kind_label), ("遴用條款", old.clause), ("資格效期", f"{roc(old.starts_on)} 至 {roc(old.valid_until)}"),
        ("事由", one.get_reason_display()), ("留職停薪起日", roc(one.away_from)), ("留職停薪迄日", roc(one.away_until)),
    ]  # fmt: skip
    return _sheet(one.case, "資格展延申請表", rows)


def course_context(one: Course) -> dict[str, Any]:
    case = one.case
    audience = {"trainer": "職業訓練師", **KINDS}
    rows = [
        ("課程編號", one.number or "送審後編號"), ("課程名稱", one.title), ("授課方式", one.get_mode_display() + (f"（{one.mode_reason}）" if one.mode_reason else "")),
        ("上課時段", one.get_slot_display()), ("開課期間", f"{roc(one.starts_on)} 至 {roc(one.ends_on)}"), ("受訓地點", one.place),
        ("訓練費用", f"{one.fee:,} 元"), ("辦理對象", "、".join(audience[code] for code in one.audience)), ("參訓資格", one.admission),
        ("講師", "、".join(f"{x.name}（{x.degree or '學歷未填'}；{x.post or '現職未填'}）" for x in one.lecturers.all())),
    ]  # fmt: skip
    table = {
        "head": ["組別", "課程類別", "核心能力", "課程領域", "時數"],
        "body": [
            [str(f.position), f.get_group_display(), f.competence, f.area, f"{f.hours.normalize():f}"]
            for f in one.fields.all()
        ],
    }
    name, number = (case.organisation.name, case.organisation.unified_number) if case.organisation else ("", "")
    return {**_sheet(case, "繼續教育課程摘要表", rows, table=table), "name": name, "unit": number}


def opinion_context(case: Case, opinion: Opinion | None, reviewer: str) -> dict[str, Any]:
    rows = [
        ("案號", case.number), ("案由", case.title), ("審查委員", reviewer),
        ("審查意見", opinion.get_verdict_display() if opinion else ""), ("審查說明", opinion.comment if opinion else ""),
        ("日期", roc(taipei_day(opinion.at)) if opinion else ""),
    ]  # fmt: skip
    return {"sheet_title": "審查意見表", "rows": rows, "case_number": case.number, "signs": True}


def agenda_context(session: CommitteeSession) -> dict[str, Any]:
    """議程, and after the session the minutes with what was decided. Only once both opinions are in does a case come here."""
    items = []
    for one in session.items.select_related("case").order_by("position"):
        last = one.case.vrs_assignments.order_by("-round").values_list("round", flat=True).first()
        opinions = [
            f"{a.opinion.get_verdict_display()}：{a.opinion.comment or '（無說明）'}"
            for a in one.case.vrs_assignments.filter(round=last, opinion__isnull=False).select_related("opinion")
        ]
        items.append(
            {"position": one.position, "number": one.case.number, "title": one.case.title, "opinions": opinions,
             "decision": one.get_decision_display() if one.decision else "", "reasoning": one.reasoning}
        )  # fmt: skip
    return {
        "title_line": "複審會議紀錄" if session.minutes else "複審會議議程", "office": session.office.name,
        "held_on": roc_long(session.held_on), "place": session.place, "chair": session.chair, "members": session.members,
        "items": items, "minutes": session.minutes,
    }  # fmt: skip


def pledge_context(thing: str, *, on: date, case: Case | None = None) -> dict[str, Any]:
    code, title = PLEDGES[thing]
    text = wording(code, on=on)
    person = _person(case) if case else dict.fromkeys(("case_number", "name", "national_id", "address", "phone"), "")
    return {**person, "pledge_title": title, "articles": text.body.split("\n"), "version": roc(text.in_force_from)}


register_paper(
    Paper(
        CERTIFICATE,
        "勞動部身心障礙者職業重建服務專業人員資格認證證明",
        "papers/vrs/certificate.html",
        signed=True,
        standing=standing_of,
    ),
    Paper(LETTER, "核定函（稿）", "papers/vrs/letter.html"),
    Paper("vrs.envelope", "郵寄信封封面", "papers/vrs/envelope.html"),
    Paper("vrs.sheet", "申請表", "papers/vrs/sheet.html"),
    Paper("vrs.pledge", "切結書", "papers/vrs/pledge.html"),
    Paper("vrs.opinion", "審查意見表", "papers/vrs/opinion.html"),
    Paper("vrs.agenda", "複審會議議程", "papers/vrs/agenda.html"),
)

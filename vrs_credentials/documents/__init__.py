"""What the papers of the scheme say: a frozen context for each, and its template."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from accounts.models import User
from casework.models import Case, Document
from casework.papers import documents
from casework.papers.rendering import Paper, Standing
from casework.papers.wordings import wording
from kernel.asked import whole_number
from kernel.dates import days_spelled, roc, roc_long, taipei_day
from kernel.identifiers import mask_name
from kernel.law import Law
from kernel.outcome import Outcome
from vrs_credentials.documents import letters
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
from vrs_credentials.selectors.casepage import Table, facts, tables
from vrs_credentials.selectors.papers import clause_row
from vrs_credentials.wordings import PLEDGES

CERTIFICATE, LETTER, REVOCATION = "vrs_certificate", "vrs.letter", "vrs.revocation"


def duty(*, on: date, law: Law) -> str:
    """What the certificate binds its holder to, with the figures of the day it is issued on."""
    years, total, months = (
        law.at(f"vrs.{name}", on).value for name in ("validity_years", "education_hours", "renewal_window_months")
    )
    return (
        f"依「身心障礙者職業重建服務專業人員遴用及培訓準則」第10條第1項及第2項規定，專業人員資格認證證明有效期間為{years}年，"
        f"取得證明後每{years}年接受繼續教育，合計應達{total}小時以上，並於{years}年期間屆滿前{months}個月內，"
        "提出完成繼續教育證明文件，辦理資格認證證明更新。"
    )


def _roc_words(day: date) -> str:
    """民國 113 年 12 月 12 日, as the certificate prints it."""
    return f"民國{day.year - 1911}年{day.month}月{day.day}日"


# --- 數位證明 ------------------------------------------------------------------------------------------------------------


def certificate_of(document: Document) -> Certificate | None:
    kind, _, key = document.subject.partition(".")
    return Certificate.objects.filter(pk=whole_number(key)).first() if kind == "certificate" else None


def standing_of(document: Document, on: date) -> Standing | None:
    """What is so today of the certificate behind a paper: valid, renewed, extended, run out, revoked."""
    one = certificate_of(document)
    if one is None:
        return None
    renewed = Certificate.objects.filter(previous=one, state=Certificate.State.VALID).first()
    rows = [("有效期間", f"{roc(one.starts_on)} 至 {roc(one.valid_until)}")]
    if one.extension_days:
        rows.append(("展延", f"經核定展延 {one.extension_days} 日"))
    if renewed:
        rows.append(("更新", f"已更新為 {renewed.number}（{roc(renewed.starts_on)} 至 {roc(renewed.valid_until)}）"))
    if one.state == Certificate.State.REVOKED:
        return Standing(False, f"這張資格認證證明已於 {_revoked_on(one)} 撤銷", rows)
    if on >= one.ends_before:
        if renewed and renewed.holds(on):
            return Standing(False, f"這張證明已屆期，持有人已更新為 {renewed.number}，資格仍有效", rows)
        return Standing(False, f"這張資格認證證明已於 {roc(one.valid_until)} 屆滿失效", rows)
    if on < one.starts_on:
        return Standing(False, f"這張資格認證證明自 {roc(one.starts_on)} 起生效", rows)
    return Standing(True, f"資格有效至 {roc(one.valid_until)}", rows)


def letter_standing(document: Document, on: date) -> Standing | None:
    """The letter of an approval no longer says what is so once the certificate it granted or extended is revoked."""
    one = Certificate.objects.filter(Q(case=document.case_id) | Q(extensions__case=document.case_id)).first()
    if one is None or one.state != Certificate.State.REVOKED:
        return None
    return Standing(False, f"這件公文所核定之資格認證證明 {one.number} 已於 {_revoked_on(one)} 撤銷")


def _revoked_on(one: Certificate) -> str:
    assert one.revoked_at is not None
    return roc(taipei_day(one.revoked_at))


def certificate_context(one: Certificate, *, on: date, law: Law) -> dict[str, Any]:
    """What the certificate says: of its holder what was decided, whatever their own data say today (VRS-15)."""
    row = clause_row(one.kind, one.clause, on=one.issued_on, law=law)
    again = bool(one.previous_id or one.extension_days or on != one.issued_on)
    return {
        "certificate_number": one.number,
        "name": one.holder_name,
        "national_id": one.holder_national_id,
        "birth_on": _roc_words(one.holder_birth_on),
        "kind": one.kind_label,
        "clause": row["citation"],
        "valid_from": _roc_words(one.starts_on),
        "valid_until": _roc_words(one.valid_until).removeprefix("民國"),
        "duty": duty(on=on, law=law),
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
            ("姓名", mask_name(one.holder_name)),
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


def _addressee(case: Case) -> tuple[str, str]:
    """To whom and where a letter goes."""
    if case.organisation:
        return case.organisation.name, f"{case.organisation.postal_code} {case.organisation.address}".strip()
    professional = getattr(case.person, "vrs_professional", None) if case.person else None
    address = f"{professional.postal_code} {professional.address}".strip() if professional else ""
    return case.person.name if case.person else "", address


def issue_revocation(
    one: Certificate, *, case: Case, reason: str, letter_number: str, letter_on: date, by: User, at: datetime
) -> Document:
    """撤銷處分函: facts and reason, basis and remedy, to the holder. The public check says nothing of the reason."""
    to, address = _addressee(case)
    return documents.issue(
        case=case,
        paper=REVOCATION,
        context={
            "to": to, "address": address, "office": case.office.name, "contact": case.office.phone,
            "letter_number": letter_number, "letter_on": roc_long(letter_on), "kind": one.kind_label,
            "certificate_number": one.number, "granted_by": one.letter_number, "reason": reason.rstrip("。"),
            "revoked_on": days_spelled(roc(taipei_day(at))),
        },
        public=[
            ("證明編號", one.number), ("發文字號", letter_number), ("發文日期", roc(letter_on)), ("受文者", mask_name(to)),
        ],
        by=by,
        at=at,
        subject=f"certificate.{one.pk}",
    )  # fmt: skip


def issue_letter(
    case: Case, *, sentence: str, by: User | None, at: datetime, letter_number: str, letter_on: date, granted: bool = True,
) -> Document:  # fmt: skip
    """核定函 or 不予核定函, with the number and day the ministry sent it under.

    The letter goes to the address the person declared (VRS-02).
    """
    to, address = _addressee(case)
    result = "核定" if granted else "不予核定"
    return documents.issue(
        case=case,
        paper=LETTER,
        context={
            "to": to, "institution": case.organisation is not None, "address": address, "letter_number": letter_number,
            "letter_on": roc_long(letter_on),
            "office": case.office.name, "contact": case.office.phone, "case_number": case.number,
            "subject_line": letters.subject_line(case, granted=granted), "sentence": letters.spelled(sentence),
            "enclosure": letters.enclosure(case, granted=granted),
            "filed_on": days_spelled(roc(taipei_day(case.filed_at))) if case.filed_at else "",
        },
        public=[
            ("結果", result), ("發文字號", letter_number), ("發文日期", roc(letter_on)),
            ("受文者", mask_name(to) if case.person else to),
        ],
        by=by,
        at=at,
        title=f"{result}函",
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


def _sheet(
    case: Case, title: str, *more: tuple[str, str], on: date, law: Law, table: Table | None = None
) -> dict[str, Any]:
    """A form says of its case what the page says, and what is written only on paper."""
    printed = {"head": table.head, "body": table.body} if table else None
    return {**_person(case), "sheet_title": title, "rows": [*facts(case, on=on, law=law), *more], "table": printed}


def qualification_context(one: Qualification, outcome: Outcome, law: Law) -> dict[str, Any]:
    labels = law.at("vrs.documents", outcome.on).value
    needed = "、".join(labels[code] for code in outcome.result["documents"])
    return _sheet(one.case, "專業人員資格審查申請表", ("審查需求文件", needed), on=outcome.on, law=law)


def hours_context(one: HoursApplication, *, on: date, law: Law) -> dict[str, Any]:
    return _sheet(one.case, "時數認定申請表", on=on, law=law, table=tables(one.case)[0])


def education_context(one: OwnEducation, *, on: date, law: Law) -> dict[str, Any]:
    return _sheet(one.case, "繼續教育個人申請表", on=on, law=law)


def renewal_context(one: Renewal, outcomes: Sequence[Outcome], law: Law) -> dict[str, Any]:
    count, on = outcomes[2].result, outcomes[2].on
    needed, most = (law.at(f"vrs.{name}_hours", on).value for name in ("professional_law", "ethics_quality"))
    return _sheet(
        one.case,
        "資格認證證明更新申請表",
        ("專業課程＋專業相關法規", f"{count['professional_law']} 小時（應達 {needed} 小時）"),
        ("專業倫理＋專業品質", f"{count['ethics_quality']} 小時（採計上限 {most} 小時）"),
        ("合計採計", f"{count['counted']} 小時"),
        on=on,
        law=law,
    )


def extension_context(one: ExtensionApplication, *, on: date, law: Law) -> dict[str, Any]:
    return _sheet(one.case, "資格展延申請表", on=on, law=law)


def course_context(one: Course, *, on: date, law: Law) -> dict[str, Any]:
    case = one.case
    people = "、".join(f"{x.name}（{x.degree or '學歷未填'}；{x.post or '現職未填'}）" for x in one.lecturers.all())
    name, number = (case.organisation.name, case.organisation.unified_number) if case.organisation else ("", "")
    return {
        **_sheet(case, "繼續教育課程摘要表", ("講師", people), on=on, law=law, table=tables(case)[0]),
        "name": name,
        "unit": number,
    }


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


PRINTED = (
    Paper(
        CERTIFICATE,
        "勞動部身心障礙者職業重建服務專業人員資格認證證明",
        "papers/vrs/certificate.html",
        signed=True,
        standing=standing_of,
    ),
    Paper(LETTER, "核定或不予核定函", "papers/vrs/letter.html", numbered=True, standing=letter_standing),
    Paper(REVOCATION, "撤銷資格認證證明處分函", "papers/vrs/revocation.html", numbered=True),
    Paper("vrs.envelope", "郵寄信封封面", "papers/vrs/envelope.html"),
    Paper("vrs.sheet", "申請表", "papers/vrs/sheet.html"),
    Paper("vrs.pledge", "切結書", "papers/vrs/pledge.html"),
    Paper("vrs.opinion", "審查意見表", "papers/vrs/opinion.html"),
    Paper("vrs.agenda", "複審會議議程", "papers/vrs/agenda.html"),
)

"""Papers that are issued and kept: certificates and proofs (附表六、七), letters, orders, receipts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from accounts.models import User
from casework.law.in_force import law_in_force
from casework.models import Case, Document
from casework.papers import documents
from casework.papers.rendering import Standing
from kernel.dates import ONE_DAY, roc, roc_long, taipei_day
from kernel.identifiers import mask_name
from kernel.saying import plain
from ohs_training.documents.forms import head, photo_of
from ohs_training.models import Accreditation, Application, Certificate, Order, Revocation, Trainee, TrainingClass


def certificate_context(training_class: TrainingClass, trainee: Trainee, *, number: str, on: date) -> dict[str, Any]:
    """附表六."""
    return {
        **head(training_class),
        "photo": photo_of(trainee),
        "certificate_number": number,
        "name": trainee.name,
        "national_id": trainee.national_id,
        "born_on": roc_long(trainee.born_on) if trainee.born_on else "",
        "starts_long": roc_long(training_class.starts_on).removeprefix("中華民國"),
        "ends_long": roc_long(training_class.ends_on).removeprefix("中華民國"),
        "authority": training_class.case.office.name,
        "issuer": training_class.accreditation.organisation.name,
        "today": roc_long(on),
    }


def given_fields(context: dict[str, Any]) -> tuple[str, ...]:
    """Which fields of 附表六 (OHS-22) have a value."""
    names = {
        "photo": "photo", "number": "certificate_number", "name": "name", "person_id": "national_id", "born_on": "born_on",
        "starts_on": "starts_on", "ends_on": "ends_on", "institution": "institution", "class_number": "class_number", "kind": "kind",
        "authority": "authority", "acknowledgement": "acknowledgement", "issuer": "issuer", "issued_on": "today",
    }  # fmt: skip
    return tuple(code for code, name in names.items() if context.get(name))


def _public(
    training_class: TrainingClass, trainee: Trainee, number: str, title: str, on: date
) -> list[tuple[str, str]]:
    return [
        ("文件", title),
        ("字號", number),
        ("姓名", mask_name(trainee.name)),
        ("訓練", str(training_class)),
        ("訓練期間", f"{roc(training_class.starts_on)} 至 {roc(training_class.ends_on)}"),
        ("訓練機構", training_class.accreditation.organisation.name),
        ("備查文號", f"{training_class.case.office.name} {training_class.acknowledgement}"),
        ("發給日期", roc(on)),
    ]


def issue_certificate(
    case: Case, training_class: TrainingClass, trainee: Trainee, *, number: str, by: User, at: datetime
) -> Document:
    on = taipei_day(at)
    return documents.issue(
        case=case,
        paper="ohs_certificate",
        subject=f"trainee.{trainee.pk}",
        title=f"結業證書：{trainee.name}",
        context=certificate_context(training_class, trainee, number=number, on=on),
        public=_public(training_class, trainee, number, "專業訓練結業證書", on),
        by=by,
        at=at,
    )


def proof_context(
    training_class: TrainingClass, trainee: Trainee, *, number: str, rows: Sequence[Any], on: date
) -> dict[str, Any]:
    """附表七: course by course with hours and category."""
    courses: dict[tuple[str, str], Any] = {}
    for row in rows:
        key = (row.course, row.get_category_display() if row.category else "")
        courses[key] = courses.get(key, 0) + row.hours
    span = roc(training_class.starts_on)
    if training_class.ends_on != training_class.starts_on:
        span += f" 至 {roc(training_class.ends_on)}"
    return {
        **head(training_class),
        "certificate_number": number,
        "name": trainee.name,
        "national_id": trainee.national_id,
        "born_on": roc(trainee.born_on) if trainee.born_on else "",
        "courses": [{"course": c, "category": k, "hours": plain(h)} for (c, k), h in courses.items()],
        "span": span,
        "total": f"{plain(sum(courses.values()))}",
        "today": roc_long(on),
        "confirm_days": law_in_force().at("ohs.confirm_days", training_class.ends_on).value or 30,
    }


def issue_proof(
    case: Case,
    training_class: TrainingClass,
    trainee: Trainee,
    *,
    number: str,
    rows: Sequence[Any],
    by: User,
    at: datetime,
) -> Document:
    on = taipei_day(at)
    return documents.issue(
        case=case,
        paper="ohs_proof",
        subject=f"trainee.{trainee.pk}",
        title=f"在職教育訓練證明：{trainee.name}",
        context=proof_context(training_class, trainee, number=number, rows=rows, on=on),
        public=_public(training_class, trainee, number, "在職教育訓練證明", on),
        by=by,
        at=at,
    )


def certificate_standing(document: Any, on: date) -> Standing | None:
    """Whether the certificate behind the paper still holds: reissued and revoked ones say so."""
    row = Certificate.objects.filter(document=document.pk).first()
    if row is None:
        return None
    if row.state == Certificate.State.IN_FORCE:
        return Standing(True, f"{row.get_kind_display()}目前有效。")
    later = Certificate.objects.filter(replaces=row).first()
    if row.state == Certificate.State.REPLACED and later:
        return Standing(False, f"已於 {roc(later.issued_on)} 補發，原證書不再使用。")
    return Standing(False, f"{row.get_kind_display()}已撤銷。")


# --- letters ----------------------------------------------------------------------------------------------------------------------


def letter_head(office: Any) -> dict[str, Any]:
    return {
        "office": office.name,
        "office_address": office.address,
        "office_phone": office.phone,
        "office_fax": office.fax,
    }


def issue_accreditation(accreditation: Accreditation, application: Application, *, by: User, at: datetime) -> Document:
    case, on, law = accreditation.case, taipei_day(at), law_in_force()
    days = law.at("ohs.entry_days", on).value
    kinds = law.at("ohs.training_kinds", on).value
    context = {
        **letter_head(case.office),
        "to": accreditation.organisation.name,
        "to_address": accreditation.organisation.address,
        "letter_number": accreditation.letter_number,
        "today": roc_long(on),
        "trainings": "、".join(kinds.get(one, one) for one in accreditation.trainings),
        "starts_long": roc_long(accreditation.starts_on),
        "ends_long": roc_long(accreditation.ends_on),
        "qualification": application.get_kind_display(),
        "entry_days": days or "",
        "reapply_days": law.at("ohs.reapply_days", on).value,
        "case_number": case.number,
    }
    public = [
        ("文件", "認可函"),
        ("機構", accreditation.organisation.name),
        ("訓練類別", context["trainings"]),
        ("認可期間", f"{roc(accreditation.starts_on)} 至 {roc(accreditation.ends_on)}"),
        ("發文字號", accreditation.letter_number),
    ]
    return documents.issue(case=case, paper="ohs_accreditation", context=context, public=public, by=by, at=at)


def revoke_accreditation_letter(
    taken: Sequence[tuple[Accreditation, Case]], row: Revocation, *, case: Case, by: User, at: datetime
) -> Document:
    """The disposition, which names every accreditation it takes, and the letters of all of them marked as revoked."""
    accreditation = row.accreditation
    law = law_in_force()
    grounds = law.at("ohs.revocation_grounds", row.happened_on).value
    numbered = [f"第{list(grounds).index(code) + 1}款：{grounds[code]}" for code in row.grounds]
    context = {
        **letter_head(case.office),
        "to": accreditation.organisation.name,
        "to_address": accreditation.organisation.address,
        "letter_number": row.letter_number,
        "today": roc_long(row.decided_on),
        "decision": row.get_decision_display(),
        "accredited_by": "、".join(one.letter_number for one, _ in taken),
        "grounds": numbered,
        "happened_on": roc_long(row.happened_on),
        "heard_on": roc_long(row.heard_on),
        "hearing": row.hearing,
        "reason": row.reason,
        "effects": row.effects,
        "barred_until": roc_long(row.barred_before - ONE_DAY),
    }
    public = [
        ("文件", f"{row.get_decision_display()}認可處分函"),
        ("機構", accreditation.organisation.name),
        ("處分日", roc(row.decided_on)),
    ]
    for _, own in taken:
        for letter in own.documents.filter(paper="ohs_accreditation", state=Document.State.ISSUED):
            documents.revoke(letter, case=own, reason=f"認可經{row.get_decision_display()}", by=by, at=at)
    return documents.issue(case=case, paper="ohs_revocation", context=context, public=public, by=by, at=at)


def issue_order(order: Order, *, case: Case, by: User, at: datetime) -> Document:
    inspection, accreditation = order.inspection, order.accreditation
    context = {
        **letter_head(case.office),
        "to": accreditation.organisation.name,
        "to_address": accreditation.organisation.address,
        "letter_number": order.letter_number,
        "today": roc_long(order.ordered_on or taipei_day(at)),
        "inspected_on": roc_long(inspection.inspected_on),
        "class_name": str(inspection.training_class) if inspection.training_class else "",
        "findings": inspection.findings,
        "breach": order.breach,
        "clause": order.clause,
        "answer_by": roc_long(order.answer_by) if order.answer_by else "",
        "case_number": case.number,
    }
    public = [
        ("文件", "限期改善通知函"),
        ("機構", accreditation.organisation.name),
        ("發文字號", order.letter_number),
        ("改善期限", roc(order.answer_by) if order.answer_by else ""),
    ]
    return documents.issue(case=case, paper="ohs_order", context=context, public=public, by=by, at=at)


_DIGITS, _UNITS, _GROUPS = "零壹貳參肆伍陸柒捌玖", ("", "拾", "佰", "仟"), ("", "萬", "億")


def capitals(amount: int) -> str:
    """大寫金額: 12,500 → 壹萬貳仟伍佰."""
    if amount == 0:
        return _DIGITS[0]
    text, gap, place = "", False, 0
    parts: list[str] = []
    while amount:
        amount, four = divmod(amount, 10_000)
        word, zero = "", False
        for n in range(4):
            digit = four // 10**n % 10
            if digit:
                word = _DIGITS[digit] + _UNITS[n] + (_DIGITS[0] if zero and word else "") + word
                zero = False
            elif word:
                zero = True
        if word:
            lead = _DIGITS[0] if parts and gap else ""
            parts.insert(0, word + _GROUPS[place] + lead)
        gap = four < 1000
        place += 1
    return text.join(parts)


def issue_receipt(
    case: Case,
    training_class: TrainingClass,
    trainee: Trainee,
    *,
    amount: int,
    paid_on: date,
    receipt: str,
    by: User,
    at: datetime,
) -> Document:
    context = {
        **head(training_class),
        "name": trainee.name,
        "amount": f"{amount:,}",
        "capitals": capitals(amount),
        "paid_on": roc_long(paid_on),
        "receipt": receipt,
        "unified_number": training_class.accreditation.organisation.unified_number,
        "cashier": by.name,
        "office_address": training_class.accreditation.organisation.address,
    }
    public = [
        ("文件", "收據"),
        ("收據號碼", receipt),
        ("繳款人", mask_name(trainee.name)),
        ("金額", f"{amount:,} 元"),
        ("訓練機構", training_class.accreditation.organisation.name),
    ]
    return documents.issue(
        case=case, paper="ohs_receipt", subject=f"trainee.{trainee.pk}", title=f"收據：{trainee.name}", context=context, public=public,
        by=by, at=at,
    )  # fmt: skip

"""Issuing: the context is frozen, the paper numbered, and anybody who holds it can check it.

A paper of a person (receipt, payment notice, balance) hangs on no case: only they see it. It is issued when first asked for,
from facts that no longer change, and the same one is given again. Papers of a class hang on its case or on its closing.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from casework.law.in_force import law_in_force
from casework.models import Case, Document
from casework.papers.documents import issue
from kernel.dates import roc, taipei_day
from kernel.identifiers import mask_name
from kernel.jsonable import jsonable
from kernel.saying import plain
from ojt_subsidy.documents import PAPERS, contexts
from ojt_subsidy.models import Closing, Course, Enrolment, PaymentLine

#: What goes to the branch with the dossier, frozen as it was filed.
DOSSIER = ("closing_cover", "roster", "subsidy_list")


def in_force(paper: str, subject: str = "", *, case: Case | None = None) -> Document | None:
    return Document.objects.filter(case=case, paper=paper, subject=subject, state=Document.State.ISSUED).first()


def _course(course: Course) -> list[tuple[str, str]]:
    unit = course.case.organisation
    return [
        ("課程", f"{course.title}（{course.code}）"),
        ("訓練期間", f"{roc(course.starts_on)} 至 {roc(course.ends_on)}"),
        ("訓練單位", unit.name if unit else ""),
    ]


# --- of a person -----------------------------------------------------------------------------------------------------------


def receipt(enrolment: Enrolment, *, by: User, at: datetime) -> Document:
    subject = f"enrolment.{enrolment.pk}"
    public = [
        ("文件", PAPERS["enrolment_receipt"]),
        ("報名序號", enrolment.receipt),
        ("姓名", mask_name(enrolment.name)),
        *_course(enrolment.course),
    ]
    return in_force("enrolment_receipt", subject) or issue(
        case=None, paper="enrolment_receipt", subject=subject, context=contexts.receipt(enrolment), public=public, by=by, at=at
    )  # fmt: skip


def payment_notice(line: PaymentLine, *, account: str, by: User, at: datetime) -> Document:
    subject = f"payment.{line.pk}"
    public = [
        ("文件", PAPERS["payment_notice"]),
        ("姓名", mask_name(line.enrolment.name)),
        ("補助金額", f"{line.amount:,} 元"),
        ("撥款日", roc(line.paid_on) if line.paid_on else ""),
        *_course(line.enrolment.course),
    ]
    return in_force("payment_notice", subject) or issue(
        case=None, paper="payment_notice", subject=subject, public=public, by=by, at=at,
        context=contexts.payment_notice(line, account=account, today=taipei_day(at)),
    )  # fmt: skip


def balance_statement(person: User, *, by: User, at: datetime) -> Document:
    """The same paper while the day and the figures are the same; then a new one takes its place."""
    subject, on = f"person.{person.pk}", taipei_day(at)
    context = contexts.balance_statement(person, today=on, law=law_in_force())
    last = in_force("balance_statement", subject)
    if last and {name: last.context.get(name) for name in context} == jsonable(context):
        return last
    public = [
        ("文件", PAPERS["balance_statement"]),
        ("姓名", mask_name(person.name)),
        ("補助期間", context["window"]),
        ("剩餘額度", f"{context['left']} 元（{roc(on)}）"),
    ]
    return issue(case=None, paper="balance_statement", subject=subject, context=context, public=public, by=by, at=at)


# --- of a class ------------------------------------------------------------------------------------------------------------


def certificate(case: Case, enrolment: Enrolment, *, by: User, at: datetime) -> Document:
    """結訓證書 of one trainee, on the locked case of the course."""
    on, course = taipei_day(at), enrolment.course
    title = "學分證明" if course.credit_class else PAPERS["completion_certificate"]
    public = [
        ("文件", title),
        ("字號", enrolment.certificate),
        ("姓名", mask_name(enrolment.name)),
        *_course(course),
        ("訓練時數", f"{plain(course.hours)} 小時"),
        ("發給日期", roc(on)),
    ]
    return issue(
        case=case, paper="completion_certificate", subject=f"enrolment.{enrolment.pk}", title=f"{title}：{enrolment.name}",
        context=contexts.certificate(enrolment, today=on), public=public, by=by, at=at,
    )  # fmt: skip


def of_dossier(closing: Closing, paper: str, at: datetime) -> Mapping[str, Any]:
    """What a paper of the dossier says at this moment."""
    on = taipei_day(at)
    say: dict[str, Callable[[], Mapping[str, Any]]] = {
        "closing_cover": lambda: contexts.closing_cover(closing, today=on),
        "roster": lambda: contexts.roster(closing.course),
        "subsidy_list": lambda: contexts.subsidy_list(closing, today=on, law=law_in_force()),
    }
    return say[paper]()


def dossier_paper(case: Case, closing: Closing, paper: str, *, by: User, at: datetime) -> Document:
    """One paper of the dossier, on the locked case of the closing."""
    public = [("文件", PAPERS[paper]), ("案號", case.number), *_course(closing.course)]
    return issue(case=case, paper=paper, context=of_dossier(closing, paper, at), public=public, by=by, at=at)

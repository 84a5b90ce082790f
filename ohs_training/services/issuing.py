"""九、十三、附表六、七: certificates and proofs: rows, numbers and frozen papers in one act; the files follow in a batch."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from accounts.locks import locking
from accounts.models import User
from casework.cases.doing import Doing
from casework.cases.moving import next_number
from casework.deadlines.keeping import meet_deadline
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case, Document
from casework.notices.outbox import send_task
from casework.papers import documents as kept
from kernel.dates import taipei_day
from ohs_training import documents
from ohs_training.documents.issued import certificate_context, given_fields
from ohs_training.models import Certificate, CertificateBatch, TimetableRow, TrainingClass
from ohs_training.rules import issue
from ohs_training.selectors.chain import ClassChain, TraineeLine, class_chain
from ohs_training.selectors.classes import class_of
from ohs_training.services.filing import CERTIFY
from ohs_training.services.saying import say

CHUNK = 20


def against(training_class: TrainingClass, line: TraineeLine, *, on: date) -> list[str]:
    """What stands against one person's paper, each with its clause; empty when it may be issued."""
    if line.chain is None:
        return [line.wrong]
    found = [f"{one.text.rstrip('。')}（{one.citation}）" for one in line.red]
    if not found and not line.chain.over:
        found.append("課程尚未全部結束（要點九）")
    if training_class.professional and not found:
        context = certificate_context(training_class, line.trainee, number="待編", on=on)
        paper = issue.certificate_paper(issue.PaperFacts(given_fields(context), "待編"), on=on, law=law_in_force())
        found += [f"{one.text}（{one.citation}）" for one in paper.refusals]
    return found


def chain_now(training_class: TrainingClass, at: datetime) -> ClassChain:
    return class_chain(training_class, on=taipei_day(at), law=law_in_force(), at=at)


def qualified(training_class: TrainingClass, at: datetime) -> list[TraineeLine]:
    """Who gets a paper now: nothing against them, and none in force."""
    on = taipei_day(at)
    return [
        line
        for line in chain_now(training_class, at).lines
        if line.qualifies and line.certificate is None and not against(training_class, line, on=on)
    ]


def certificates_due(case: Case, by: User | None, at: datetime) -> None:
    """九第1款: refuse where nobody gets a 結業證書 now, or something a certificate must say is missing."""
    training_class = class_of(case)
    if not training_class.professional:
        raise Refused("在職教育訓練請發給在職教育訓練證明。")
    _nobody_held_up(training_class, at)
    if not qualified(training_class, at):
        raise Refused("目前沒有可以發給結業證書的人員。")


def _nobody_held_up(training_class: TrainingClass, at: datetime) -> None:
    """A missing photograph holds up the batch: it is the institution's to mend before, not a ground against the person."""
    on = taipei_day(at)
    held_up = [
        f"{line.trainee}：{'、'.join(words)}"
        for line in chain_now(training_class, at).lines
        if line.qualifies and line.certificate is None and (words := against(training_class, line, on=on))
    ]
    if held_up:
        raise Refused("下列人員符合規定但證書應載事項未齊：" + "；".join(held_up[:10]) + "。")


def proofs_due(case: Case, by: User | None, at: datetime) -> None:
    """九第2款: refuse where nobody gets a 在職教育訓練證明 now."""
    training_class = class_of(case)
    if training_class.professional:
        raise Refused("專業訓練應於測驗後發給結業證書。")
    if not qualified(training_class, at):
        raise Refused("目前沒有可以發給在職教育訓練證明的人員。")


def papers_due(case: Case, by: User | None, at: datetime) -> None:
    """Refuse where nobody qualified after the first were issued (resit, make-up)."""
    (certificates_due if class_of(case).professional else proofs_due)(case, by, at)


def nobody_qualifies(case: Case, by: User | None, at: datetime) -> None:
    """Refuse while somebody is owed a paper, or may still earn one by the exam."""
    training_class = class_of(case)
    if training_class.professional and case.state == "ended":
        raise Refused("尚未登錄測驗成績。")
    if found := [line for line in chain_now(training_class, at).lines if line.qualifies]:
        raise Refused(f"尚有 {len(found)} 人符合規定，應發給證書或證明。")


def _make(
    case: Case, training_class: TrainingClass, line: TraineeLine, *, rows: Sequence[TimetableRow], by: User | None, at: datetime,
    replaces: Certificate | None = None,
) -> Certificate:  # fmt: skip
    professional = training_class.professional
    series, word = ("OHC", "勞健證") if professional else ("OHP", "勞健訓")
    number = f"{word}字第{next_number(series, at=at).replace(f'{series}-', '').replace('-', '')}號"
    if professional:
        document = documents.issue_certificate(case, training_class, line.trainee, number=number, by=by, at=at)
    else:
        exempt = set(line.facts.exempt)
        own = [row for row in rows if row.course not in exempt]
        document = documents.issue_proof(case, training_class, line.trainee, number=number, rows=own, by=by, at=at)
    return Certificate.objects.create(
        trainee=line.trainee,
        kind=Certificate.Kind.CERTIFICATE if professional else Certificate.Kind.PROOF,
        number=number,
        issued_on=taipei_day(at),
        document=document,
        replaces=replaces,
        outcomes=[one.as_json() for one in line.outcomes],
    )


def issue_papers(doing: Doing) -> None:
    """發給: everybody against whom nothing stands and who has none, in one act: rows, numbers, frozen papers. The files follow in
    the worker."""
    case, by, at = doing.case, doing.by, doing.at
    training_class = class_of(case)
    lines = qualified(training_class, at)
    if doing.act.target:
        doing.move()
    rows = list(training_class.rows.order_by("starts_at"))
    made = [_make(case, training_class, line, rows=rows, by=by, at=at) for line in lines]
    batch = (
        locking(CertificateBatch.objects.filter(training_class=training_class))
        .exclude(state=CertificateBatch.State.DONE)
        .first()
    )
    if batch is None:
        batch = CertificateBatch.objects.create(
            training_class=training_class, total=len(made), asked_at=at, asked_by=by
        )
    else:
        batch.total += len(made)
        batch.save(update_fields=["total"])
    label = f"發給{'結業證書' if training_class.professional else '在職教育訓練證明'} {len(made)} 份"
    say(doing, "certificates.issued", label)
    meet_deadline(code=CERTIFY, at=at, case=case)
    transaction.on_commit(lambda: send_task("ohs_training.tasks.make_certificates", batch.pk), robust=True)


def issue_none(doing: Doing) -> None:
    """無人合格，免予發證: the term is met."""
    meet_deadline(code=CERTIFY, at=doing.at, case=doing.case)


def make_files(batch_id: int, *, at: datetime) -> int:
    """The files of a batch, a chunk a transaction: killed in between it goes on where it was. Says how many were made.

    The batch's row is the lock; a second worker finds it taken and leaves.
    """
    made = 0
    while True:
        with transaction.atomic():
            batch = locking(CertificateBatch.objects, skip=True).filter(pk=batch_id).first()
            if batch is None or batch.state == CertificateBatch.State.DONE:
                return made
            waiting = Document.objects.filter(ohs_certificate__trainee__training_class=batch.training_class_id, file="")
            chunk = list(waiting.defer("context").order_by("pk")[:CHUNK])
            made += kept.keep_batch(chunk)
            left = waiting.count()
            batch.made = max(0, batch.total - left)
            batch.state = CertificateBatch.State.RUNNING if left else CertificateBatch.State.DONE
            batch.finished_at = None if left else at
            batch.save(update_fields=["made", "state", "finished_at"])


def run_waiting(*, at: datetime) -> int:
    """Batches nobody finished: the broker was away, or a worker died."""
    keys = (
        CertificateBatch.objects.exclude(state=CertificateBatch.State.DONE).order_by("pk").values_list("pk", flat=True)
    )
    return sum(make_files(pk, at=at) for pk in list(keys))


def _in_force(case: Case, trainee: int, shown: int | None) -> Certificate:
    """The person's certificate that stands, held. Raises Refused where it is not the one that was shown any more."""
    rows = locking(Certificate.objects.filter(trainee=trainee, trainee__training_class__case=case))
    row = rows.filter(state=Certificate.State.IN_FORCE).select_related("document", "trainee").first()
    if row is None or shown not in (None, row.pk):
        raise Refused("這張證書剛才已補發或撤銷，請重新整理後再辦理。")
    return row


def reissue_certificate(doing: Doing, *, trainee: int, certificate: int | None = None) -> Certificate:
    """補發: a new number; the old line stays in the register, marked. `certificate` is the one the page showed."""
    case, by, at = doing.case, doing.by, doing.at
    training_class, old = class_of(case), _in_force(case, trainee, certificate)
    if old.replaces_id is not None and old.document.issued_at >= at:
        raise Refused(f"{old.trainee}的證書剛才已補發（{old.number}），不必再補發。")
    line = class_chain(training_class, on=doing.day, law=law_in_force(), at=at, only=trainee).lines[0]
    if line.red:
        said = "；".join(f"{one.text}（{one.citation}）" for one in line.red)
        raise Refused(f"{line.trainee}不得補發：{said}。應撤銷原證書。")
    old.state = Certificate.State.REPLACED
    old.save(update_fields=["state"])
    rows = list(training_class.rows.order_by("starts_at"))
    new = _make(case, training_class, line, rows=rows, by=by, at=at, replaces=old)
    say(doing, "certificate.reissued", f"補發：{line.trainee.name}（原 {old.number} → {new.number}）")
    return new


def revoke_certificate(doing: Doing, *, trainee: int, certificate: int | None = None) -> Certificate:
    """撤銷證書: a ground of 十三 came out later. The paper's check page says so from now on."""
    row = _in_force(doing.case, trainee, certificate)
    row.state = Certificate.State.REVOKED
    row.save(update_fields=["state"])
    kept.revoke(row.document, case=doing.case, reason=doing.reason[:200], by=doing.by, at=doing.at)
    return row

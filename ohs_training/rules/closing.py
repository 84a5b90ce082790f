"""What begins to run on the last day of a class 結訓: each term with the name of its day, under the law of that day (七 to 十)."""

from __future__ import annotations

from datetime import date

from kernel.law import Law
from kernel.outcome import Outcome
from ohs_training.rules import examination, issue, keeping


def terms(*, professional: bool, ended_on: date, acknowledgement: str, law: Law) -> list[tuple[Outcome, str]]:
    """In the order of the directive: the outcome, and which of its results is the last day. As if everybody passed."""
    on, record = ended_on, keeping.RecordFacts("certificates" if professional else "in_service_proofs", ended_on)
    if professional:
        paper = issue.certificate(issue.CertificateFacts(ended_on, True, True, acknowledgement), on=on, law=law)
        resit = examination.exam(examination.ExamFacts(ended_on), on=on, law=law)
        found = [(paper, "issue_by"), (resit, "resit_by")]
    else:
        proof = issue.proof(issue.ProofFacts(ended_on), on=on, law=law)
        confirm = issue.confirmation(issue.ConfirmationFacts(ended_on), on=on, law=law)
        found = [(proof, "issue_by"), (confirm, "confirm_by")]
    found.append((issue.entry_after_class(issue.AfterFacts(ended_on), on=on, law=law), "enter_by"))
    if record.record in law.at("ohs.records", ended_on).value:
        found.append((keeping.retention(record, on=on, law=law), "register_by"))
    return [(outcome, name) for outcome, name in found if outcome.result.get(name)]

"""What stands open in the scheme, for impact sheets: classes not closed, and accreditations with their own days."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse

from casework.law.impact import Answer, OpenThing, day, source_of_rows, verdict
from kernel.law import Law
from ohs_training.models import Accreditation, TrainingClass
from ohs_training.rules import institutions, issue, keeping
from ohs_training.selectors.chain import ClassChain, class_chain
from ohs_training.selectors.classes import filing_outcomes
from ohs_training.selectors.institutions import reapply_outcome

FIGURES = ("ohs.",)
TO_FILE = ("draft", "returned", "filed", "acknowledged")
HELD = ("running", "ended", "examined", "issued", "reported")


def _classes() -> QuerySet[TrainingClass]:
    rows = TrainingClass.objects.filter(case__state__in=(*TO_FILE, *HELD))
    return rows.select_related("case__organisation", "case__office", "accreditation__organisation", "county")


def _class(one: TrainingClass, on: date) -> OpenThing:
    def ask(law: Law) -> Mapping[str, Answer]:
        return _before(one, on, law) if one.case.state in TO_FILE else _held(one, on, law)

    case = one.case
    return OpenThing(f"{case.number} {case.title}", reverse("admin:ohs_class", args=[case.number]), case.office_id, ask)


def _before(one: TrainingClass, on: date, law: Law) -> dict[str, Answer]:
    found = {}
    for outcome in filing_outcomes(one, on=on, law=law, filed_on=one.filed_on):
        found[outcome.rule] = verdict(outcome)
        if outcome.rule == "OHS-06":
            found["報備期限"] = Answer(day(outcome, "file_by"), outcome)
            found["變動期限"] = Answer(day(outcome, "change_by"), outcome)
    return found


def _held(one: TrainingClass, on: date, law: Law) -> dict[str, Answer]:
    chain = class_chain(one, on=on, law=law)
    found = {"可發給人數": Answer(_summary(chain))}
    papers = [
        line.chain.certificate for line in chain.lines if line.chain and line.chain.certificate and not line.certificate
    ]
    if papers:
        found["結業證書發給期限"] = Answer(day(papers[0], "issue_by"), papers[0])
    if one.entered_on is None:
        entry = issue.entry_after_class(issue.AfterFacts(one.ends_on, None), on=on, law=law)
        found["受訓資料登錄期限"] = Answer(day(entry, "enter_by"), entry)
    if one.registered_on is None and one.professional:
        register = keeping.retention(keeping.RecordFacts("certificates", one.ends_on), on=on, law=law)
        found["核發清冊登錄期限"] = Answer(day(register, "register_by"), register)
    return found


def _summary(chain: ClassChain) -> str:
    """How many still stand where: papers issued are decided and not asked about."""
    counts = Counter(
        "可發" if line.qualifies else ("不得發" if line.red else "未定")
        for line in chain.lines
        if line.certificate is None
    )
    return "、".join(f"{word} {counts[word]} 人" for word in ("可發", "未定", "不得發"))


def _accreditations() -> QuerySet[Accreditation]:
    return Accreditation.objects.filter(state=Accreditation.State.IN_FORCE).select_related("case", "organisation")


def _accreditation(one: Accreditation, on: date) -> OpenThing:
    def ask(law: Law) -> Mapping[str, Answer]:
        again = reapply_outcome(one, on=on, law=law)
        found = {"重新申請認可期限": Answer(day(again, "reapply_by"), again)}
        application = one.case.ohs_application
        if application.entered_on is None and one.case.decided_on:
            facts = institutions.EntryFacts(one.case.decided_on, None)
            entry = institutions.entry_after_accreditation(facts, on=on, law=law)
            found["登錄文件期限"] = Answer(day(entry, "enter_by"), entry)
        return found

    case = one.case
    return OpenThing(f"{case.number} {case.title}", reverse("admin:case", args=[case.number]), case.office_id, ask)


OPEN_THINGS = (
    source_of_rows("ohs_training.class", "訓練班次", FIGURES, _classes, _class),
    source_of_rows("ohs_training.accreditation", "訓練機構認可", FIGURES, _accreditations, _accreditation),
)

"""Which papers an application asks for, which it has, and what the rules say of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.models import Attachment, Case
from kernel.law import Law
from kernel.outcome import Outcome
from vrs_credentials.models import OwnEducation, Qualification
from vrs_credentials.rules import courses as course_rules
from vrs_credentials.rules import papers as rules_of_papers
from vrs_credentials.rules import qualification as rules

_ACCEPT = "application/pdf,.pdf,image/jpeg,.jpg,.jpeg,image/gif,.gif,application/vnd.oasis.opendocument.text,.odt"


@dataclass(frozen=True, slots=True)
class PaperSlot:
    """One field for a paper: code, label, what to know about it, the paper that stands."""

    code: str
    label: str
    help: str = ""
    attachment: Attachment | None = None
    subject: str = ""
    #: Which rule of VRS-02 judges the file.
    field: rules_of_papers.Field = "document"

    @property
    def key(self) -> str:
        """Names the field on its page: a code stands there once for every subject."""
        return f"paper-{self.code}-{self.subject}".rstrip("-")

    @property
    def accept(self) -> str:
        """For the browser's file chooser; what counts is the content."""
        return _ACCEPT if self.field in ("flyer", "weight_proof") else "application/pdf,.pdf"

    @property
    def one_file(self) -> bool:
        return self.field in ("flyer", "weight_proof")


HELP = {
    "pledge": "請下載範本、列印後親簽再掃描；不接受電子簽名。",
    "degree": "畢業證書；持國外學歷者請附驗證文件。",
    "core_courses": "科系名稱不完全符合條款時檢附，範本請至下載專區下載。",
    "transcript": "歷年成績單。",
    "case_records": "載明申請者姓名、個案、機構單位、服務日期、工作內容，合併成一份 PDF。",
    "training": "結訓證明正面與反面。",
    "hours_form": "範本請至下載專區下載。",
    "work": "服務證明或在職證明。",
}


def attached(case: Case, subject: str = "") -> dict[str, Attachment]:
    return {one.field: one for one in case.attachments.filter(removed_at=None, subject=subject)}


def qualification_of(case: Case) -> Qualification:
    return Qualification.objects.select_related("case__person", "case__office").get(case=case)


def facts_for(one: Qualification, given: tuple[str, ...] | None = None) -> rules.ChecklistFacts:
    return rules.ChecklistFacts(
        kind=one.kind,
        clause=one.clause,
        chosen=one.chosen or None,
        degree_name_matches=one.degree_name_matches,
        has_service_record=one.has_service_record,
        trained_before=one.trained_before,
        given=given,
    )


def checklist(one: Qualification, *, on: date, law: Law) -> Outcome:
    """VRS-01 on what is there."""
    labels = law.at("vrs.documents", on).value
    given = tuple(code for code in attached(one.case) if code in labels)
    return rules.checklist(facts_for(one, given), on=on, law=law)


def qualification_slots(one: Qualification, *, on: date, law: Law) -> list[PaperSlot]:
    labels: Mapping[str, str] = law.at("vrs.documents", on).value
    outcome = checklist(one, on=on, law=law)
    there = attached(one.case)
    number = outcome.result["case_records"]
    found = []
    for code in outcome.result["documents"]:
        more = f"共 {number} 案（一年一案為原則）。" if code == "case_records" else ""
        field: rules_of_papers.Field = "pledge" if code == "pledge" else "document"
        found.append(PaperSlot(code, labels[code], more + HELP.get(code, ""), there.get(code), field=field))
    return found


EDUCATION_PAPERS = {"evidence": "佐證資料", "pledge": "繼續教育個人申請切結書"}


def education_slots(one: OwnEducation) -> list[PaperSlot]:
    there = attached(one.case)
    slots = [
        PaperSlot("evidence", EDUCATION_PAPERS["evidence"], "結業證書、論文或出版品首頁等。", there.get("evidence")),
        PaperSlot("pledge", EDUCATION_PAPERS["pledge"], HELP["pledge"], there.get("pledge"), field="pledge"),
    ]
    if one.island or one.international or one.lecturer:
        help_text = "離島地區、國際性質或授課者之證明；可用 PDF、JPG、GIF 或 ODT，5 MB 以內。"
        slots.append(
            PaperSlot("weight_proof", "加倍計算證明文件", help_text, there.get("weight_proof"), field="weight_proof")
        )
    return slots


def clause_row(kind: str, code: str, *, on: date, law: Law) -> Mapping[str, Any]:
    return rules.clause(kind, code, on=on, law=law)


EXTENSION_PAPERS = {
    "form": "展延申請表",
    "proof": "離開職場證明文件",
    "consent": "直轄市、縣（市）主管機關同意文件",
    "pledge": "切結書",
}
_COURSE_HELP = {
    "course_summary": "請先儲存資料，列印課程摘要表後上傳。",
    "flyer": "課後申請必附；可用 PDF、JPG、GIF 或 ODT，5 MB 以內。",
    "sign_in_sheet": "課後申請必附。",
    "handout": "課後申請必附。",
    "lecturer_profile": "新講師必附；已通過相同核心能力與領域者免附。",
}


def slots_of(case: Case, *, on: date, law: Law) -> list[PaperSlot]:
    """The fields for papers of a case, of whichever kind."""
    there = attached(case)
    pledge = PaperSlot("pledge", "切結書", HELP["pledge"], there.get("pledge"), field="pledge")
    match case.kind.partition(".")[2]:
        case "qualification":
            return qualification_slots(qualification_of(case), on=on, law=law)
        case "education":
            return education_slots(OwnEducation.objects.get(case=case))
        case "hours":
            return [*_record_slots(case), pledge]
        case "extension":
            named = [(code, label) for code, label in EXTENSION_PAPERS.items() if code != "pledge"]
            return [*(PaperSlot(code, label, "", there.get(code)) for code, label in named), pledge]
        case "course":
            return [_course_slot(code, label, there.get(code)) for code, label in course_rules.PAPERS.items()]
    return [pledge]


def _record_slots(case: Case) -> list[PaperSlot]:
    """結訓證書 of every line of an application for hours."""
    rows = case.vrs_hours.records.filter(removed_at=None)
    papers = {one.subject: one for one in case.attachments.filter(removed_at=None, field="certificate")}
    return [
        PaperSlot("certificate", f"結訓證書正反面：{row.course}", HELP["training"], papers.get(row.code), row.code)
        for row in rows
    ]


def _course_slot(code: str, label: str, attachment: Attachment | None) -> PaperSlot:
    field: rules_of_papers.Field = "flyer" if code == "flyer" else "document"
    return PaperSlot(code, label, _COURSE_HELP.get(code, ""), attachment, field=field)

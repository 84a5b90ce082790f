"""貳、注意事項: files and pledges (VRS-02)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kernel.facts import Impossible
from kernel.law import Law
from kernel.outcome import Outcome
from kernel.reasoning import Reasoning
from kernel.rulebook import rule
from kernel.saying import size

Field = Literal["document", "pledge", "flyer", "weight_proof", "sign_in_sheet", "attendance"]

#: field → (figure of kinds, figure of limit). A sign-in sheet and a CSV have no limit of their own in the manual.
FIGURES = {
    "document": ("vrs.file_kinds", "vrs.file_limit"),
    "pledge": ("vrs.file_kinds", "vrs.file_limit"),
    "flyer": ("vrs.flyer_kinds", "vrs.flyer_limit"),
    "weight_proof": ("vrs.weight_proof_kinds", "vrs.weight_proof_limit"),
    "sign_in_sheet": ("vrs.sign_in_sheet_kinds", "vrs.file_limit"),
    "attendance": ("vrs.attendance_kinds", "vrs.file_limit"),
}


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One field after its files were merged. `kind` is what the content is, not what the name ends in; size in bytes."""

    field: Field
    kind: str
    size: int
    #: Pledges only: signed by hand and scanned; False for an electronic signature.
    signed_by_hand: bool | None = None

    def __post_init__(self) -> None:
        if self.size <= 0:
            raise Impossible("檔案是空的，請重新選擇檔案。")


@rule("VRS-02", facts=FileFacts)
def file_accepted(facts: FileFacts, *, on: date, law: Law) -> Outcome:
    """說明書貳、注意事項：上傳檔案僅限 PDF 格式，每一欄位上限為 10MB；切結書須親簽，不得使用電子簽名。"""
    why = Reasoning("VRS-02", on=on, law=law)
    kinds_code, limit_code = FIGURES[facts.field]
    kinds = why.figure(kinds_code)
    allowed = "、".join(k.upper() for k in kinds)
    kind = facts.kind.lower().lstrip(".").replace("jpeg", "jpg")
    why.judge(kind in kinds, f"檔案格式為 {kind.upper()}", otherwise=f"這個欄位只接受 {allowed} 檔案", kind=kind)
    limit = why.figure(limit_code)
    megabytes, shown = limit // (1024 * 1024), size(facts.size)
    if limit < facts.size and shown == size(limit):  # a few bytes over
        shown = f"{facts.size:,} 位元組"
    why.judge(
        facts.size <= limit,
        f"檔案大小未超過 {megabytes} MB",
        otherwise=f"檔案超過 {megabytes} MB 上限，請縮小後再上傳",
        comparison=f"{shown} ≤ {size(limit)}",
        size=facts.size,
    )
    if facts.field == "pledge":
        why.judge(
            facts.signed_by_hand is True,
            "切結書已親簽",
            otherwise="切結書須列印後親簽再掃描上傳，不得使用電子簽名",
            citation="說明書貳、注意事項4；參、注意事項1",
        )
    return why.outcome(limit=limit, kinds=kinds)

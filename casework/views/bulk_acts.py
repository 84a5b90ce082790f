"""Claim, release or reassign many cases: each row in a savepoint of its own, with its own answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.errors import BUSY, Refused
from accounts.locks import locking
from accounts.models import User
from casework.cases import work
from casework.desk.desk import Desk
from casework.errors import NotAllowed, NotPermitted, Stale
from casework.models import Case
from kernel.asked import whole_number

#: A page's worth; a longer list is worked page by page.
MOST = 100
LABELS = {"claim": "認領", "release": "釋出", "reassign": "改分"}


@dataclass(frozen=True, slots=True)
class What:
    code: str
    to: User | None = None
    problem: str = ""

    @property
    def label(self) -> str:
        return LABELS.get(self.code, "")


def chosen(values: Sequence[str]) -> list[tuple[int, int]]:
    """(case, version it was shown in) of the boxes ticked."""
    found = []
    for value in values[:MOST]:
        pk, version = (whole_number(part) for part in (value.partition(":")[0], value.partition(":")[2]))
        if pk is not None and version is not None:
            found.append((pk, version))
    return found


def read(code: str, to: str, desk: Desk) -> What:
    if code not in LABELS:
        return What(code, problem="請選擇要辦理的動作。")
    if code != "reassign":
        return What(code)
    number = whole_number(to)
    person = desk.colleagues().filter(pk=number).first() if number is not None else None
    return What(code, person, "" if person else "請選擇要改分給哪一位同仁。")


@transaction.atomic
def run(what: What, chosen: Sequence[tuple[int, int]], desk: Desk, *, by: User, at: datetime) -> list[dict[str, Any]]:
    """One answer per row; a row the person may not see is answered as if it were not there.

    A hundred cases are held together, so none is waited for: one that somebody is at this moment is left out and named.
    """
    cases = {case.pk: case for case in desk.cases().filter(pk__in=[pk for pk, _ in chosen])}
    free = set(locking(Case.objects.filter(pk__in=cases), skip=True).values_list("pk", flat=True))
    rows = []
    for pk, version in sorted(chosen):
        case = cases.get(pk)
        if case is None:
            rows.append({"number": "", "title": "", "ok": False, "answer": "找不到這件案件。"})
            continue
        problem = _one(what, case, version, by=by, at=at) if pk in free else BUSY
        answer = problem or f"已{what.label}" + (f"給{what.to}" if what.to else "")
        rows.append({"number": case.number, "title": case.title, "ok": not problem, "answer": answer})
    return rows


def _one(what: What, case: Case, version: int, *, by: User, at: datetime) -> str:
    """The sentence why not; empty when it is done."""
    try:
        match what.code:
            case "claim":
                work.claim(case, by=by, at=at, version=version)
            case "release":
                work.release(case, by=by, at=at, version=version)
            case _ if what.to is not None:
                work.reassign(case, to=what.to, by=by, at=at, version=version)
    except Stale:
        return "案件已有新的異動，請重新整理清單後再辦理。"
    except Refused as error:
        return error.message
    except (NotPermitted, NotAllowed) as error:
        return str(error)
    return ""

"""An impact sheet as a list: the same question asked again with the rights of the moment it is written."""

from collections.abc import Iterable

from django.http import QueryDict

from accounts.models import User
from accounts.rights import held
from casework.errors import Refused
from casework.law.amendments import lines_visible, narrowed
from casework.law.impact import SOURCES
from casework.models import ImpactLine, ImpactSheet

PAGE = "impact"
COLUMNS = ("種類", "事項", "承辦機關", "項目", "現行", "修正後", "依據")


def impact_rows(user: User, query: str) -> tuple[list[str], Iterable[list[object]]]:
    """Header and rows. Raises Refused."""
    asked = QueryDict(query)
    sheet = ImpactSheet.objects.filter(pk=asked.get("sheet") or 0).first()
    if sheet is None or not user.is_staff:
        raise Refused("這份影響試算已不存在，或您沒有檢視的權限。")
    labels = {one.code: one.label for one in SOURCES}
    lines = narrowed(lines_visible(sheet, held(user)), asked)

    def row(line: ImpactLine) -> list[object]:
        cited = "、".join(dict.fromkeys(found["citation"] for found in line.lines))
        office = line.office.name if line.office else ""
        return [labels.get(line.source, line.source), line.thing, office, line.what, line.before, line.after, cited]

    return list(COLUMNS), (row(line) for line in lines.iterator(chunk_size=2000))

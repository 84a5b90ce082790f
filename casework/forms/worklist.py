"""The work list's query string: read, judged and spelled back."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms

from casework.cases.casetypes import CaseType
from casework.desk.desk import Desk
from casework.desk.search import Search, by_index, read_search
from casework.desk.worklist import Criteria, Sort, Tab
from casework.forms import PortalForm, RocDateField
from casework.models.case import TURNS

#: What a saved view or an export keeps of the address.
KEPT = ("tab", "q", "who", "kind", "state", "turn", "office", "assignee", "since", "until", "sort")


def states(types: list[CaseType]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(about.label, [(state.code, state.label) for state in about.table.states]) for about in types]


class WorkFilter(PortalForm):
    """Bound to the query string. What cannot be read is named at its field and left out of the question."""

    kind = forms.ChoiceField(label="案件種類", required=False)
    state = forms.ChoiceField(label="狀態", required=False)
    turn = forms.ChoiceField(label="目前在誰手上", required=False, choices=[("", "依頁籤"), *TURNS])
    office = forms.ChoiceField(label="承辦機關", required=False)
    assignee = forms.ChoiceField(label="承辦人", required=False)
    since = RocDateField(label="收件日起", required=False)
    until = RocDateField(label="收件日迄", required=False)
    sort = forms.ChoiceField(label="排序", required=False, choices=[(one.value, one.label) for one in Sort])
    tab = forms.ChoiceField(required=False, choices=[(one.value, one.label) for one in Tab], widget=forms.HiddenInput)
    q = forms.CharField(label="搜尋", required=False, max_length=100, widget=forms.HiddenInput)
    who = forms.RegexField(r"^[0-9a-f]{64}$", required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any], *, desk: Desk, today: date) -> None:
        super().__init__(data)
        self.desk, self.today = desk, today
        kinds = desk.kinds()
        chosen = [about for about in kinds if about.kind == data.get("kind")]
        self.fields["kind"].choices = [("", "全部"), *((about.kind, about.label) for about in kinds)]  # type: ignore[attr-defined]
        self.fields["state"].choices = [("", "全部"), *states(chosen or kinds)]  # type: ignore[attr-defined]
        offices = [(str(office.pk), office.label) for office in desk.offices()]
        self.fields["office"].choices = [("", "全部"), *offices]  # type: ignore[attr-defined]
        if len(offices) < 2:
            del self.fields["office"]
        self.colleagues = list(desk.colleagues())
        self.fields["assignee"].choices = [("", "全部"), *((str(one.pk), one.name) for one in self.colleagues)]  # type: ignore[attr-defined]
        self.full_clean()

    def _get(self, name: str) -> Any:
        return self.cleaned_data.get(name) or None

    @property
    def tab_asked(self) -> Tab:
        """A search looks everywhere unless a tab was named."""
        searched = self._get("q") or self._get("who")
        return Tab(self._get("tab") or (Tab.ALL if searched else Tab.MINE))

    def search(self) -> Search | None:
        if who := self._get("who"):
            return by_index(who)
        typed = self._get("q")
        return read_search(typed) if typed else None

    def criteria(self) -> Criteria:
        tab = self.tab_asked
        default = Sort.DUE if tab is Tab.OVERDUE else Sort.NEWEST
        office, assignee = self._get("office"), self._get("assignee")
        return Criteria(
            tab=tab,
            today=self.today,
            kind=self._get("kind") or "",
            state=self._get("state") or "",
            turn=self._get("turn") or "",
            office=int(office) if office else None,
            assignee=int(assignee) if assignee else None,
            since=self._get("since"),
            until=self._get("until"),
            search=self.search(),
            sort=Sort(self._get("sort") or default),
        )

    def query(self, **changes: str) -> str:
        """The canonical query string, without the place in the list."""
        asked = {name: str(self.data.get(name) or "") for name in KEPT} | changes
        return urlencode([(name, value) for name, value in asked.items() if value])

    @property
    def narrowed(self) -> bool:
        return any(self._get(name) for name in ("kind", "state", "turn", "office", "assignee", "since", "until"))

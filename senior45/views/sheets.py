"""Lists as sheets: asked again with the rights of the moment they are written."""

from collections.abc import Iterable

from django.db.models import F
from django.http import QueryDict

from accounts.models import User
from accounts.rights import can_anywhere
from casework.errors import Refused
from senior45.models import Campaign
from senior45.params import OFFICE_LABELS, OfficeKind
from senior45.permissions import VIEW_ALL
from senior45.states import INVENTORY_LINE

HEADER = [
    "轄區分署", "機關", "機關類別", "姓名", "帳號", "權限", "最近登入", "未登入日數", "離職生效日", "清查結果", "說明", "回覆人", "回覆時間",
]  # fmt: skip


def inventory_rows(user: User, query: str) -> tuple[list[str], Iterable[list[object]]]:
    if not can_anywhere(user, VIEW_ALL):
        raise Refused("您沒有檢視全部帳號的權限。")
    campaign = Campaign.objects.get(pk=QueryDict(query)["campaign"])
    # Columns and not objects: a campaign has as many lines as there are accounts.
    found = (
        campaign.lines.order_by("office__branch_id", "office", "pk")
        .annotate(branch=F("office__branch__organisation__name"), place=F("office__organisation__name"))
        .values_list(
            "branch", "place", "office__kind", "account__user__name", "account__user__account_name", "rights", "last_sign_in_on",
            "idle_days", "leaves_on", "state", "reason", "answered_by__name", "answered_at",
        )
    )  # fmt: skip
    states = {one.code: one.label for one in INVENTORY_LINE.states}

    def rows() -> Iterable[list[object]]:
        for branch, place, kind, *middle, state, reason, by, at in found.iterator(chunk_size=2000):
            yield [
                branch or "本署",
                place,
                OFFICE_LABELS[OfficeKind(kind)],
                *middle,
                states[state],
                reason,
                by or "",
                at,
            ]

    return HEADER, rows()

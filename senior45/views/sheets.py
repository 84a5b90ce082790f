"""Lists as sheets: asked again with the rights of the moment they are written."""

from collections.abc import Iterable

from django.http import QueryDict

from accounts.models import User
from accounts.rights import can_anywhere
from casework.errors import Refused
from casework.services.exports import register_exporter
from senior45.models import Campaign
from senior45.permissions import VIEW_ALL
from senior45.selectors import lines

HEADER = [
    "轄區分署", "機關", "機關類別", "姓名", "帳號", "權限", "最近登入", "未登入日數", "離職生效日", "清查結果", "說明", "回覆人", "回覆時間",
]  # fmt: skip


def inventory_rows(user: User, query: str) -> tuple[list[str], Iterable[list[object]]]:
    if not can_anywhere(user, VIEW_ALL):
        raise Refused("您沒有檢視全部帳號的權限。")
    campaign = Campaign.objects.get(pk=QueryDict(query)["campaign"])
    found = lines(campaign.lines.select_related("office__branch__organisation")).order_by("office__branch_id", "office", "pk")

    def rows() -> Iterable[list[object]]:
        for one in found.iterator(chunk_size=2000):
            office = one.office
            yield [
                office.branch.organisation.name if office.branch else "本署",
                office.organisation.name,
                office.get_kind_display(),
                one.account.user.name,
                one.account.user.account_name,
                one.rights,
                one.last_sign_in_on,
                one.idle_days,
                one.leaves_on,
                one.badge["label"],
                one.reason,
                one.answered_by.name if one.answered_by else "",
                one.answered_at,
            ]

    return HEADER, rows()


register_exporter("senior45.inventory", inventory_rows)

"""A person's own views of a list."""

from django.db import transaction

from accounts.locks import locking
from accounts.models import User
from casework.errors import Refused
from casework.models import SavedFilter

MOST = 20


@transaction.atomic
def keep_filter(*, user: User, page: str, name: str, query: str) -> SavedFilter:
    """Save under a name; the same name again replaces. Raises Refused."""
    name = " ".join(name.split())
    if not name:
        raise Refused("請為這組篩選取個名稱。", field="name")
    if len(name) > (SavedFilter._meta.get_field("name").max_length or 0):
        raise Refused("名稱最多 40 字。", field="name")
    if len(query) > (SavedFilter._meta.get_field("query").max_length or 0):
        raise Refused("篩選條件太長，無法儲存。", field="name")
    locking(User.objects).only("pk").get(pk=user.pk)
    mine = SavedFilter.objects.filter(user=user, page=page)
    if not mine.filter(name=name).exists() and mine.count() >= MOST:
        raise Refused(f"最多儲存 {MOST} 組篩選，請先刪除不用的。", field="name")
    saved, _ = SavedFilter.objects.update_or_create(user=user, page=page, name=name, defaults={"query": query})
    return saved


def delete_filter(saved: SavedFilter) -> None:
    saved.delete()

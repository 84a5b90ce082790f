"""What a case held is free again when it is decided or ends."""

from datetime import datetime

from accounts.rights import permission_row
from casework.deadlines.keeping import withdraw_all
from casework.models import Case, CaseUserObjectPermission
from vrs_credentials.models import ExtensionApplication, Renewal
from vrs_credentials.permissions import GIVE_OPINION, VIEW_ASSIGNED


def release(case: Case, at: datetime) -> None:
    """Withdraw the case's days, end the reviewers' rights on it, let its certificate be applied on again."""
    withdraw_all(at=at, case=case)
    take_rights(case)
    for model in (Renewal, ExtensionApplication):
        model.objects.filter(case=case, closed_at=None).update(closed_at=at)


def take_rights(case: Case) -> None:
    """Take the reviewers' rights on this case."""
    names = [permission_row(code) for code in (VIEW_ASSIGNED, GIVE_OPINION)]
    CaseUserObjectPermission.objects.filter(content_object=case, permission__in=names).delete()

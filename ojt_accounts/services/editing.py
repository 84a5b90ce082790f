"""When the unit may change its application 填報: as long as it is in the unit's hands."""

from accounts.locks import locking
from accounts.models import Organisation, User
from casework.cases.moving import lock, require
from casework.errors import Refused
from casework.models import Case
from ojt_accounts.models import Application
from ojt_accounts.permissions import PREPARE
from ojt_accounts.states import EDITABLE


def hold_unit(pk: int | None) -> None:
    """The unit, held before any case of it: its applications are opened and filed one after the other, and never while the branch
    gives its number back (services.releasing). Raises Refused once that is done.
    """
    if not locking(Organisation.objects).only("pk", "is_active").get(pk=pk).is_active:
        raise Refused("貴單位的登錄已由分署釋出統一編號，不能再申請；如有疑問，請洽所在地的分署。")


def editable(case: Case, *, by: User, version: int | None = None) -> tuple[Case, Application]:
    """The case locked and its application, when `by` may change it now. Raises Stale, NotPermitted, Refused."""
    case = lock(case, version=version)
    require(by, PREPARE, case)
    if case.state not in EDITABLE:
        raise Refused("案件已送出，不能再修改；如需更正請與承辦分署聯絡。")
    return case, Application.objects.select_related("intake", "county").get(case=case)

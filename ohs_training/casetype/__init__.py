"""The scheme's three kinds of case as casework knows them: accreditation, class, order to improve."""

from accounts.rights import organisations_with
from casework.deadlines.things import Things
from casework.notices.kinds import REMINDER, classify
from ohs_training.casetype.accreditation import ACCREDITATION_TYPE
from ohs_training.casetype.classes import CLASS_TYPE
from ohs_training.casetype.orders import ORDER_TYPE
from ohs_training.models import Accreditation
from ohs_training.permissions import FILE_ACCREDITATION

KINDS = (ACCREDITATION_TYPE, CLASS_TYPE, ORDER_TYPE)
THINGS = (
    Things(
        "ohs_training.accreditation",
        lambda user: Accreditation.objects.filter(
            organisation__in=organisations_with(user, FILE_ACCREDITATION)
        ).values_list("pk", flat=True),
        "ohs_training:home",
    ),
)
NOTICES = classify(REMINDER, *(f"ohs_training.{one}" for one in ("soon", "late", "renewal_soon", "renewal_late")))

"""Registers the scheme's three kinds of case with casework: accreditation, class, order to improve."""

from accounts.rights import organisations_with
from accounts.services.offices import register_offices
from casework.cases.casetypes import register
from casework.deadlines.things import Things, register_things
from casework.notices.kinds import REMINDER, classify
from ohs_training.casetype.accreditation import ACCREDITATION_TYPE
from ohs_training.casetype.classes import CLASS_TYPE
from ohs_training.casetype.orders import ORDER_TYPE
from ohs_training.models import Accreditation
from ohs_training.permissions import FILE_ACCREDITATION
from ohs_training.selectors.institutions import ministry
from ohs_training.services import lapsing

register_offices(ministry)
register(ACCREDITATION_TYPE, CLASS_TYPE, ORDER_TYPE)
lapsing.enter()
register_things(
    Things(
        "ohs_training.accreditation",
        lambda user: Accreditation.objects.filter(
            organisation__in=organisations_with(user, FILE_ACCREDITATION)
        ).values_list("pk", flat=True),
        "ohs_training:home",
    )
)
classify(REMINDER, *(f"ohs_training.{one}" for one in ("soon", "late", "renewal_soon", "renewal_late")))

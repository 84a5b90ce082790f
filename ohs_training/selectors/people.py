"""What is one person's own, whichever institution trained them."""

from django.db.models import QuerySet

from accounts.identity import own_rows
from accounts.models import User
from ohs_training.models import Certificate, Trainee


def trainees_of(user: User) -> QuerySet[Trainee]:
    """The person's own lines of rosters; none before their number is proven."""
    return Trainee.objects.filter(own_rows(user), removed_at=None)


def certificates_of(user: User) -> QuerySet[Certificate]:
    """A person's own certificates and proofs; none before their number is proven."""
    rows = Certificate.objects.filter(own_rows(user, "trainee__")).select_related(
        "trainee__training_class__accreditation__organisation", "document"
    )
    return rows.defer("document__context", "outcomes").order_by("-issued_on")

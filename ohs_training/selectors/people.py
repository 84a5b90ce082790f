"""What is one person's own, whichever institution trained them."""

from ohs_training.models import Certificate


def certificates_of(national_id_index: str) -> list[Certificate]:
    """A person's own certificates and proofs."""
    rows = Certificate.objects.filter(trainee__national_id_index=national_id_index).select_related(
        "trainee__training_class__accreditation__organisation", "document"
    )
    return list(rows.defer("document__context", "outcomes").order_by("-issued_on"))

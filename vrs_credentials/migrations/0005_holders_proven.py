from django.db import migrations, models


def proven_by_certificates(apps, schema_editor):
    """Whom the ministry gave a certificate to, on papers that bear name and number, has proven the number (核定).

    The officer is the one who approved; a certificate without that event (brought in from elsewhere) proves nothing.
    """
    users = apps.get_model("accounts", "User").objects
    events = apps.get_model("casework", "Event").objects
    certificates = apps.get_model("vrs_credentials", "Certificate").objects.filter(state="valid")
    rows = certificates.filter(
        case__kind="vrs_credentials.qualification",
        holder__claimed_id_index__isnull=False,
        holder__national_id_proven_at=None,
    )
    for holder, case, number in rows.order_by("pk").values_list("holder", "case", "case__number"):
        event = events.filter(case=case, code="certificate.issued", by__isnull=False).order_by("seq").first()
        if event is not None:
            users.filter(pk=holder, national_id_proven_at=None).update(
                national_id_proven_at=event.at, national_id_proof="decision", national_id_proven_by=event.by_id,
                national_id_proof_note=f"{number} 核定",
            )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("vrs_credentials", "0004_holder_and_line"),
        ("accounts", "0007_proven_once"),
        ("casework", "0011_confidential_notice"),
    ]

    operations = [migrations.RunPython(proven_by_certificates, migrations.RunPython.noop)]

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


def proven_by_cards(apps, schema_editor):
    """Whoever signs in with a 自然人憑證 has shown it: name and last four fitted. Every other number typed so far is a claim."""
    binding = apps.get_model("accounts", "CertificateBinding").objects.filter(
        user=models.OuterRef("pk"), kind="citizen", released_at=None
    )
    apps.get_model("accounts", "User").objects.filter(
        models.Exists(binding), claimed_id_index__isnull=False, national_id_proven_at=None
    ).update(national_id_proven_at=models.Subquery(binding.values("bound_at")[:1]), national_id_proof="card")


class Migration(migrations.Migration):
    """The keys are built beside running work, and before anything is proven."""

    atomic = False
    dependencies = [("accounts", "0006_identity_proven")]

    operations = [
        AddIndexConcurrently("user", models.Index(fields=["claimed_id_index"], name="user_claimed_id_index")),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY user_national_id_proven_once ON accounts_user (national_id_index) "
                    "WHERE national_id_proven_at IS NOT NULL",
                    "DROP INDEX CONCURRENTLY user_national_id_proven_once",
                )
            ],
            state_operations=[
                migrations.AddConstraint(
                    "user",
                    models.UniqueConstraint(
                        fields=["claimed_id_index"],
                        condition=models.Q(national_id_proven_at__isnull=False),
                        name="user_national_id_proven_once",
                    ),
                )
            ],
        ),
        migrations.RunPython(proven_by_cards, migrations.RunPython.noop),
    ]

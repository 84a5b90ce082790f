from django.db import migrations, models


class Migration(migrations.Migration):
    """One pledge per person of an application, once every pledge has its person. The key is built beside running work."""

    atomic = False
    dependencies = [("ojt_accounts", "0002_pledges_by_person")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY pledge_of_a_person_once ON ojt_accounts_pledge (application_id, person) "
                    "WHERE removed_at IS NULL AND NOT (person = '')",
                    "DROP INDEX CONCURRENTLY pledge_of_a_person_once",
                )
            ],
            state_operations=[
                migrations.AddConstraint(
                    "pledge",
                    models.UniqueConstraint(
                        fields=["application", "person"],
                        condition=models.Q(("removed_at", None), models.Q(("person", ""), _negated=True)),
                        name="pledge_of_a_person_once",
                    ),
                )
            ],
        )
    ]

"""The birth date insurance was found by, and what exactly an officer confirmed of an account.

A word given before named no reason: such an account waits until an officer has looked at it once more.
"""

from django.db import migrations, models


def found_by(apps, schema_editor):
    """From the outcome's own line; where it has none, from the profile."""
    checks = apps.get_model("ojt_subsidy", "InsuranceCheck").objects
    for one in checks.select_related("enrolment__person__trainee").iterator(chunk_size=1000):
        said = [line["inputs"].get("born_on") for line in one.outcome.get("lines", ())]
        born_on = next(filter(None, said), None) or one.enrolment.person.trainee.born_on
        checks.filter(pk=one.pk).update(born_on=born_on)


class Migration(migrations.Migration):
    dependencies = [("ojt_subsidy", "0006_titles_without_a_status")]
    operations = [
        migrations.AddField("insurancecheck", "born_on", models.DateField("比對之出生日期", null=True)),
        *(
            migrations.AddField(
                name, "bank_confirmed_words", models.JSONField(blank=True, db_default=[], default=list, editable=False)
            )
            for name in ("trainee", "historicaltrainee")
        ),
        migrations.RunPython(found_by, migrations.RunPython.noop),
    ]

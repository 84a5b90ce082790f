"""People of cases are found by any spelling of their name."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from accounts.folding import folded


class Migration(migrations.Migration):
    only_wider = True  # columns of text become wider, which rewrites no row (devtools/migrations.py)
    """The index is built beside running work."""

    atomic = False
    dependencies = [("casework", "0012_receipt_thing"), ("accounts", "0009_fold_text")]

    operations = [
        migrations.AlterField(
            model_name="caseperson",
            name="name",
            field=models.CharField(max_length=120),
        ),
        AddIndexConcurrently("caseperson", models.Index(folded("name"), name="case_person_name_folded")),
        RemoveIndexConcurrently("caseperson", "case_person_name"),
    ]

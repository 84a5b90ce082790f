"""Names are compared and searched folded; those of people are found by an index of it."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from accounts.folding import DEFINITION, folded


class Migration(migrations.Migration):
    only_wider = True  # columns of text become wider, which rewrites no row (devtools/migrations.py)
    """The index is built beside running work."""

    atomic = False
    dependencies = [("accounts", "0008_closed_by_scheme")]

    operations = [
        migrations.AlterField(
            model_name="historicaluser",
            name="name",
            field=models.CharField(max_length=120, verbose_name="姓名"),
        ),
        migrations.AlterField(
            model_name="user",
            name="name",
            field=models.CharField(max_length=120, verbose_name="姓名"),
        ),
        migrations.RunSQL(DEFINITION, "DROP FUNCTION fold_text(text)"),
        AddIndexConcurrently("user", models.Index(folded("name"), name="user_name_folded")),
    ]

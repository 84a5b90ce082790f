"""An impact sheet says of which law it is: how many amendments were in force."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0013_name_folded")]
    operations = [
        migrations.AddField(
            model_name="impactsheet",
            name="amendments",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]

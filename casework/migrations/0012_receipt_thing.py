"""What a key was used on stands beside the act. Keys from before carry it in the act's name; they are refused, with a sentence."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0011_confidential_notice")]

    operations = [
        migrations.AddField("receipt", "thing", models.CharField(db_default="", default="", max_length=64)),
    ]

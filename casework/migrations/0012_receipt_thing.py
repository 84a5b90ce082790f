"""What a key was used on stands beside the act. Keys from before carry it in the act's name; they are refused, with a sentence."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0011_confidential_notice")]

    operations = [
        migrations.AddField("receipt", "thing", models.CharField(default="", max_length=64), preserve_default=False),
        migrations.AlterField("receipt", "act", models.CharField(max_length=100)),
    ]

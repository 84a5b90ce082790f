from django.db import migrations, models

GIVEN = {"blank": True, "default": "", "db_default": "", "editable": False, "max_length": 40}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_proven_once")]

    operations = [
        migrations.AddField("user", "closed_by_scheme", models.CharField(**GIVEN)),
        migrations.AddField("historicaluser", "closed_by_scheme", models.CharField(**GIVEN)),
    ]

"""Notices whose addressee no log of mails names."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0010_draft_documents")]
    operations = [
        migrations.AddField(
            model_name="notice",
            name="confidential",
            field=models.BooleanField(db_default=False, default=False, verbose_name="收件人保密"),
        ),
    ]

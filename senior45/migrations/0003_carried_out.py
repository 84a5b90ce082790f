"""The end of an inventory is carried out in the background. Campaigns that ended before had it done at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("senior45", "0002_promises")]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="carried_out_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="辦理完成時間"),
        ),
        migrations.RunSQL(
            "UPDATE senior45_campaign SET carried_out_at = closed_at WHERE closed_at IS NOT NULL", migrations.RunSQL.noop
        ),
    ]

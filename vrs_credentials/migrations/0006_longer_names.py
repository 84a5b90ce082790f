"""Names hold fifty letters of the Chinese and fifty of the Roman name, and what stands between them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    only_wider = True  # columns of text become wider, which rewrites no row (devtools/migrations.py)
    dependencies = [
        ("vrs_credentials", "0005_holders_proven"),
    ]

    operations = [
        migrations.AlterField(
            model_name="attendance",
            name="name",
            field=models.CharField(max_length=120, verbose_name="學員姓名"),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="holder_name",
            field=models.CharField(db_default="", default="", max_length=120, verbose_name="證明所載姓名"),
        ),
        migrations.AlterField(
            model_name="historicalattendance",
            name="name",
            field=models.CharField(max_length=120, verbose_name="學員姓名"),
        ),
        migrations.AlterField(
            model_name="historicalcertificate",
            name="holder_name",
            field=models.CharField(db_default="", default="", max_length=120, verbose_name="證明所載姓名"),
        ),
        migrations.AlterField(
            model_name="historicallecturer",
            name="name",
            field=models.CharField(max_length=120, verbose_name="講師姓名"),
        ),
        migrations.AlterField(
            model_name="lecturer",
            name="name",
            field=models.CharField(max_length=120, verbose_name="講師姓名"),
        ),
    ]

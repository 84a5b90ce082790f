"""Names hold fifty letters of the Chinese and fifty of the Roman name, and what stands between them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    only_wider = True  # columns of text become wider, which rewrites no row (devtools/migrations.py)
    dependencies = [
        ("ojt_accounts", "0004_closed_here"),
    ]

    operations = [
        migrations.AlterField(
            model_name="accountform",
            name="name",
            field=models.CharField(max_length=120, verbose_name="申請人姓名"),
        ),
        migrations.AlterField(
            model_name="historicalaccountform",
            name="name",
            field=models.CharField(max_length=120, verbose_name="申請人姓名"),
        ),
        migrations.AlterField(
            model_name="historicalpledge",
            name="name",
            field=models.CharField(max_length=120, verbose_name="姓名"),
        ),
        migrations.AlterField(
            model_name="historicaltrainingaccount",
            name="name",
            field=models.CharField(max_length=120, verbose_name="姓名"),
        ),
        migrations.AlterField(
            model_name="historicalunitform",
            name="contact",
            field=models.CharField(blank=True, max_length=120, verbose_name="聯絡人姓名"),
        ),
        migrations.AlterField(
            model_name="historicalunitform",
            name="custodian",
            field=models.CharField(blank=True, max_length=120, verbose_name="個人資料檔案保管人員"),
        ),
        migrations.AlterField(
            model_name="historicalunitform",
            name="host",
            field=models.CharField(blank=True, max_length=120, verbose_name="計畫主持人"),
        ),
        migrations.AlterField(
            model_name="historicalunitform",
            name="in_charge",
            field=models.CharField(blank=True, max_length=120, verbose_name="負責人姓名"),
        ),
        migrations.AlterField(
            model_name="pledge",
            name="name",
            field=models.CharField(max_length=120, verbose_name="姓名"),
        ),
        migrations.AlterField(
            model_name="trainingaccount",
            name="name",
            field=models.CharField(max_length=120, verbose_name="姓名"),
        ),
        migrations.AlterField(
            model_name="unitform",
            name="contact",
            field=models.CharField(blank=True, max_length=120, verbose_name="聯絡人姓名"),
        ),
        migrations.AlterField(
            model_name="unitform",
            name="custodian",
            field=models.CharField(blank=True, max_length=120, verbose_name="個人資料檔案保管人員"),
        ),
        migrations.AlterField(
            model_name="unitform",
            name="host",
            field=models.CharField(blank=True, max_length=120, verbose_name="計畫主持人"),
        ),
        migrations.AlterField(
            model_name="unitform",
            name="in_charge",
            field=models.CharField(blank=True, max_length=120, verbose_name="負責人姓名"),
        ),
    ]

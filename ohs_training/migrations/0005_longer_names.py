"""Names hold fifty letters of the Chinese and fifty of the Roman name, and what stands between them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    only_wider = True  # columns of text become wider, which rewrites no row (devtools/migrations.py)
    dependencies = [
        ("ohs_training", "0004_version_answers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="application",
            name="contact",
            field=models.CharField(blank=True, max_length=120, verbose_name="聯絡人"),
        ),
        migrations.AlterField(
            model_name="application",
            name="head",
            field=models.CharField(blank=True, max_length=120, verbose_name="負責人姓名"),
        ),
        migrations.AlterField(
            model_name="historicalapplication",
            name="contact",
            field=models.CharField(blank=True, max_length=120, verbose_name="聯絡人"),
        ),
        migrations.AlterField(
            model_name="historicalapplication",
            name="head",
            field=models.CharField(blank=True, max_length=120, verbose_name="負責人姓名"),
        ),
        migrations.AlterField(
            model_name="historicaltrainee",
            name="name",
            field=models.CharField(max_length=120, verbose_name="姓名"),
        ),
        migrations.AlterField(
            model_name="historicaltrainingclass",
            name="head",
            field=models.CharField(blank=True, max_length=120, verbose_name="負責人姓名"),
        ),
        migrations.AlterField(
            model_name="historicaltrainingclass",
            name="tutor",
            field=models.CharField(blank=True, max_length=120, verbose_name="輔導員"),
        ),
        migrations.AlterField(
            model_name="makeup",
            name="teacher",
            field=models.CharField(max_length=120, verbose_name="講師"),
        ),
        migrations.AlterField(
            model_name="teacher",
            name="name",
            field=models.CharField(max_length=120, verbose_name="講師姓名"),
        ),
        migrations.AlterField(
            model_name="trainee",
            name="name",
            field=models.CharField(max_length=120, verbose_name="姓名"),
        ),
        migrations.AlterField(
            model_name="trainingclass",
            name="head",
            field=models.CharField(blank=True, max_length=120, verbose_name="負責人姓名"),
        ),
        migrations.AlterField(
            model_name="trainingclass",
            name="tutor",
            field=models.CharField(blank=True, max_length=120, verbose_name="輔導員"),
        ),
    ]

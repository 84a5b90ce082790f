from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0008_document_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="StoreMark",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("mark", models.UUIDField(verbose_name="識別碼")),
                ("made_at", models.DateTimeField(verbose_name="建立時間")),
            ],
            options={
                "verbose_name": "檔案區識別碼",
                "verbose_name_plural": "檔案區識別碼",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="store_mark_once")],
            },
        ),
    ]

"""稿: a letter without its number is a draft and not in force. Those kept so far say it in their title."""

from django.db import migrations, models


def mark_drafts(apps, schema_editor):
    apps.get_model("casework", "Document").objects.filter(
        state="issued", title__endswith="（稿）", paper="vrs.letter"
    ).update(state="draft")


class Migration(migrations.Migration):
    dependencies = [("casework", "0009_store_mark")]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="state",
            field=models.CharField(
                choices=[("issued", "有效"), ("replaced", "已換發"), ("revoked", "已撤銷"), ("draft", "稿")],
                default="issued",
                max_length=10,
                verbose_name="狀態",
            ),
        ),
        migrations.RunPython(mark_drafts, migrations.RunPython.noop),
    ]

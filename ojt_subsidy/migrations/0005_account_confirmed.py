"""Whose account it is: why the holder is another, who else gave it, and which officer confirmed it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts import crypto


def index_accounts(apps, schema_editor):
    """Accounts on file, as the model indexes them from now on."""
    trainee = apps.get_model("ojt_subsidy", "Trainee")
    rows = []
    for one in trainee.objects.exclude(bank_changed_at=None).iterator(chunk_size=1000):
        if one.bank_account:
            one.bank_index = crypto.index(f"{one.bank_code[:3]}:{one.bank_account}")
            rows.append(one)
    trainee.objects.bulk_update(rows, ["bank_index"], batch_size=1000)


def _text(length, name=None, **more):
    return models.CharField(name, blank=True, db_default="", default="", max_length=length, **more)


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("ojt_subsidy", "0004_no_filing_without_a_class"),
    ]
    operations = [
        migrations.AddField("trainee", "bank_note", _text(200, "戶名與姓名不同的理由")),
        migrations.AddField("trainee", "bank_index", _text(64, editable=False)),
        migrations.AddField("trainee", "bank_confirmed_at", models.DateTimeField("帳戶確認時間", blank=True, null=True)),
        migrations.AddField(
            "trainee",
            "bank_confirmed_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField("trainee", "bank_confirmed_reason", _text(200, "確認理由")),
        migrations.AddField("historicaltrainee", "bank_note", _text(200, "戶名與姓名不同的理由")),
        migrations.AddField(
            "historicaltrainee", "bank_confirmed_at", models.DateTimeField("帳戶確認時間", blank=True, null=True)
        ),
        migrations.AddField(
            "historicaltrainee",
            "bank_confirmed_by",
            models.ForeignKey(
                blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("historicaltrainee", "bank_confirmed_reason", _text(200, "確認理由")),
        migrations.RunPython(index_accounts, migrations.RunPython.noop),
    ]

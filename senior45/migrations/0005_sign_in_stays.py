"""Whoever was closed for the whole portal by a stop of the 45+ account signs in again: only the 45+ rights had to end."""

from django.db import migrations
from django.utils import timezone


def open_again(apps, schema_editor):
    User = apps.get_model("accounts", "User")
    HistoricalUser = apps.get_model("accounts", "HistoricalUser")
    AccessLog = apps.get_model("accounts", "AccessLog")
    at, why = timezone.now(), "45+帳號停用不停用登入"
    kept = [one.attname for one in HistoricalUser._meta.concrete_fields if not one.name.startswith("history_")]
    for user in User.objects.filter(is_active=False, closed_reason__startswith="離職停用（SA-").iterator():
        user.is_active, user.closed_at, user.closed_reason = True, None, ""
        user.save(update_fields=["is_active", "closed_at", "closed_reason"])
        HistoricalUser.objects.create(
            **{name: getattr(user, name) for name in kept}, history_date=at, history_change_reason=why, history_type="~"
        )
        AccessLog.objects.create(at=at, action="user_opened", subject=user.account_name[:200], reason=why)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_certificates"),
        ("senior45", "0004_closing_words"),
    ]

    operations = [migrations.RunPython(open_again, migrations.RunPython.noop)]

from django.db import migrations
from django.db.models import Q


def name_the_scheme(apps, schema_editor):
    """Sign-ins that 註銷 or the release of a unit closed said so by how the reason begins."""
    ours = Q(closed_reason__startswith="帳號註銷（OA-") | Q(closed_reason__startswith="單位登錄釋出（")
    closed = apps.get_model("accounts", "User").objects.filter(ours, is_active=False, closed_at__isnull=False)
    closed.update(closed_by_scheme="ojt_accounts")


class Migration(migrations.Migration):
    dependencies = [("ojt_accounts", "0003_pledge_of_a_person_once"), ("accounts", "0008_closed_by_scheme")]

    operations = [migrations.RunPython(name_the_scheme, migrations.RunPython.noop)]

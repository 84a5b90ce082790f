"""Where an institution is: asked in the application, known for what was filed before from the address the unit gave."""

import django.db.models.deletion
from django.db import migrations, models


def from_address(apps, schema_editor):
    counties = {one.name: one for one in apps.get_model("accounts", "County").objects.all()}
    for name, path in (("Application", "case__organisation"), ("Accreditation", "organisation")):
        model = apps.get_model("ohs_training", name)
        for one in model.objects.filter(county=None).select_related(path):
            organisation = one.case.organisation if name == "Application" else one.organisation
            if organisation and (county := counties.get(organisation.address.replace("台", "臺")[:3])):
                one.county = county
                one.save(update_fields=["county"])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('ohs_training', '0002_promises'),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='county',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.county', verbose_name='所在縣市'),
        ),
        migrations.AddField(
            model_name='historicalapplication',
            name='county',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.county', verbose_name='所在縣市'),
        ),
        migrations.RunPython(from_address, migrations.RunPython.noop),
    ]

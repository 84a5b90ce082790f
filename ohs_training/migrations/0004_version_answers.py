"""六第2項: the county's answer to each version that was filed, the day a version was received and the term of a change."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER ohs_versionanswer_append_only BEFORE UPDATE OR DELETE ON ohs_training_versionanswer
    FOR EACH ROW EXECUTE FUNCTION ohs_append_only();
"""
BACKWARD = "DROP TRIGGER ohs_versionanswer_append_only ON ohs_training_versionanswer;"


def from_classes(apps, schema_editor):
    """Until now only the class said what became of its last version. A change that waits in `filed` is answered as before."""
    answer = apps.get_model("ohs_training", "VersionAnswer")
    rows = apps.get_model("ohs_training", "TrainingClass").objects.select_related("case")
    for one in rows.exclude(case__state__in=["draft", "filed", "cancelled"]):
        last = one.versions.order_by("-number").first()
        if last is None:
            continue
        if one.case.state == "returned":
            answer.objects.create(version=last, decision="returned", answered_on=one.case.changed_at.date())
        elif one.acknowledgement:
            answer.objects.create(
                version=last, decision="acknowledged", number=one.acknowledgement,
                answered_on=one.acknowledged_on or last.filed_at.date(),
            )


class Migration(migrations.Migration):

    dependencies = [
        ('ohs_training', '0003_county'),
    ]

    operations = [
        migrations.AddField(
            model_name='classversion',
            name='received_on',
            field=models.DateField(blank=True, null=True, verbose_name='收件日'),
        ),
        migrations.AddField(
            model_name='classversion',
            name='change_by',
            field=models.DateField(blank=True, null=True, verbose_name='變動期限'),
        ),
        migrations.CreateModel(
            name='VersionAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decision', models.CharField(choices=[('acknowledged', '備查'), ('returned', '退回')], max_length=12, verbose_name='處理')),
                ('number', models.CharField(blank=True, max_length=60, verbose_name='備查文號')),
                ('reason', models.TextField(blank=True, verbose_name='退回理由')),
                ('answered_on', models.DateField(verbose_name='處理日')),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='answer', to='ohs_training.classversion')),
            ],
            options={
                'verbose_name': '報備版次之處理',
                'verbose_name_plural': '報備版次之處理',
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(from_classes, migrations.RunPython.noop),
    ]

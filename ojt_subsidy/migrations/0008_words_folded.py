"""Words of the catalogue are kept as they are compared: 峯 as 峰."""

from django.db import migrations, models

from kernel.characters import fold


def fold_words(apps, schema_editor):
    courses = apps.get_model("ojt_subsidy", "Course").objects.exclude(words=[])
    for course in courses.only("words").iterator():
        words = list(dict.fromkeys(map(fold, course.words)))
        if words != course.words:
            courses.filter(pk=course.pk).update(words=words)


class Migration(migrations.Migration):
    only_wider = True  # columns of text become wider, which rewrites no row (devtools/migrations.py)
    dependencies = [("ojt_subsidy", "0007_what_money_rests_on")]
    operations = [
        migrations.AlterField(
            model_name="enrolment",
            name="name",
            field=models.CharField(max_length=120, verbose_name="姓名"),
        ),
        migrations.RunPython(fold_words, migrations.RunPython.noop),
    ]

"""Names hold fifty letters of the Chinese and fifty of the Roman name, and what stands between them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    only_wider = True  # columns of text become wider, which rewrites no row (devtools/migrations.py)
    dependencies = [
        ("senior45", "0005_sign_in_stays"),
    ]

    operations = [
        migrations.AlterField(
            model_name="accountrequest",
            name="name",
            field=models.CharField(max_length=120, verbose_name="姓名"),
        ),
    ]

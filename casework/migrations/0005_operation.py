"""Runs of jobs, findings of the nightly check; the access log may be shortened at its old end.

Nobody takes a younger line out of the log, whatever the retention says: the database itself keeps three years.
"""

import django.db.models.deletion
from django.db import migrations, models

OLD_LINES_MAY_GO = """
CREATE FUNCTION access_log_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '3 years' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'accounts_accesslog is append-only' USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER append_only ON accounts_accesslog;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON accounts_accesslog
FOR EACH ROW EXECUTE FUNCTION access_log_kept();
"""
BACK = """
DROP TRIGGER append_only ON accounts_accesslog;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON accounts_accesslog
FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP FUNCTION access_log_kept();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_failedsignins_accesslog_access_reveal_of_and_more"),
        ("casework", "0004_awaiting"),
    ]

    operations = [
        migrations.CreateModel(
            name="JobRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="排程")),
                ("began_at", models.DateTimeField(verbose_name="開始時間")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="完成時間")),
                ("error", models.CharField(blank=True, max_length=300, verbose_name="錯誤")),
            ],
            options={"verbose_name": "排程紀錄", "verbose_name_plural": "排程紀錄", "ordering": ("name",)},
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("found_at", models.DateTimeField(verbose_name="檢查時間")),
                ("sentence", models.CharField(max_length=500, verbose_name="內容")),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="casework.case",
                    ),
                ),
            ],
            options={"verbose_name": "一致性檢查結果", "verbose_name_plural": "一致性檢查結果", "ordering": ("pk",)},
        ),
        migrations.RunSQL(OLD_LINES_MAY_GO, BACK),
    ]

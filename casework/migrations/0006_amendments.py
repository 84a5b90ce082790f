"""Amendments of the law and their impact sheets. What is in force (or was taken back) stands: the database says so itself."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

STANDS = """
CREATE FUNCTION amendment_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('in_force', 'withdrawn') THEN
        RAISE EXCEPTION 'amendment % is closed', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.state = 'in_force' AND NEW.retroactive_reason = ''
        AND NEW.in_force_from < (NEW.put_in_force_at AT TIME ZONE 'Asia/Taipei')::date THEN
        RAISE EXCEPTION 'amendment % reaches back without a reason', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER amendment_stands BEFORE UPDATE OR DELETE ON casework_amendment
FOR EACH ROW EXECUTE FUNCTION amendment_stands();

CREATE FUNCTION amended_value_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    known varchar;
BEGIN
    -- FOR SHARE: whoever is putting it in force this moment is waited for
    SELECT state INTO known FROM casework_amendment
    WHERE id = COALESCE(NEW.amendment_id, OLD.amendment_id) FOR SHARE;
    IF known IN ('in_force', 'withdrawn') THEN
        RAISE EXCEPTION 'the values of a closed amendment stand' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER amended_value_stands BEFORE INSERT OR UPDATE OR DELETE ON casework_amendedvalue
FOR EACH ROW EXECUTE FUNCTION amended_value_stands();
"""
FREE = """
DROP TRIGGER amended_value_stands ON casework_amendedvalue;
DROP FUNCTION amended_value_stands();
DROP TRIGGER amendment_stands ON casework_amendment;
DROP FUNCTION amendment_stands();
"""


def attach(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();",
        f"DROP TRIGGER append_only ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_certificates"),
        ("casework", "0005_operation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Amendment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=120, verbose_name="名稱")),
                ("citation", models.CharField(max_length=300, verbose_name="修正依據")),
                ("in_force_from", models.DateField(verbose_name="生效日")),
                ("retroactive_reason", models.CharField(blank=True, max_length=300, verbose_name="溯及既往之理由")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草案"),
                            ("assessed", "已試算影響"),
                            ("in_force", "已排定生效"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="狀態",
                    ),
                ),
                ("drafted_at", models.DateTimeField(verbose_name="起草時間")),
                ("put_in_force_at", models.DateTimeField(blank=True, null=True, verbose_name="核定時間")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回時間")),
                ("withdrawn_reason", models.CharField(blank=True, max_length=300, verbose_name="撤回原因")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="起草人",
                    ),
                ),
                (
                    "put_in_force_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核定人",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤回人",
                    ),
                ),
            ],
            options={
                "verbose_name": "修正案",
                "verbose_name_plural": "修正案",
                "ordering": ("-drafted_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="AmendedValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=80, verbose_name="數值代碼")),
                ("value", models.JSONField(null=True, verbose_name="數值")),
                ("citation", models.CharField(max_length=300, verbose_name="依據")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="備註")),
                (
                    "amendment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="values", to="casework.amendment"
                    ),
                ),
            ],
            options={
                "verbose_name": "修正數值",
                "verbose_name_plural": "修正數值",
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="HistoricalAmendedValue",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("code", models.CharField(max_length=80, verbose_name="數值代碼")),
                ("value", models.JSONField(null=True, verbose_name="數值")),
                ("citation", models.CharField(max_length=300, verbose_name="依據")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="備註")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "amendment",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="casework.amendment",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical 修正數值",
                "verbose_name_plural": "historical 修正數值",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalAmendment",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("title", models.CharField(max_length=120, verbose_name="名稱")),
                ("citation", models.CharField(max_length=300, verbose_name="修正依據")),
                ("in_force_from", models.DateField(verbose_name="生效日")),
                ("retroactive_reason", models.CharField(blank=True, max_length=300, verbose_name="溯及既往之理由")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草案"),
                            ("assessed", "已試算影響"),
                            ("in_force", "已排定生效"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="狀態",
                    ),
                ),
                ("drafted_at", models.DateTimeField(verbose_name="起草時間")),
                ("put_in_force_at", models.DateTimeField(blank=True, null=True, verbose_name="核定時間")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回時間")),
                ("withdrawn_reason", models.CharField(blank=True, max_length=300, verbose_name="撤回原因")),
                ("version", models.PositiveIntegerField(default=1)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="起草人",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "put_in_force_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核定人",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤回人",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical 修正案",
                "verbose_name_plural": "historical 修正案",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ImpactSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("on", models.DateField(verbose_name="試算日")),
                ("asked_at", models.DateTimeField(verbose_name="時間")),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "排隊中"), ("running", "試算中"), ("done", "完成"), ("failed", "失敗")],
                        default="queued",
                        max_length=10,
                        verbose_name="狀態",
                    ),
                ),
                ("run", models.PositiveIntegerField(default=0)),
                ("beat_at", models.DateTimeField(null=True)),
                ("total", models.PositiveIntegerField(default=0, verbose_name="應試算")),
                ("checked", models.PositiveIntegerField(default=0, verbose_name="已試算")),
                ("changed", models.PositiveIntegerField(default=0, verbose_name="受影響")),
                ("unanswered", models.PositiveIntegerField(default=0, verbose_name="無法試算")),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "amendment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sheets", to="casework.amendment"
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="試算人",
                    ),
                ),
            ],
            options={
                "verbose_name": "影響試算",
                "verbose_name_plural": "影響試算",
                "ordering": ("-asked_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="ImpactLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=60, verbose_name="種類")),
                ("thing", models.CharField(max_length=200, verbose_name="事項")),
                ("link", models.CharField(blank=True, max_length=200)),
                ("what", models.CharField(max_length=120, verbose_name="項目")),
                ("before", models.TextField(verbose_name="現行")),
                ("after", models.TextField(verbose_name="修正後")),
                ("lines", models.JSONField(default=list)),
                (
                    "office",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="casework.impactsheet"
                    ),
                ),
            ],
            options={
                "verbose_name": "影響明細",
                "verbose_name_plural": "影響明細",
                "ordering": ("sheet", "pk"),
            },
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("put_in_force_by", None),
                    models.Q(("put_in_force_by", models.F("drafted_by")), _negated=True),
                    _connector="OR",
                ),
                name="amendment_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("put_in_force_at__isnull", False), ("put_in_force_by__isnull", False), ("state", "in_force")
                    ),
                    models.Q(
                        models.Q(("state", "in_force"), _negated=True),
                        ("put_in_force_at", None),
                        ("put_in_force_by", None),
                    ),
                    _connector="OR",
                ),
                name="amendment_in_force_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="amendedvalue",
            constraint=models.UniqueConstraint(fields=("amendment", "code"), name="amended_value_once"),
        ),
        migrations.AddIndex(
            model_name="impactline",
            index=models.Index(fields=["sheet", "source", "office"], name="impact_line_source"),
        ),
        migrations.RunSQL(STANDS, FREE),
        attach("casework_historicalamendment"),
        attach("casework_historicalamendedvalue"),
    ]

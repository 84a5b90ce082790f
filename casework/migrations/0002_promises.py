"""What the database keeps by itself: events and signatures are append-only; a signature needs the one before it."""

from django.db import migrations

APPEND_ONLY = ("casework_event", "casework_signoff")

SIGN_IN_ORDER = """
CREATE FUNCTION signoff_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.step > 1 AND NOT EXISTS (
        SELECT 1 FROM casework_signoff s
        WHERE s.case_id = NEW.case_id AND s.form = NEW.form AND s.round = NEW.round
          AND s.step = NEW.step - 1 AND s.decision = 'approve'
    ) THEN
        RAISE EXCEPTION 'step % of % is not signed', NEW.step - 1, NEW.form USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signoff_in_order BEFORE INSERT ON casework_signoff
FOR EACH ROW EXECUTE FUNCTION signoff_in_order();
"""


def attach(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();",
        f"DROP TRIGGER append_only ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial"), ("accounts", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            SIGN_IN_ORDER, "DROP TRIGGER signoff_in_order ON casework_signoff; DROP FUNCTION signoff_in_order();"
        ),
        *map(attach, APPEND_ONLY),
    ]

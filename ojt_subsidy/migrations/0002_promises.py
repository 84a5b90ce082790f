"""What the database keeps by itself: a filing keeps its number, person and moment; steps, money and digests are append-only."""

from django.db import migrations

APPEND_ONLY = ("ojt_subsidy_enrolmentstep", "ojt_subsidy_moneyentry", "ojt_subsidy_ledgerdigest")

FILED = """
CREATE FUNCTION subsidy_filing_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.course_id, OLD.person_id, OLD.number, OLD.arrived_at, OLD.filed_at)
        IS DISTINCT FROM (NEW.course_id, NEW.person_id, NEW.number, NEW.arrived_at, NEW.filed_at) THEN
        RAISE EXCEPTION 'a filing keeps its number' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidy_filing_stays BEFORE UPDATE OR DELETE ON ojt_subsidy_enrolment
FOR EACH ROW EXECUTE FUNCTION subsidy_filing_stays();
"""


def attach(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();",
        f"DROP TRIGGER append_only ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("ojt_subsidy", "0001_initial"), ("accounts", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            FILED, "DROP TRIGGER subsidy_filing_stays ON ojt_subsidy_enrolment; DROP FUNCTION subsidy_filing_stays();"
        ),
        *map(attach, APPEND_ONLY),
    ]

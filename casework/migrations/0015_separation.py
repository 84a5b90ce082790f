"""Who proposed does not decide, and nobody handles their own case for the office: kept by the database as well."""

import django.contrib.postgres.fields
from django.db import migrations, models

KEPT = """
CREATE FUNCTION casework_event_separation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.of_office AND EXISTS (SELECT 1 FROM casework_case WHERE id = NEW.case_id AND person_id = NEW.by_id) THEN
        RAISE EXCEPTION 'event % is on the own case of user %', NEW.code, NEW.by_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'event_not_own_case';
    END IF;
    IF cardinality(NEW.apart) > 0 AND EXISTS (
        SELECT 1 FROM casework_event WHERE case_id = NEW.case_id AND by_id = NEW.by_id AND code = ANY (NEW.apart)
    ) THEN
        RAISE EXCEPTION 'event % by user % who did another step', NEW.code, NEW.by_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'event_two_people';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_event_separation BEFORE INSERT ON casework_event
    FOR EACH ROW WHEN (NEW.by_id IS NOT NULL AND (NEW.of_office OR cardinality(NEW.apart) > 0))
    EXECUTE FUNCTION casework_event_separation();
"""
FREE = """
DROP TRIGGER casework_event_separation ON casework_event;
DROP FUNCTION casework_event_separation();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0014_sheet_of_which_law")]
    operations = [
        migrations.AddField(
            model_name="event",
            name="apart",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="event", name="of_office", field=models.BooleanField(db_default=False, default=False)
        ),
        migrations.RunSQL(KEPT, FREE),
    ]

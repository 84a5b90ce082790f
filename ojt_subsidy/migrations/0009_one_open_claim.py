"""One open claim of a person to one status (特定對象身分): the second of two at once waits for the first, and finds it."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION subsidy_one_open_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(%(space)s, NEW.person_id::int);
    IF EXISTS (
        SELECT 1 FROM ojt_subsidy_evidence e JOIN casework_case k ON k.id = e.case_id
        WHERE e.person_id = NEW.person_id AND e.identity = NEW.identity AND e.kind = 'identity'
          AND e.id IS DISTINCT FROM NEW.id AND k.state IN ('draft', 'filed', 'returned')
    ) THEN
        RAISE EXCEPTION 'one open claim to one status'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'subsidy_one_open_claim';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidy_one_open_claim BEFORE INSERT ON ojt_subsidy_evidence
    FOR EACH ROW WHEN (NEW.kind = 'identity') EXECUTE FUNCTION subsidy_one_open_claim();
""" % {"space": 0x5C02}  # the queue of the person: ojt_subsidy.services.places

BACKWARD = """
DROP TRIGGER subsidy_one_open_claim ON ojt_subsidy_evidence;
DROP FUNCTION subsidy_one_open_claim();
"""


class Migration(migrations.Migration):
    dependencies = [("ojt_subsidy", "0008_words_folded")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

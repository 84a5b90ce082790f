"""One open request of a person in an office: the second of two at once waits for the first, and finds it.

A request is opened, and closed, by the state of its case: it is asked when a request comes, under the office's row.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION senior45_one_open_request() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE applicant bigint;
BEGIN
    PERFORM 1 FROM senior45_siteoffice WHERE id = NEW.office_id FOR NO KEY UPDATE;
    SELECT person_id INTO applicant FROM casework_case WHERE id = NEW.case_id;
    IF EXISTS (
        SELECT 1 FROM senior45_accountrequest r JOIN casework_case k ON k.id = r.case_id
        WHERE r.office_id = NEW.office_id AND r.id IS DISTINCT FROM NEW.id AND k.person_id = applicant
          AND k.state NOT IN ('done', 'refused', 'withdrawn')
    ) THEN
        RAISE EXCEPTION 'one open request of a person in an office'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 's45_one_open_request';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER senior45_one_open_request BEFORE INSERT ON senior45_accountrequest
    FOR EACH ROW EXECUTE FUNCTION senior45_one_open_request();
"""

BACKWARD = """
DROP TRIGGER senior45_one_open_request ON senior45_accountrequest;
DROP FUNCTION senior45_one_open_request();
"""


class Migration(migrations.Migration):
    dependencies = [("senior45", "0006_longer_names")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

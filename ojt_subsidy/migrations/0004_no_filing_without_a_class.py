"""A filing that waits, was asked or admitted stands only in a class that recruits or runs; nobody attends a cancelled one.

From both sides: a filing that comes (or comes to such a state) holds the course's case shared until it commits, and a case
that is cancelled or ended looks for such filings when it commits. Filings of classes that ended before this are closed here.
"""

from django.db import migrations

CLOSE_OLD = """
SET CONSTRAINTS ALL IMMEDIATE;
WITH left_over AS (
    SELECT e.id, e.course_id, e.state, e.seat IS NOT NULL AS seated FROM ojt_subsidy_enrolment e
    JOIN ojt_subsidy_course c ON c.id = e.course_id JOIN casework_case k ON k.id = c.case_id
    WHERE (k.state IN ('cancelled', 'ended') AND e.state IN ('filed', 'waiting', 'asked'))
), stepped AS (
    INSERT INTO ojt_subsidy_enrolmentstep (enrolment_id, at, by_id, code, label, from_state, to_state, reason, outcomes)
    SELECT id, now(), NULL, 'reject', '不予錄訓', state, 'rejected', '課程已停辦或結訓', '[]' FROM left_over
), counted AS (
    UPDATE ojt_subsidy_courseledger l SET held = l.held - n.seats
    FROM (SELECT course_id, count(*) AS seats FROM left_over WHERE seated GROUP BY course_id) n WHERE n.course_id = l.course_id
)
UPDATE ojt_subsidy_enrolment e SET state = 'rejected', seat = NULL, changed_at = now() FROM left_over o WHERE o.id = e.id;
"""

GUARD = """
CREATE FUNCTION subsidy_filing_has_a_class() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE course_state text;
BEGIN
    SELECT k.state INTO course_state FROM casework_case k JOIN ojt_subsidy_course c ON c.case_id = k.id
    WHERE c.id = NEW.course_id FOR SHARE OF k;
    IF course_state = 'cancelled' OR (course_state = 'ended' AND NEW.state <> 'attending') THEN
        RAISE EXCEPTION 'no filing stands in a class that is over' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidy_filing_has_a_class_insert BEFORE INSERT ON ojt_subsidy_enrolment
FOR EACH ROW WHEN (NEW.state IN ('filed', 'waiting', 'asked', 'admitted', 'attending'))
EXECUTE FUNCTION subsidy_filing_has_a_class();
CREATE TRIGGER subsidy_filing_has_a_class_update BEFORE UPDATE ON ojt_subsidy_enrolment
FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state
    AND NEW.state IN ('filed', 'waiting', 'asked', 'admitted', 'attending'))
EXECUTE FUNCTION subsidy_filing_has_a_class();

CREATE FUNCTION subsidy_class_leaves_nobody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM ojt_subsidy_enrolment e JOIN ojt_subsidy_course c ON c.id = e.course_id WHERE c.case_id = NEW.id
        AND (e.state IN ('filed', 'waiting', 'asked') OR (NEW.state = 'cancelled' AND e.state IN ('admitted', 'attending')))
    ) THEN
        RAISE EXCEPTION 'a class that is over leaves filings behind' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER subsidy_class_leaves_nobody AFTER UPDATE OF state ON casework_case
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (NEW.kind = 'ojt_subsidy.course' AND NEW.state IN ('cancelled', 'ended') AND OLD.state <> NEW.state)
EXECUTE FUNCTION subsidy_class_leaves_nobody();
"""

UNGUARD = """
DROP TRIGGER subsidy_class_leaves_nobody ON casework_case;
DROP FUNCTION subsidy_class_leaves_nobody();
DROP TRIGGER subsidy_filing_has_a_class_update ON ojt_subsidy_enrolment;
DROP TRIGGER subsidy_filing_has_a_class_insert ON ojt_subsidy_enrolment;
DROP FUNCTION subsidy_filing_has_a_class();
"""


class Migration(migrations.Migration):
    dependencies = [("ojt_subsidy", "0003_excess"), ("casework", "0008_document_words")]
    operations = [
        migrations.RunSQL(CLOSE_OLD, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
